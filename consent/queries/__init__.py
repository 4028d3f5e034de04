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
from consent.queries.family import (
    Child,
    Question,
    Standing,
    asked_now,
    children_of,
    earlier_answers,
    family_visible_to,
    own_answers_visible_to,
    questions_about,
)
from consent.queries.latest import Own, identity_of, is_yes, own_answer
from consent.queries.receipts import (
    answers_on,
    receipts_to_verify,
    receipts_visible_to,
    signed,
)
from consent.queries.stays import Stays
from consent.queries.texts import (
    Used,
    is_in_use,
    question_of,
    texts_in_use,
    texts_to_ask_anew,
    those_asked,
)
from consent.queries.visible import own_requests_visible_to, requests_kept_by

__all__ = [
    "CheckLine",
    "Child",
    "Effects",
    "Known",
    "Own",
    "Question",
    "Standing",
    "Stays",
    "Used",
    "answers_on",
    "asked_now",
    "checks_visible_to",
    "children_of",
    "earlier_answers",
    "effects_of",
    "family_visible_to",
    "groups_to_check_visible_to",
    "identity_of",
    "is_in_use",
    "is_yes",
    "lines_of",
    "own_answer",
    "own_answers_visible_to",
    "own_requests_visible_to",
    "pupils_chosen",
    "pupils_to_check_visible_to",
    "question_of",
    "questions_about",
    "receipts_to_verify",
    "receipts_visible_to",
    "requests_kept_by",
    "schools_to_check_visible_to",
    "signed",
    "texts_in_use",
    "texts_to_ask_anew",
    "those_asked",
]
