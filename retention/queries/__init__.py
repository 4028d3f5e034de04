"""What falls due, what is held, and which terms count, one file a subject."""

from retention.queries.due import due_of, due_on, standing_holds
from retention.queries.facts import Known, fate_of, fates_of
from retention.queries.holds import (
    dossiers_to_hold_visible_to,
    found_to_hold,
    hold_words_visible_to,
    holds_to_review,
    holds_visible_to,
    opened,
    words_of,
)
from retention.queries.leaving import gone_without_a_date
from retention.queries.terms import (
    Terms,
    lines_of,
    terms_of,
)

__all__ = [
    "Known",
    "Terms",
    "dossiers_to_hold_visible_to",
    "due_of",
    "due_on",
    "fate_of",
    "fates_of",
    "found_to_hold",
    "gone_without_a_date",
    "hold_words_visible_to",
    "holds_to_review",
    "holds_visible_to",
    "lines_of",
    "opened",
    "standing_holds",
    "terms_of",
    "words_of",
]
