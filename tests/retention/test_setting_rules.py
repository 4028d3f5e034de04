"""Which terms a board may set, and who lifts a hold: tables of cases, no database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from retention.rules import Span, Start, allowed_term, may_lift
from retention.rules.due import falls_due
from retention.rules.setting import NotAllowedTerm, outlasts


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("years", "source", "least", "is_fixed", "refused"),
    [
        (3, "AVG 5(1)(e)", 1, False, None),
        (5, "Besluit bekostiging WPO", 5, False, None),
        (4, "Besluit bekostiging WPO", 5, False, NotAllowedTerm.TOO_SHORT),
        (0, "AVG 5(1)(e)", 1, False, NotAllowedTerm.TOO_SHORT),
        (31, "AVG 5(1)(e)", 1, False, NotAllowedTerm.TOO_LONG),
        (3, "", 1, False, NotAllowedTerm.NO_SOURCE),
        (3, "   wet   ", 1, False, NotAllowedTerm.NO_SOURCE),
        (3, "AVG 5(1)(e)", 1, True, NotAllowedTerm.FIXED),
    ],
)
def test_a_term_rests_on_a_source_and_is_not_shorter_than_the_law(
    years, source, least, is_fixed, refused
):
    assert allowed_term(years, source, least=least, is_fixed=is_fixed) is refused


LEFT, YEAR = Start.LEFT, Start.YEAR_END


@pytest.mark.promise("P11")
@pytest.mark.parametrize(
    ("parents", "of_child", "too_long"),
    [
        (Span(3), [Span(5), Span(3)], False),
        (Span(5), [Span(5), Span(3)], False),
        (Span(6), [Span(5), Span(3)], True),
        (Span(6), [Span(5), Span(7)], False),  # the dossier itself is kept longer
        (Span(5, YEAR), [Span(5)], True),
        (Span(5), [Span(5, YEAR)], False),
        (Span(4, YEAR), [Span(5)], False),
        (Span(6), [Span(5, YEAR)], True),
    ],
)
def test_parents_data_are_kept_no_longer_than_the_last_record_of_their_last_child(
    parents, of_child, too_long
):
    assert outlasts(parents, of_child) is too_long
    days = [date(2020, 1, 1) + timedelta(days=day) for day in range(800)]
    later = [day for day in days if falls_due(day, [parents]) > falls_due(day, of_child)]
    assert bool(later) is too_long


@pytest.mark.parametrize(
    ("placed_as", "roles", "may"),
    [
        ("director", ["director"], True),
        ("director", ["deputy"], True),
        ("deputy", ["director"], True),
        ("director", ["privacy-officer"], True),
        ("director", ["fg"], False),  # the FG supervises and lifts no other's
        ("privacy-officer", ["privacy-officer"], True),
        ("privacy-officer", ["director"], False),
        ("fg", ["fg"], True),
        ("fg", ["privacy-officer", "director"], False),
        ("fg", [], False),
        ("", ["privacy-officer", "director", "fg"], False),  # it follows from what is open
    ],
)
def test_who_may_lift_a_hold(placed_as, roles, may):
    assert may_lift(placed_as, roles) is may
