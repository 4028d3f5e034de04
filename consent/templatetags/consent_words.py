"""Texts and outcomes in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from consent.forms.checking import title_of
from consent.models import Answer, PurposeText

register = template.Library()


@register.filter
def text_title(text: PurposeText) -> str:
    """What a text is called."""
    return title_of(text)


@register.filter
def text_body(text: PurposeText, language: str) -> str:
    """The text itself in one language."""
    return text.text_en if language == "en" else text.text_nl


@register.filter
def outcome_words(state: str) -> str:
    """Yes, no or open, on a badge."""
    return {"yes": _("yes"), "no": _("no")}.get(state, _("open"))


@register.filter
def said_state(said: str) -> str:
    """The badge of an answer: a withdrawal is a no."""
    return "yes" if said == Answer.Said.GIVEN else "no"
