"""What holds, what is asked, and whose requests somebody may see, one file a subject."""

from consent.queries.effects import Effects, effects_of
from consent.queries.facts import Known
from consent.queries.texts import is_in_use, question_of, texts_in_use, those_asked
from consent.queries.visible import own_requests_visible_to, requests_kept_by

__all__ = [
    "Effects",
    "Known",
    "effects_of",
    "is_in_use",
    "own_requests_visible_to",
    "question_of",
    "requests_kept_by",
    "texts_in_use",
    "those_asked",
]
