"""Two people who change the same thing in the same moment: one wins, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections

from access.acting import acting_as
from access.errors import Refused
from audit.models import LogEntry
from students import seen
from students.actions import accounts, authority, enrolments, families, organisation, places, pupils
from students.actions.authority import AuthorityData
from students.actions.pupils import PupilData
from students.models import Authority, Enrolment, Group, Parent, Parenthood, Pupil, SchoolYear
from tests.cast import Cast, build_cast

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keys"])
WAIT = 60  # seconds: a busy machine is slow
NOW = AuthorityData("no", date(2026, 11, 16), "court decision")


@pytest.fixture
def cast(today) -> Cast:
    """The cast, kept: both threads see it."""
    return build_cast(today)


def at_once(cast: Cast, *, people: tuple[str, str], verb: Callable, **details) -> list[object]:
    """The same verb by two people, each in a thread and a connection of its own."""
    ready = threading.Barrier(2)
    outcomes: list[object] = [None, None]

    def run(place: int) -> None:
        by = cast.people[people[place]]
        try:
            ready.wait(WAIT)
            with acting_as(by, on=cast.today):
                outcomes[place] = verb(**details, by=by, on=cast.today) or True
        except Refused as refused:
            outcomes[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return outcomes


def _one_won(outcomes: list[object], event: str, *, rows: int = 1) -> bool:
    told = sum(isinstance(outcome, Refused) for outcome in outcomes)
    written = LogEntry.objects.filter(event=event).count()
    return None not in outcomes and told == 1 and written == rows


KEEPERS = ("administrator", "director")


@pytest.mark.promise("P5")
def test_authority_recorded_by_two_is_recorded_once(cast):
    link = Parenthood.objects.get(parent__user=cast.parent)
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=authority.record_authority,
        link=link,
        data=NOW,
        seen_before=seen.of_parenthood(link),
    )
    assert _one_won(outcomes, "authority-recorded")
    assert Authority.objects.filter(parenthood=link, ends_on__isnull=True).count() == 1
    assert Authority.objects.filter(parenthood=link).count() == 2


def test_names_changed_by_two_are_changed_once(cast):
    pupil = cast.pupils["own"]
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=pupils.change_pupil,
        pupil=pupil,
        data=PupilData("Nieuw", "", "Naam", None),
        seen_before=seen.of_pupil(pupil),
    )
    assert _one_won(outcomes, "pupil-changed")
    assert Pupil.objects.get(pk=pupil.pk).first_name == "Nieuw"


def test_a_pupil_moved_by_two_has_one_place(cast):
    stay = Enrolment.objects.get(pupil=cast.pupils["own"])
    group = Group.objects.create(school=cast.school, school_year=cast.year, name="7A")
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=places.move_to_group,
        enrolment=stay,
        group=group,
        starts_on=cast.today,
        seen_before=seen.of_enrolments(stay.pupil),
    )
    assert _one_won(outcomes, "pupil-moved-group")
    assert stay.places.filter(ends_on__isnull=True).get().group == group


def test_a_pupil_who_returns_twice_is_enrolled_once(cast):
    pupil = cast.pupils["own"]
    Enrolment.objects.filter(pupil=pupil).update(ends_on=date(2026, 7, 1))
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=enrolments.return_pupil,
        pupil=pupil,
        school=cast.school,
        starts_on=cast.today,
        seen_before=seen.of_enrolments(pupil),
    )
    assert _one_won(outcomes, "pupil-returned")
    assert Enrolment.objects.filter(pupil=pupil).count() == 2


def test_a_parent_linked_by_two_is_linked_once_and_gets_one_account(cast):
    parent = Parent.objects.get(user=cast.parent)
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=families.link_parent,
        pupil=cast.pupils["other"],
        parent=parent,
        relation="mother",
        authority=NOW,
    )
    assert _one_won(outcomes, "parent-linked")
    Parent.objects.filter(pk=parent.pk).update(user=None)
    outcomes = at_once(
        cast,
        people=KEEPERS,
        verb=accounts.link_account_to_parent,
        parent=parent,
        username="",
    )
    assert _one_won(outcomes, "family-account-linked", rows=parent.children.count())


def test_a_school_year_added_by_two_is_added_once(cast):
    second = cast.add_person("second_officer", "board-officer", cast.board.unit)
    assert second
    outcomes = at_once(
        cast,
        people=("board_officer", "second_officer"),
        verb=organisation.add_school_year,
        board=cast.board,
        starts_on=date(2027, 8, 1),
        ends_on=date(2028, 7, 31),
    )
    assert _one_won(outcomes, "school-year-added")
    assert SchoolYear.objects.filter(name="2027-2028").count() == 1
