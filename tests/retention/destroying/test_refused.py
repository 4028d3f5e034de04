"""What a curious colleague, a stolen login, a moved clock or a late change tries: refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from access.acting import acting_as
from retention.actions.holds import Reason, place_hold
from students.models import Enrolment
from tests.conftest import TODAY
from tests.guards.test_logins import sign_in_as_web
from tests.retention.destroying.evidence import everything, tables_of
from tests.retention.destroying.leavers import LEAVERS, LEFT, NAMESAKE, TWIN
from tests.retention.destroying.worker import KILLED
from tests.retention.lists.conftest import APPROVED, Lists

pytestmark = pytest.mark.promise("P9")

# Each as somebody who has the password of that login, on any day and as any person they like.
ROWS = [
    "update retention_destructionitem set outcome = 'intended' where dossier_id = {held}",
    "delete from dossiers_dossier where id = {dossier}",
    "delete from dossiers_dossierpart where dossier_id = {dossier}",
    "delete from dossiers_note using dossiers_dossierpart p where p.id = part_id",
    "delete from dossiers_file",
    "delete from students_pupil where id = {pupil}",
    "delete from students_parenthood where pupil_id = {pupil}",
    "delete from students_parent",
    "delete from consent_answer",
    "delete from consent_publication",
    "delete from oversight_lookquestion",
    "delete from retention_hold",
    "truncate dossiers_dossier cascade",
    "update dossiers_noteversion set sealed = ''",
    "update dossiers_dossierpart set dossier_id = {other}",
]
THE_LIST = [  # the worker says what becomes of an item, and that a list began
    "update retention_destructionitem set outcome = 'intended'",
    "update retention_destructionitem set dossier_id = {other}",
    "update retention_destructionitem set due_on = due_on - 4000, last_day = last_day - 4000",
    "update retention_destructionitem set list_id = gen_random_uuid()",
    "update retention_destructionlist set approved_on = approved_on - 30",
    "update retention_destructionlist set begun_at = now()",
    (
        "update retention_destructionlist"
        " set approved_on = null, approved_at = null, approved_by_id = null"
    ),
    "update retention_destructionlist set restored_from = now()",
    "update retention_destructionlist set closed_at = now()",
    "update retention_destructionlist set school_id = gen_random_uuid()",
    "delete from retention_destructionlist",
    "insert into retention_ledgerline select * from retention_ledgerline",
    (
        "insert into retention_endedkind"
        " values (gen_random_uuid(), 'guidance', {dossier}, current_date)"
    ),
    "delete from retention_endedkind",
    (
        "insert into retention_destructionitem (id, list_id, dossier_id, kind, last_day, due_on,"
        " decision, outcome, left_because) select gen_random_uuid(), {list}, {other}, 'guidance',"
        " '2020-01-01', '2023-01-01', '', '', ''"
    ),
]
THE_LOCKS = [
    "set role portal_destroyer",
    "set session authorization portal_owner",
    "set session_replication_role = replica",
    "alter table dossiers_dossier disable trigger all",
    "drop trigger nothing_is_deleted on dossiers_dossier",
    "create or replace function portal_day() returns date language sql as 'select current_date'",
]


LONG_AGO, LONG_HENCE = "-167", "+167"  # time zones in which it is a week earlier, and later


@contextmanager
def shell(login: str, zone: str = "UTC") -> Iterator[psycopg.Connection]:
    """Whoever has stolen the password of the web, or sits at the worker's machine."""
    if login == "web":
        opened = sign_in_as_web()
    else:
        name = connections["default"].settings_dict["NAME"]
        opened = psycopg.connect(os.environ["PORTAL_WORKER_DB"], dbname=name, autocommit=True)
    with opened as signed_in:
        signed_in.execute("select set_config('timezone', %s, false)", [zone])
        yield signed_in


def goes_through(shell: psycopg.Connection, attempt: str, user: str, on: date) -> bool:
    """Whether the database did what was asked, be it to one row."""
    try:
        with shell.transaction():
            shell.execute("select set_config('portal.user', %s, true)", [user])
            shell.execute("select set_config('portal.day', %s, true)", [on.isoformat()])
            done = shell.execute(attempt)
            return done.rowcount > 0 or attempt in THE_LOCKS
    except psycopg.errors.Error:
        return False


@pytest.mark.parametrize(
    ("login", "attempts"),
    [
        ("web", [*ROWS, *THE_LIST, *THE_LOCKS]),
        ("worker", [*ROWS, *THE_LIST[1:5], *THE_LIST[6:8], *THE_LIST[9:], *THE_LOCKS[1:]]),
    ],
    ids=["web", "worker"],
)
def test_no_login_destroys_past_the_list_whoever_it_says_to_be_and_on_whatever_day(
    enter, tmp_path, login, attempts
):
    with enter(tmp_path) as leavers:
        cast, before = leavers.cast, everything()
        keys = {
            "dossier": leavers.dossiers["own"],
            "other": leavers.dossiers["other"],
            "held": leavers.dossiers[TWIN],
            "pupil": cast.pupils["own"].pk,
            "list": leavers.made.pk,
        }
        named = {name: f"'{key}'" for name, key in keys.items()}
        with shell(login) as signed_in:
            done = [
                (attempt, who, day)
                for who in ("director", "privacy_officer", "counsellor")
                for day in (TODAY, TODAY + timedelta(days=4000))
                for attempt in attempts
                if goes_through(signed_in, attempt.format(**named), str(cast.people[who].pk), day)
            ]
        assert not done
        lost = before.rows - everything().rows
        assert not lost, tables_of(lost)


