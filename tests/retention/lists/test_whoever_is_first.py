"""Somebody writes about a pupil in the moment in which the destruction of the dossier begins."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from access.acting import Job
from access.errors import Refused
from dossiers.models import Dossier, DossierPart, Note
from retention import asking_again, carrying_out
from retention.carrying_out import carry_out
from retention.destroyer import as_destroyer
from retention.models import Erasure
from students.models import Enrolment, Parenthood
from tests.cast import build_cast
from tests.oversight.looks.test_questions import ask
from tests.retention.erasures.conftest import Erasures
from tests.retention.lists.conftest import Lists
from tests.retention.test_setting_terms import approve, propose

NIGHT, WAIT = Job("carry out lists"), 60
_WAITING = (
    "select count(*) from pg_locks"
    " where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
)


@pytest.fixture
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


class Session:
    """Somebody else's transaction, which is open until it is told to end."""

    def __init__(self, write: Callable[[], object]) -> None:
        self.wrote, self.may_end = threading.Event(), threading.Event()
        self.refused: Exception | None = None
        self.thread = threading.Thread(target=self._run, args=[write])
        self.thread.start()

    def _run(self, write) -> None:
        try:
            with transaction.atomic():
                write()
                self.wrote.set()
                assert self.may_end.wait(WAIT)
        except (DatabaseError, Refused) as error:  # too late
            self.refused = error
        finally:
            connections.close_all()

    def end(self) -> None:
        self.may_end.set()
        self.thread.join(WAIT)

    def must_wait(self) -> None:
        """Until it is seen to wait for us; it did not write."""
        for _look in range(WAIT * 20):
            with connection.cursor() as cursor:
                cursor.execute(_WAITING)
                if cursor.fetchone()[0]:
                    break
            if self.wrote.wait(0.05):
                break
        assert not self.wrote.is_set()


def outcomes(made, dossier: Dossier) -> set[tuple[str, str]]:
    items = made.items.filter(dossier_id=dossier.pk)
    return set(items.values_list("outcome", "left_because"))


@pytest.mark.promise("P9")
@pytest.mark.django_db(transaction=True)
def test_who_returns_first_keeps_the_dossier_and_who_comes_second_waits(places, today, monkeypatch):
    cast = build_cast(today)
    parent = cast.add_parent("of_sixteen", "sixteen")
    note = Note.objects.create(part=cast.part("fifteen"), author=cast.counsellor, happened_on=today)
    made = Lists(cast).approved("own", "fifteen", "sixteen")
    back, late, family = (cast.dossier(key) for key in ("own", "fifteen", "sixteen"))
    returned = Session(lambda: _return(back, today))
    assert returned.wrote.wait(WAIT)
    child = cast.pupils["eleven"]
    linked = Session(
        lambda: Parenthood.objects.create(parent=parent, pupil=child, relation="other")
    )
    assert linked.wrote.wait(WAIT)
    second: list[Session] = []
    real = carrying_out.note_other_systems

    def meanwhile(*rows):
        second.append(Session(lambda: _return(late, today)))
        second[0].must_wait()
        second.append(Session(lambda: Erasures(cast).ask("note", note.pk, pupil="fifteen")))
        for session in second:
            session.may_end.set()
        real(*rows)

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "note_other_systems", meanwhile)
        done = carry_out(made=made, by=NIGHT, on=today)
    for session in second:
        session.end()
    assert [type(one.refused) for one in second] == [IntegrityError, Refused]
    assert not Erasure.objects.exists()
    assert (done.failed, done.left, done.busy) == ([], 0, {back.pk, family.pk})
    assert outcomes(made, back) == outcomes(made, family) == {("", "")}
    assert outcomes(made, late) == {("destroyed", "")}

    returned.end()
    linked.end()
    done = carry_out(made=made, by=NIGHT, on=today)
    assert (done.failed, done.busy) == ([], set())
    assert outcomes(made, back) == {("left", "at-school")}
    assert DossierPart.objects.filter(dossier=back).count() == 6
    assert outcomes(made, family) == {("left", "sibling"), ("destroyed", "")}


def _return(dossier: Dossier, today) -> None:
    Enrolment.objects.create(pupil=dossier.pupil, school=dossier.school, starts_on=today)


@pytest.mark.django_db
def test_the_database_intends_nobody_who_is_back_or_left_on_another_day(cast):
    made = Lists(cast).approved("own", "fifteen")
    Enrolment.objects.create(pupil=cast.pupils["own"], school=cast.school, starts_on=cast.today)
    stays = Enrolment.objects.filter(pupil=cast.pupils["fifteen"])
    stays.update(ends_on=stays.get().ends_on.replace(day=2))
    items = list(made.items.all())
    assert {item.dossier_id for item in items} == {
        cast.dossier(key).pk for key in ("own", "fifteen")
    }
    for item in items:
        with (
            pytest.raises(DatabaseError, match="who is back"),
            transaction.atomic(),
            as_destroyer(),
        ):
            made.items.filter(pk=item.pk).update(outcome="intended")


@pytest.mark.django_db
def test_who_asks_about_a_pupil_or_sets_a_term_takes_turns_with_what_is_destroyed(
    places, cast, monkeypatch
):
    """Turns of dossier, pupil and board; for parents also of each other child of theirs."""
    ask(cast)
    assert _turn(cast.pupils["own"].pk) in _turns_taken()
    Erasures(cast).ask("note", Erasures(cast).note().pk)
    assert _turn(cast.dossier("own").pk) in _turns_taken()
    approve(cast, propose(cast, years=4))
    assert _turn(cast.board.pk) in _turns_taken()

    parent = cast.add_parent("of_two", "twelve")
    made = Lists(cast).approved("twelve")
    Parenthood.objects.create(parent=parent, pupil=cast.pupils["eleven"], relation="other")
    taken: set[object] = set()
    monkeypatch.setattr(asking_again, "wait_for_turn", lambda *keys: taken.update(keys))
    carry_out(made=made, by=NIGHT, on=cast.today)
    assert {cast.pupils[key].pk for key in ("twelve", "eleven")} <= taken
    assert {cast.dossier(key).pk for key in ("twelve", "eleven")} <= taken
    assert cast.board.pk in taken


def _turn(key: uuid.UUID) -> int:
    return int.from_bytes(key.bytes[4:12], "big")


def _turns_taken() -> set[int]:
    """By this test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select classid, objid from pg_locks"
            " where locktype = 'advisory' and objsubid = 1 and pid = pg_backend_pid()"
        )
        return {high << 32 | low for high, low in cursor.fetchall()}
