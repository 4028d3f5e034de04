"""What holds, what is asked, and whose requests somebody may see, one file a subject."""

from consent.queries.checking import (
    CheckLine,
    checks_visible_to,
    groups_to_check_visible_to,
    lines_of,
    pupils_chosen,
    pupils_to_check_visible_to,
    schools_to_check_visible_to,
)
from consent.queries.effects import Effects, effects_of
from consent.queries.facts import Known
from consent.queries.texts import (
    is_in_use,
    question_of,
    texts_in_use,
    texts_to_ask_anew,
    those_asked,
)
from consent.queries.visible import own_requests_visible_to, requests_kept_by

__all__ = [
    "CheckLine",
    "Effects",
    "Known",
    "checks_visible_to",
    "effects_of",
    "groups_to_check_visible_to",
    "is_in_use",
    "lines_of",
    "own_requests_visible_to",
    "pupils_chosen",
    "pupils_to_check_visible_to",
    "question_of",
    "requests_kept_by",
    "schools_to_check_visible_to",
    "texts_in_use",
    "texts_to_ask_anew",
    "those_asked",
]
