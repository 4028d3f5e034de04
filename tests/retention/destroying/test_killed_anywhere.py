"""Killed after each of its steps, a list is still carried out: all of it, nothing else, once.

One run through everything (chain.py) tells; the tests here look at what it told.
"""

from __future__ import annotations

import pytest
from django.apps import apps

from retention.terms import KINDS, OF_PUPILS
from tests.conftest import TODAY
from tests.guards.seed import markers_in
from tests.guards.test_at_rest import files_with
from tests.retention.destroying.chain import Told, carry_out_killed_everywhere
from tests.retention.destroying.evidence import TELLS, Kept, Row, belonging_to, tables_of
from tests.retention.destroying.leavers import LEAVERS, NAMESAKE, SISTER, TWIN

pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P11")]


@pytest.fixture(scope="module")
def told(enter, worker, tmp_path_factory) -> Told:
    root = tmp_path_factory.mktemp("killed")
    with enter(root) as leavers:
        return carry_out_killed_everywhere(leavers, worker, root, TODAY)


def test_it_was_killed_after_each_kind_of_step_and_came_to_an_end(told):
    for step in ("commit default", "file fsync", "commit keys", "file unlink"):
        assert told.deaths.count(step) >= 3, step  # batches, each with all of them
    assert {"commit default", "commit keys", "file fsync"} <= set(told.closing_deaths)
    assert len(told.before.files) - len(told.after.files) > 20


def test_everything_due_is_gone_from_every_table_of_its_kinds_and_what_is_held_is_left(told):
    whole = {pupil: {k for p, k in told.outcomes if p == pupil} for pupil in LEAVERS}
    assert whole["own"] == {kind.code for kind in OF_PUPILS}
    assert whole["brother"] == whole["own"] - {"parents"}, "the sister's mother stays"
    for (pupil, kind), outcome in told.outcomes.items():
        assert outcome == ("left" if pupil == TWIN else "destroyed"), (pupil, kind)
    _nothing_is_left_of_the_leavers(told, told.after)


def _nothing_is_left_of_the_leavers(told: Told, kept: Kept) -> None:
    for pupil in LEAVERS:
        tables = {
            apps.get_model(label)._meta.db_table
            for kind in {kind for one, kind in told.outcomes if one == pupil}
            for label in KINDS[kind].models
        }
        mine = belonging_to([told.leavers.cast.pupils[pupil].pk], told.before)
        assert {row.table for row in mine} & tables, "there was nothing to destroy"
        left = belonging_to([told.leavers.cast.pupils[pupil].pk], kept)
        assert not {row.table for row in left} & tables, tables_of(left)
        parts = {row.own for row in mine if row.table == "dossiers_dossierpart"}
        assert not [row for row in kept.rows if row.table == "vault_partkey" and row.keys & parts]


def test_nothing_else_is_gone_not_of_twin_namesake_or_sister_and_not_a_byte(told):
    theirs = _rows_of_others(told) - _rows_of_leavers(told)
    for pupil in (TWIN, NAMESAKE, SISTER, "other", "foreign"):
        dossier = str(told.leavers.dossiers[pupil])
        assert any(row.own == dossier for row in theirs), "nobody is beside the leavers"
    assert not theirs - told.after.rows, tables_of(theirs - told.after.rows)
    named = " ".join(row.text for row in theirs if row.table == "dossiers_fileversion")
    kept = {name: digest for name, digest in told.before.files.items() if name in named}
    assert len(kept) > 20
    assert kept.items() <= told.after.files.items()


def test_whatever_else_went_was_nobody_elses_and_nothing_came_but_what_tells_of_it(told):
    gone = told.before.rows - told.after.rows - _rows_of_leavers(told)
    gone = {row for row in gone if not row.table.startswith(TELLS)}
    mine = _rows_of_leavers(told) | gone
    still_used = {
        row for row in gone if row.own and any(
            row.own in one.keys for one in told.before.rows - mine
            if not one.table.startswith(TELLS)
        )
    }  # fmt: skip
    assert not still_used, tables_of(still_used)
    came = [row for row in told.after.rows - told.before.rows if not row.table.startswith(TELLS)]
    remembers = {"retention_gathered", "retention_othersystem", "vault_partkey"}
    mended = {"retention_hold", "access_user", "students_rosterline"}
    assert tables_of(came).keys() <= {*mended, *remembers}
    leavers = {str(told.leavers.cast.pupils[pupil].pk) for pupil in LEAVERS}
    assert not any(row.keys & leavers for row in came if row.table == "students_rosterline")
    assert all("gone-" in row.text for row in came if row.table == "access_user")
    new = {row.own for row in came if row.table == "vault_partkey"}
    sealed = {row.own for row in told.before.rows} - {str(told.leavers.made.pk)}
    assert not new & sealed, "a key came for what was there before"


