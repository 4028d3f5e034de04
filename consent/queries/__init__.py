"""What holds, what is asked, and whose requests somebody may see, one file a subject."""

from consent.queries.about_me import kept_about, own_parents_visible_to
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
from consent.queries.kept import (
    answers_kept_by,
    codes_kept_by,
    consent_pupils_kept_by,
    consent_schools_kept_by,
    represented_pupils_kept_by,
    schools_keeping,
)
from consent.queries.latest import Own, identity_of, is_yes, own_answer
from consent.queries.matters import (
    coverage_of,
    due_to_decide,
    matters_of,
    matters_of_sort,
    titles_of,
)
from consent.queries.people import parents_of, people_of
from consent.queries.pupil import consent_of, outcomes_of
from consent.queries.receipts import (
    answers_on,
    receipts_to_verify,
    receipts_visible_to,
    signed,
)
from consent.queries.recording import person_named, requests_to_record
from consent.queries.scans import content_of_scan, paper_of, scans_kept_by
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
    "answers_kept_by",
    "answers_on",
    "asked_now",
    "checks_visible_to",
    "children_of",
    "codes_kept_by",
    "consent_of",
    "consent_pupils_kept_by",
    "consent_schools_kept_by",
    "content_of_scan",
    "coverage_of",
    "due_to_decide",
    "earlier_answers",
    "effects_of",
    "family_visible_to",
    "groups_to_check_visible_to",
    "identity_of",
    "is_in_use",
    "is_yes",
    "kept_about",
    "lines_of",
    "matters_of",
    "matters_of_sort",
    "outcomes_of",
    "own_answer",
    "own_answers_visible_to",
    "own_parents_visible_to",
    "own_requests_visible_to",
    "paper_of",
    "parents_of",
    "people_of",
    "person_named",
    "pupils_chosen",
    "pupils_to_check_visible_to",
    "question_of",
    "questions_about",
    "receipts_to_verify",
    "receipts_visible_to",
    "represented_pupils_kept_by",
    "requests_kept_by",
    "requests_to_record",
    "scans_kept_by",
    "schools_keeping",
    "schools_to_check_visible_to",
    "signed",
    "texts_in_use",
    "texts_to_ask_anew",
    "those_asked",
    "titles_of",
]
