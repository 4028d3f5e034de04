"""Two people at once, with real connections: one wins, the other is told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import DatabaseError, connections

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.models import LogEntry
from dossiers import queries
from dossiers.actions.assignments import withdraw_assignment
from dossiers.actions.groups import assign_group
from dossiers.actions.notes import NoteText, write_note
from dossiers.actions.proposals import confirm_proposals
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal, Note
from dossiers.rules.assigning import Wanted

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 60  # seconds: a busy machine is slow, a deadlock is forever


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs each in a thread with a connection of its own; gives what came back or was raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(WAIT)
            return act()
        except (Refused, NotAllowed, DatabaseError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result(WAIT) for one in [pool.submit(run, act) for act in acts]]


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.promise("P2")
def test_two_keepers_withdraw_at_once_and_one_is_told(cast):
    row = Assignment.objects.get(user=cast.counsellor)

    def withdraw(user: User) -> None:
        with acting_as(user, on=cast.today):
            given = Assignment.objects.select_related("dossier__school", "user").get(pk=row.pk)
            withdraw_assignment(assignment=given, by=user, on=cast.today)

    results = at_once(lambda: withdraw(fresh(cast.director)), lambda: withdraw(fresh(cast.deputy)))
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "Overtaken"]
    row.refresh_from_db()
    (event,) = LogEntry.objects.filter(event="assignment-withdrawn")
    assert row.withdrawn_by_id == event.actor_id


@pytest.mark.promise("P2")
def test_a_group_assigned_twice_at_once_gives_nothing_twice(cast):
    wanted = Wanted(AssignmentKind.COUNSELLOR, cast.today, None, "teaches 6A")

    def assign() -> int:
        with acting_as(fresh(cast.director), on=cast.today):
            given = assign_group(
                group=cast.group,
                user=cast.other_counsellor,
                wanted=wanted,
                by=fresh(cast.director),
                on=cast.today,
            )
            return len(given.assignments)

    results = at_once(assign, assign, assign)
    assert sorted(type(one).__name__ for one in results) == ["Refused", "Refused", "int"]
    rows = Assignment.objects.filter(user=cast.other_counsellor, group=cast.group)
    assert rows.count() == rows.values("dossier").distinct().count() == 6
    assert LogEntry.objects.filter(event="group-assigned").count() == 1


def test_a_proposal_confirmed_twice_at_once_is_one_assignment(cast):
    proposal = AssignmentProposal.objects.create(
        dossier=cast.dossier("twelve"),
        user=cast.other_counsellor,
        group=cast.group,
        starts_on=cast.today,
    )

    def confirm(user: User) -> int:
        with acting_as(user, on=cast.today):
            row = AssignmentProposal.objects.select_related("dossier").get(pk=proposal.pk)
            return len(confirm_proposals(proposals=[row], by=user, on=cast.today))

    results = at_once(lambda: confirm(fresh(cast.director)), lambda: confirm(fresh(cast.deputy)))
    assert sorted(type(one).__name__ for one in results) == ["Overtaken", "int"]
    assert any(isinstance(one, Overtaken) for one in results)
    assert Assignment.objects.filter(dossier=cast.dossier("twelve")).count() == 1


@pytest.mark.promise("P2")
def test_an_assignment_withdrawn_during_a_request_stops_it_there(cast):
    """Their transaction is open, the door closes, and what they do next finds it closed."""
    looked, withdrawn = Event(), Event()
    row = Assignment.objects.get(user=cast.counsellor)
    part = cast.part("own")

    def write() -> object:
        user = fresh(cast.counsellor)
        with acting_as(user, on=cast.today):
            seen = queries.dossiers_visible_to(user, on=cast.today).count()
            looked.set()
            assert withdrawn.wait(WAIT)
            assert queries.dossiers_visible_to(user, on=cast.today).count() == seen - 1
            return write_note(
                part=part,
                text=NoteText("Late", "Late"),
                happened_on=cast.today,
                by=user,
                on=cast.today,
            )

    def withdraw() -> None:
        assert looked.wait(WAIT)
        with acting_as(fresh(cast.director), on=cast.today):
            withdraw_assignment(assignment=row, by=fresh(cast.director), on=cast.today)
        withdrawn.set()

    written, closed = at_once(write, withdraw)
    assert isinstance(written, NotAllowed)
    assert closed is None
    assert not Note.objects.exists()


@pytest.mark.promise("P22")
def test_the_database_stops_it_there_too_when_django_looked_before(cast):
    """Checked in time, written too late: the second lock asks again at the very insert."""
    checked, withdrawn = Event(), Event()
    row = Assignment.objects.get(user=cast.counsellor)
    part = cast.part("own")

    def plant() -> object:
        with acting_as(fresh(cast.counsellor), on=cast.today):
            checked.set()
            assert withdrawn.wait(WAIT)
            return Note.objects.create(part=part, author=cast.counsellor, happened_on=cast.today)

    def withdraw() -> None:
        assert checked.wait(WAIT)
        with acting_as(fresh(cast.director), on=cast.today):
            withdraw_assignment(assignment=row, by=fresh(cast.director), on=cast.today)
        withdrawn.set()

    planted, _closed = at_once(plant, withdraw)
    assert isinstance(planted, DatabaseError)
    assert not Note.objects.exists()