def test_nothing_is_done_twice_and_a_run_more_does_nothing(told):
    number = len([outcome for outcome in told.outcomes.values() if outcome == "destroyed"])
    assert len(told.entries) == len({entry.item for entry in told.entries}) == told.lines
    assert told.lines == number + len(told.certificates), "and one line for the certificate"
    assert told.items_said == {"records-destroyed": number, "destruction-intended": number}
    assert told.events["destruction-begun"] == told.events["destruction-list-closed"] == 1
    assert (told.once_more.ended, set(told.once_more.steps)) == (0, {"file fsync"}), "the ledger's"
    assert told.after_that.files == told.at_the_end.files
    changed = told.after_that.rows ^ told.at_the_end.rows
    assert {row.table for row in changed} <= {"audit_seal"}, "the log was sealed in between"


def test_there_is_one_certificate_and_what_was_remembered_for_it_is_forgotten(told):
    (certificate,) = told.certificates
    assert certificate.list_id == told.leavers.made.pk
    assert certificate.number == 1
    assert not [found for found in told.leftovers if found[0] != "name"], told.leftovers
    left = {row.table for row in told.at_the_end.rows}
    assert "retention_certificate" in left
    assert "retention_gathered" not in left
    keys = {row.own for row in told.at_the_end.rows if row.table == "vault_partkey"}
    assert str(told.leavers.made.pk) not in keys


def test_the_log_verifies_before_and_after(told):
    assert told.is_good == [True, True, True]


def test_a_copy_of_the_day_before_opens_nothing_of_them_with_the_keys_that_remain(told):
    opens = {pupil for pupil, does in told.put_back.opens.items() if does}
    assert opens == set(told.put_back.opens) - set(LEAVERS)


def test_what_the_ledger_names_goes_again_from_that_copy_every_kind_of_it_and_nothing_else(told):
    assert told.put_back.lines == told.lines - 1, "its certificate was lost, and is not made again"
    _nothing_is_left_of_the_leavers(told, told.put_back.destroyed_again)
    theirs = _rows_of_others(told) - _rows_of_leavers(told)
    lost = theirs - told.put_back.destroyed_again.rows
    assert not lost, tables_of(lost)


def test_the_list_of_that_copy_is_searched_answered_for_and_closed_there_too(told):
    (certificate,) = told.put_back.certificates
    assert certificate.list_id == told.leavers.made.pk
    assert certificate.destroyed == told.put_back.lines
    assert certificate.number == 2, "the first one was given already"


def test_what_they_said_is_nowhere_not_in_dumps_files_or_what_a_server_wrote(told):
    folders = [path for path in told.root.rglob("*") if path.is_file()]
    assert folders
    places = {"heard": told.heard, **told.dumps, **{str(p): p.read_bytes() for p in folders}}
    assert markers_in(told.dumps["default"].decode(errors="ignore")) > {("other", "name")}
    for place, data in places.items():
        found = {kind for pupil, kind in markers_in(data.decode(errors="ignore")) if pupil == "own"}
        assert not found, place
    assert not [name for name in files_with(b"Qownx", b"qownx") if "/log/" in name]


def test_no_row_points_at_them_any_more_not_a_job_not_a_session_only_what_tells_of_it(told):
    """Beside the log and the list, which name keys that stand for nobody now."""
    cast, parents = told.leavers.cast, told.leavers.parents
    gone = {str(cast.pupils[key].pk) for key in LEAVERS}
    gone |= {str(parents[key]) for key in ("parent", "parent_without", "father")}
    before = tables_of(row for row in told.before.rows if row.keys & gone)
    assert {"procrastinate_jobs", "students_parenthood"} <= before.keys()
    after = tables_of(row for row in told.at_the_end.rows if row.keys & gone)
    assert {name for name in after if not name.startswith("audit_")} == set()
    signed_in = {"usersessions_usersession": 1, "django_session": 1, "procrastinate_jobs": 1}
    assert signed_in.items() <= tables_of(told.at_the_end.rows).items(), "only the neighbour's"


def _rows_of_leavers(told: Told) -> set[Row]:
    """What belongs to them, and to the parents who have no other child."""
    cast = told.leavers.cast
    parents = ("parent", "parent_without", "parent_teacher", "father")
    keys = {told.leavers.parents[key] for key in parents}
    return belonging_to({*keys, *(cast.pupils[key].pk for key in LEAVERS)}, told.before)


def _rows_of_others(told: Told) -> set[Row]:
    """What belongs to everybody else: the sister's mother is the brother's too."""
    cast, theirs = told.leavers.cast, told.leavers.parents
    gone = ("parent", "parent_without", "parent_teacher", "father")
    keys = {key for parent, key in theirs.items() if parent not in gone}
    keys |= {pupil.pk for key, pupil in cast.pupils.items() if key not in LEAVERS}
    return belonging_to(keys, told.before) | {row for row in told.before.rows if row.own in keys}