def test_a_clock_set_back_or_forward_destroys_nothing(enter, worker, tmp_path):
    """Set back, the list cools again; set forward, the database asks the clock of its own too."""
    with enter(tmp_path) as leavers:
        lists, now = Lists(leavers.cast), timezone.localdate()
        new = lists.make(NAMESAKE, left=LEFT, on=now)
        lists.decide(new, on=now)
        lists.review(new, on=now)
        lists.approve(new, on=now)
        before = everything()
        for made, on, refused in (
            (leavers.made, APPROVED, "Refused"),
            (leavers.made, APPROVED + timedelta(days=7), "Refused"),
            (new, now + timedelta(days=4000), "IntegrityError"),
        ):
            (run,) = worker.run_at_once(on, times=1, made=made)
            assert run.raised == refused
        assert everything() == before
        _hold_until(lists.cast, now + timedelta(days=3))
        before = everything()
        for attempt in (
            "update retention_destructionlist set begun_at = now() where id = '{}'",
            "update retention_destructionitem set outcome = 'intended' where list_id = '{}'",
        ):
            for zone in (LONG_AGO, LONG_HENCE):
                with shell("worker", zone) as signed_in:
                    later = now + timedelta(days=4000)
                    assert not goes_through(signed_in, attempt.format(new.pk), "", later), zone
        assert everything() == before


def _hold_until(cast, last_day: date) -> None:
    by, on = cast.director, timezone.localdate()
    reason = Reason("complaint", "Until we have talked", last_day)
    with acting_as(by, on=on):
        place_hold(dossier=cast.dossier(NAMESAKE), reason=reason, by=by, on=on)


def test_a_day_that_is_moved_while_it_runs_leaves_the_item_alone(enter, worker, tmp_path):
    with enter(tmp_path) as leavers:
        worker.run(TODAY, fault="kill", at=1)  # it has begun
        pupil = leavers.cast.pupils["brother"]
        Enrolment.objects.filter(pupil=pupil).update(ends_on=TODAY - timedelta(days=400))
        run = worker.run(TODAY)
        assert (run.ended, run.raised) == (0, "")
        dossier = leavers.dossiers["brother"]
        said = leavers.made.items.filter(dossier_id=dossier).values_list("outcome", "left_because")
        assert {outcome for outcome, _why in said} == {"left"}


def test_the_database_lets_only_a_second_person_of_the_board_without_a_child_on_it_approve(
    enter, tmp_path
):
    with enter(tmp_path) as leavers:
        cast, now = leavers.cast, timezone.localdate()
        cast.add_parent("privacy_officer", NAMESAKE)
        cast.add_person("coordinator", "board-officer", cast.board.unit, ends_on=TODAY)
        lists = Lists(cast)
        made = lists.make(NAMESAKE, left=LEFT, on=now)
        lists.decide(made, on=now)
        director = str(cast.director.pk)
        review = (
            "update retention_destructionlist set reviewed_at = now(), reviewed_on = current_date,"
            f" reviewed_by_id = '{director}' where id = '{made.pk}'"
        )
        for zone in (LONG_AGO, LONG_HENCE):
            with shell("web", zone) as web:
                assert not goes_through(web, review, director, now), "on another day"
        lists.review(made, on=now)
        approve = (
            "update retention_destructionlist set approved_at = now(),"
            " approved_on = {}, approved_by_id = '{}' where id = '{}'"
        )

        def approves(signs: str, signed_in: str, day: str = f"'{now}'", zone: str = "UTC") -> bool:
            keys = {key: str(cast.people[key].pk) for key in (signs, signed_in)}
            attempt = approve.format(day, keys[signs], made.pk)
            with shell("web", zone) as web:
                return goes_through(web, attempt, keys[signed_in], now)

        for who in ("director", "fg", "counsellor", "other_director", "privacy_officer"):
            assert not approves(who, who), who
        assert not approves("coordinator", "coordinator"), "that role ended"
        assert not approves("board_officer", "director"), "in the name of somebody else"
        early = f"'{now - timedelta(days=30)}'"
        assert not approves("board_officer", "board_officer", early), "as if it had cooled off"
        for zone in (LONG_AGO, LONG_HENCE):
            given = ("board_officer", "board_officer", "current_date")
            assert not approves(*given, zone=zone), "on another day"
        assert approves("board_officer", "board_officer")
        assert not approves("board_officer", "board_officer"), "twice"


def test_a_hold_that_comes_after_the_intention_keeps_all_but_what_was_begun(
    enter, worker, tmp_path
):
    """There is no way back once the ledger says it; and nothing is stuck for good."""
    with enter(tmp_path) as leavers:
        run = worker.run(TODAY, fault="kill", at=3)  # it has begun, the ledger too
        assert run.ended == KILLED
        begun = set(leavers.made.items.filter(outcome="intended").values_list("pk", flat=True))
        by = leavers.cast.director
        with acting_as(by, on=TODAY):
            for pupil in LEAVERS:
                reason = Reason("complaint", "Too late")
                place_hold(dossier=leavers.cast.dossier(pupil), reason=reason, by=by, on=TODAY)
        run = worker.run(TODAY)
        assert (run.ended, run.raised) == (0, "")
        items = leavers.made.items
        assert set(items.filter(outcome="destroyed").values_list("pk", flat=True)) == begun
        assert begun
        assert {why for (why,) in items.exclude(pk__in=begun).values_list("left_because")} == {
            "held"
        }
