"""What is asked, in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from consent.models import PurposeText


@dataclass(frozen=True)
class Words:
    """The title and the text of a question in one language."""

    title: str
    text: str


def words_of(text: PurposeText, language: str = "") -> Words:
    """In a language, or in the one of this page."""
    if (language or get_language() or "nl") == "en":
        return Words(text.title_en, text.text_en)
    return Words(text.title_nl, text.text_nl)
