"""What people wrote, as safe HTML: everything escaped, lines and lists kept, marks highlighted."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from dossiers import rules

register = template.Library()


@register.filter
def dossier_text(text: str) -> str:
    """Paragraphs and lists, with passages about other people marked."""
    return format_html_join("\n", "{}", ((_block(block),) for block in rules.blocks(text)))


@register.filter
def dossier_line(text: str) -> str:
    """One line, such as a title, with passages about other people marked."""
    return _line(rules.passages(text))


@register.filter
def mentions_others(text: str) -> bool:
    """Whether a passage about somebody else was marked."""
    return any(passage.about_others for passage in rules.passages(text))


def _block(block: rules.Block) -> str:
    if block.is_list:
        return format_html(
            "<ul>{}</ul>",
            format_html_join("", "<li>{}</li>", ((_line(line),) for line in block.lines)),
        )
    lines = format_html_join("\n", "{}<br>", ((_line(line),) for line in block.lines[:-1]))
    return format_html("<p>{}{}</p>", lines, _line(block.lines[-1]))


def _line(line: Iterable[rules.Passage]) -> str:
    return format_html_join("", "{}", ((_passage(passage),) for passage in line))


def _passage(passage: rules.Passage) -> str:
    if not passage.about_others:
        return format_html("{}", passage.text)
    return format_html(
        '<mark class="about-others"><span class="only-read-aloud">{} </span>{}</mark>',
        _("About somebody else:"),
        passage.text,
    )
