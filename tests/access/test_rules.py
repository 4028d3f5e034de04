"""Who may give which role; no database."""

from __future__ import annotations

from datetime import date

import pytest

from access import rules
from access.roles import ROLES

DEPUTIES = {
    "counsellor",
    "care-coordinator",
    "school-doctor",
    "administrator",
    "safeguarding-officer",
    "mr-parent",
}
MAY = {
    "director": DEPUTIES | {"deputy"},
    "deputy": DEPUTIES,
    "board-officer": {"director", "privacy-officer", "fg", "board-officer"},
}


@pytest.mark.promise("P7")
@pytest.mark.parametrize("giver", sorted(ROLES))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_is_given_by_the_table_and_by_nobody_else(giver, role):
    assert rules.may_give(giver, role) is (role in MAY.get(giver, set()))


def test_every_role_in_the_table_exists_and_family_roles_are_never_given():
    given = set().union(*rules.MAY_GIVE.values())
    assert given <= set(ROLES)
    assert given & {"parent", "pupil"} == set()


@pytest.mark.parametrize("other", ["director", "deputy", "privacy-officer", "board-officer"])
def test_the_fg_decides_on_nothing_that_is_supervised(other):
    assert rules.never_together("fg", other)
    assert rules.never_together(other, "fg")


@pytest.mark.parametrize(("role", "other"), [("fg", "counsellor"), ("director", "counsellor")])
def test_other_roles_go_together(role, other):
    assert not rules.never_together(role, other)


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ((day(1), day(5)), (day(5), day(9)), True),
        ((day(1), day(5)), (day(6), day(9)), False),
        ((day(1), None), (day(9), None), True),
        ((day(9), None), (day(1), day(8)), False),
        ((day(5), day(4)), (day(1), None), False),  # ended before it began
        ((day(1), None), (day(5), day(4)), False),
    ],
)
def test_periods_share_a_day_with_both_ends_included(first, second, shared):
    assert rules.overlap(*first, *second) is shared
