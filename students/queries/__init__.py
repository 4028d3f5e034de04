"""What of schools, pupils and parents somebody may see or find, one file a subject."""

from students.queries.families import (
    candidates_visible_to,
    parents_without_children,
    same_name_visible_to,
)
from students.queries.keeping import is_own_child, keeping_schools, may_manage, sees_contact
from students.queries.listing import Wanted, listed
from students.queries.organisation import (
    boards_served_by,
    groups_visible_to,
    locations_visible_to,
    organisations_visible_to,
    other_schools_of_board,
    school_years_visible_to,
)
from students.queries.visible import (
    authorities_visible_to,
    enrolments_visible_to,
    last_day_known,
    named_like,
    parenthoods_visible_to,
    parents_visible_to,
    pupils_in_log_visible_to,
    pupils_visible_to,
    representatives_visible_to,
    schools_administered_by,
    schools_kept_by,
)

__all__ = [
    "Wanted",
    "authorities_visible_to",
    "boards_served_by",
    "candidates_visible_to",
    "enrolments_visible_to",
    "groups_visible_to",
    "is_own_child",
    "keeping_schools",
    "last_day_known",
    "listed",
    "locations_visible_to",
    "may_manage",
    "named_like",
    "organisations_visible_to",
    "other_schools_of_board",
    "parenthoods_visible_to",
    "parents_visible_to",
    "parents_without_children",
    "pupils_in_log_visible_to",
    "pupils_visible_to",
    "representatives_visible_to",
    "same_name_visible_to",
    "school_years_visible_to",
    "schools_administered_by",
    "schools_kept_by",
    "sees_contact",
]
