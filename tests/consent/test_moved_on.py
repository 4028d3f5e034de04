"""Who decides about what outranks answers once a pupil went on to another school."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.errors import NotAllowed
from access.models import Membership
from consent.actions import matters
from consent.actions.matters import About, Ruling
from students.models import Enrolment

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)


def about_of(asked, purpose: str | None = None) -> About:
    """A matter about `own`, at the school that the pupil left."""
    cast = asked.cast
    wanted = asked.purposes[purpose] if purpose else None
    return About(cast.pupils["own"], cast.school, "Sealed words", wanted)


@pytest.fixture
def moved(asked):
    """The pupil went on to another school of the board today."""
    cast = asked.cast
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=cast.today - DAY)
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    return asked


def test_a_school_that_the_pupil_left_neither_lifts_a_block_nor_records_an_order(moved):
    cast = moved.cast
    block = moved.act(matters.place_safety_block, by="administrator", about=about_of(moved))
    with pytest.raises(NotAllowed, match="Another school"):
        moved.act(matters.lift_safety_block, by="director", block=block, reason="no threat seen")
    ruling = Ruling(is_yes=True, decided_on=cast.today, starts_on=cast.today)
    with pytest.raises(NotAllowed, match="Another school"):
        moved.act(
            matters.record_court_order,
            by="director",
            about=about_of(moved, "website"),
            ruling=ruling,
        )
    moved.act(
        matters.lift_safety_block, by="other_director", block=block, reason="the threat is over"
    )


def test_a_director_of_both_schools_lifts_what_followed_the_pupil(moved):
    cast = moved.cast
    block = moved.act(matters.place_safety_block, by="administrator", about=about_of(moved))
    cast.add_person("both", "director", cast.school.unit)
    Membership.objects.create(
        user=cast.people["both"],
        role="director",
        unit=cast.other_school.unit,
        starts_on=cast.today,
    )
    moved.act(matters.lift_safety_block, by="both", block=block, reason="the threat is over")
    block.refresh_from_db()
    assert block.lifted_on == cast.today


def test_an_objection_is_lifted_where_it_was_recorded(moved):
    row = moved.act(
        matters.record_objection, by="counsellor", about=about_of(moved), comes_from="parent"
    )
    with pytest.raises(NotAllowed):
        moved.act(matters.lift_objection, by="other_director", objection=row, reason="spoken")
    moved.act(matters.lift_objection, by="director", objection=row, reason="spoken with them")
