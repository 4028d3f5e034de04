"""What changed about an item of a destruction list, in words."""

from __future__ import annotations

from django import template

from retention.list_words import CHANGED, LEFT_BECAUSE

register = template.Library()


@register.filter
def in_a_row(why: str) -> str:
    """Why it would be left alone now, in two or three words."""
    return str(CHANGED.get(why) or LEFT_BECAUSE[why])


@register.filter
def as_a_sentence(why: str) -> str:
    """Why it would be left alone now."""
    return str(LEFT_BECAUSE[why])
