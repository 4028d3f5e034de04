"""A school that the pupil left for another one knows what it knew, and nothing that came later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from students import queries, rules, seen
from students.actions import authority, families, representatives
from students.actions.authority import AuthorityData
from students.actions.families import AddressData, ParentData
from students.actions.representatives import RepresentativeData
from students.models import Authority, Enrolment, Parenthood

pytestmark = pytest.mark.promise("P24")
SECOND = "other_administrator"


@pytest.fixture
def moved(cast, time_machine) -> date:
    """`own` went to the other school last week; what is known is older. Gives the last day."""
    own, last = cast.pupils["own"], cast.today - timedelta(days=7)
    Enrolment.objects.filter(pupil=own).update(ends_on=last)
    Enrolment.objects.create(
        pupil=own, school=cast.other_school, starts_on=last + timedelta(days=1)
    )
    long_ago = timezone.now() - timedelta(days=100)
    Parenthood.objects.update(created_at=long_ago)
    Authority.objects.update(recorded_at=long_ago)
    cast.add_person(SECOND, "administrator", cast.other_school.unit)
    return last


@pytest.fixture
def read(cast, sign_in):
    """The page of `own`, as somebody sees it."""
    address = reverse("school_pupil", args=[cast.pupils["own"].pk])

    def page(person: str) -> str:
        answer = sign_in(cast.people[person]).get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return page


def test_what_the_new_school_adds_is_not_for_the_old_one(cast, act, moved, read):
    own = cast.pupils["own"]
    new = act(
        families.add_parent,
        pupil=own,
        data=ParentData("Later", "", "Arrived", "", ""),
        address=AddressData(),
        relation="father",
        authority=AuthorityData("yes", cast.today, "register"),
        by=SECOND,
    )
    act(
        representatives.add_representative,
        pupil=own,
        data=RepresentativeData(
            kind="curator",
            name="Later Curator",
            institution="",
            email="",
            court_decision="a decision",
            covers="",
            starts_on=cast.today,
            ends_on=None,
        ),
        seen_before=seen.of_representatives(own),
        by=SECOND,
    )
    for word in ("Later Arrived", "Later Curator"):
        assert word in read(SECOND)
        assert word in read("board_officer")  # serves both schools
        assert word not in read("administrator")
        assert word not in read("director")
    assert "You see what was recorded up to 9 November 2026" in read("administrator")
    assert "You see what was recorded" not in read(SECOND)
    parents = queries.parents_visible_to(cast.administrator, on=cast.today)
    assert new.parent not in parents
    assert new.parent in queries.parents_visible_to(cast.people[SECOND], on=cast.today)


def test_nor_that_authority_changed_since(cast, act, link, moved, read, sign_in):
    of = link("parent", "own")
    before = read("administrator")
    assert "enrolment form" in before
    act(
        authority.record_authority,
        link=of,
        data=AuthorityData("no", moved - timedelta(days=3), "ruling-of-the-court"),
        seen_before=seen.of_parenthood(of),
        by=SECOND,
    )
    assert "ruling-of-the-court" in read(SECOND)
    after = read("administrator")
    assert "ruling" not in after
    assert "5 November 2026" not in after  # the day on which the earlier row was closed
    page = reverse("parent", args=[of.parent_id])
    assert "ruling" in sign_in(cast.people[SECOND]).get(page).content.decode()
    shown = sign_in(cast.administrator).get(page).content.decode()
    assert of.pupil.name in shown
    assert "ruling" not in shown


def test_the_last_school_keeps_on_knowing(cast, act, read):
    """Who left and is nowhere else is still kept by the school it left."""
    last = cast.today - timedelta(days=7)
    Enrolment.objects.filter(pupil=cast.pupils["own"]).update(ends_on=last)
    act(
        families.add_parent,
        pupil=cast.pupils["own"],
        data=ParentData("Later", "", "Arrived", "", ""),
        address=AddressData(),
        relation="father",
        authority=AuthorityData("unknown", cast.today),
    )
    assert "Later Arrived" in read("administrator")
    assert "You see what was recorded" not in read("administrator")


FIRST, LAST = date(2026, 7, 31), date(2026, 9, 30)


@pytest.mark.parametrize(
    ("enrolments", "schools", "known"),
    [
        ([("a", None)], {"a"}, None),
        ([("a", FIRST), ("b", None)], {"a"}, FIRST),
        ([("a", FIRST), ("b", None)], {"a", "b"}, None),
        ([("a", FIRST), ("b", LAST)], {"a"}, FIRST),
        ([("a", FIRST), ("b", FIRST)], {"a"}, None),
        ([("a", FIRST), ("b", LAST), ("a", None)], {"a"}, None),
        ([("a", FIRST), ("a", LAST), ("b", None)], {"a"}, LAST),
        ([("b", None)], {"a"}, date.min),
    ],
)
def test_who_left_for_another_school_is_known_up_to_that_day(enrolments, schools, known):
    assert rules.known_until(enrolments, schools, date(2026, 11, 16)) == known
