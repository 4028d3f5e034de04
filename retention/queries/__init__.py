"""What falls due, what is held, and which terms count, one file a subject."""

from retention.queries.changed import with_changes
from retention.queries.deciding_anew import anew_of
from retention.queries.due import dossier_is_held, due_of, due_on, standing_holds
from retention.queries.erasures import erasures_to_decide
from retention.queries.facts import Known, fate_of, fates_of
from retention.queries.holds import (
    dossiers_to_hold_visible_to,
    found_to_hold,
    history_of,
    hold_words_visible_to,
    holds_to_review,
    holds_visible_to,
    opened,
)
from retention.queries.leaving import (
    gone_without_a_date,
    schools_without_groups_visible_to,
    without_leaving_date_visible_to,
)
from retention.queries.list_people import lists_waiting_for, people_around, who_is
from retention.queries.lists import (
    counts_of,
    destruction_items_visible_to,
    destruction_lists_visible_to,
    holds_on,
    items_listed,
    numbers_of,
    open_lists,
    schools_with_lists,
    with_dossiers,
    with_first_due,
)
from retention.queries.months import calendar_of, what_if
from retention.queries.schools import schools_falling_due_visible_to
from retention.queries.terms import (
    Terms,
    boards_with_terms_visible_to,
    lines_of,
    term_changes_visible_to,
    terms_of,
    terms_to_decide,
)
from retention.queries.without_holds import without_holds

__all__ = [
    "Known",
    "Terms",
    "anew_of",
    "boards_with_terms_visible_to",
    "calendar_of",
    "counts_of",
    "destruction_items_visible_to",
    "destruction_lists_visible_to",
    "dossier_is_held",
    "dossiers_to_hold_visible_to",
    "due_of",
    "due_on",
    "erasures_to_decide",
    "fate_of",
    "fates_of",
    "found_to_hold",
    "gone_without_a_date",
    "history_of",
    "hold_words_visible_to",
    "holds_on",
    "holds_to_review",
    "holds_visible_to",
    "items_listed",
    "lines_of",
    "lists_waiting_for",
    "numbers_of",
    "open_lists",
    "opened",
    "people_around",
    "schools_falling_due_visible_to",
    "schools_with_lists",
    "schools_without_groups_visible_to",
    "standing_holds",
    "term_changes_visible_to",
    "terms_of",
    "terms_to_decide",
    "what_if",
    "who_is",
    "with_changes",
    "with_dossiers",
    "with_first_due",
    "without_holds",
    "without_leaving_date_visible_to",
]
