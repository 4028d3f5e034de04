"""Two imports at once: one wins, the other is told; a killed one leaves nothing."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections, transaction

from access.acting import acting_as
from access.errors import Overtaken, Refused
from access.models import Membership, Unit, User
from dossiers.models import Dossier
from students.models import (
    Board,
    Pupil,
    RosterImport,
    RosterProgress,
    School,
    SchoolYear,
)
from students.roster import actions, state
from students.roster.progress import progress_of
from tests.students.roster import imports
from tests.students.roster.files import edexml, pupil

ON = date(2026, 11, 16)
YEAR = "<schooljaar>2026-2027</schooljaar>"

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keys"])


@pytest.fixture
def school() -> School:
    """A school whose rows are committed, so that other connections see them."""
    top = Unit.objects.create(kind="board", name="Stichting Samen")
    unit = Unit.objects.create(kind="school", parent=top, name="De Samenschool")
    board = Board.objects.create(unit=top)
    SchoolYear.objects.create(
        board=board, name="2026-2027", starts_on=date(2026, 8, 1), ends_on=date(2027, 7, 31)
    )
    return School.objects.create(unit=unit, board=board, brin="97ZZ", region="zuid")


@pytest.fixture
def director(school) -> User:
    """Who imports."""
    user = User.objects.create_user("samen", name="Demo Samen")
    Membership.objects.create(
        user=user, role="director", unit=school.unit, starts_on=date(2020, 1, 1)
    )
    return user


def planned(school: School, director: User, *keys: str) -> RosterImport:
    data = edexml([pupil(key, roepnaam=f"Kind{key}") for key in keys], school=YEAR)
    made = imports.read(school, data, by=director, on=ON)
    imports.approve(made, by=director, on=ON)
    return made


def in_a_thread(work) -> list[BaseException | None]:
    """Runs `work` on a connection of its own; gives what it raised."""
    raised: list[BaseException | None] = [None]

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  handed to the test, which looks at it
            raised[0] = error
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    return raised


def test_while_one_import_is_applied_another_is_told(school, director):
    made = planned(school, director, "p1")
    with transaction.atomic():
        assert state.try_lock(school)
        raised = in_a_thread(lambda: imports.apply(made, by=director, on=ON))
    assert isinstance(raised[0], Overtaken)
    imports.apply(made, by=director, on=ON)
    assert Pupil.objects.count() == 1


def test_of_the_same_import_started_twice_one_is_done(school, director):
    made = planned(school, director, *(f"p{n}" for n in range(30)))
    barrier = threading.Barrier(2)
    outcomes: list[object] = []

    def start() -> None:
        barrier.wait()
        try:
            imports.apply(made, by=director, on=ON)
            outcomes.append("done")
        except Refused:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["done", "told"]
    assert Pupil.objects.count() == Dossier.objects.count() == 30


def test_of_two_plans_the_later_one_must_be_read_again(school, director):
    first, second = planned(school, director, "p1"), planned(school, director, "p1", "p2")
    imports.apply(second, by=director, on=ON)
    with pytest.raises(Refused):
        imports.apply(first, by=director, on=ON)
    assert Pupil.objects.count() == 2


def test_an_import_whose_connection_is_killed_leaves_nothing_and_can_start_again(
    school, director, monkeypatch
):
    made = planned(school, director, "p1", "p2")

    def kill(batch) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as broken:
        broken.setattr("students.enrolment._enrolled", [kill])
        raised = in_a_thread(lambda: imports.apply(made, by=director, on=ON))
    assert raised[0] is not None
    assert Pupil.objects.count() == 0
    assert RosterProgress.objects.get().failed_because
    imports.apply(made, by=director, on=ON)
    assert Pupil.objects.count() == 2


def test_progress_is_seen_while_the_work_is_not_yet_done(school, director):
    made = planned(school, director, "p1")
    seen = []

    def look() -> None:
        row = RosterProgress.objects.get(pk=made.pk)
        seen.append((row.step, row.done, row.total, Pupil.objects.count()))

    with acting_as(director, on=ON) as work:
        found = RosterImport.objects.get(pk=made.pk)
        with progress_of(found) as progress:
            progress.step("pupils", 1, 2, at_once=True)
            assert in_a_thread(look) == [None]
        work.abandon()
    assert seen == [("pupils", 1, 2, 0)]


def test_a_decision_made_while_somebody_approves_is_refused(school, director):
    imports.run(
        school, edexml([pupil("p1"), pupil("p2", roepnaam="B")], school=YEAR), by=director, on=ON
    )
    made = imports.read(school, edexml([pupil("p1")], school=YEAR), by=director, on=ON)
    imports.answer_everything(made, by=director, on=ON)
    imports.approve(made, by=director, on=ON)
    with pytest.raises(Refused):
        with acting_as(director, on=ON):
            actions.decide(
                line=made.lines.get(), answer=actions.deciding.Answer.STILL_HERE, by=director, on=ON
            )
