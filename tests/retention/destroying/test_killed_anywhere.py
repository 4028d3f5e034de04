"""Killed after each of its steps, a list is still carried out: all of it, nothing else, once.

One run through everything (chain.py) tells; the tests here look at what it told.
"""

from __future__ import annotations

import pytest
from django.apps import apps

from retention.terms import KINDS
from tests.conftest import TODAY
from tests.guards.seed import markers_in
from tests.guards.test_at_rest import files_with
from tests.retention.destroying.chain import Told, carry_out_killed_everywhere
from tests.retention.destroying.evidence import TELLS, Row, belonging_to, tables_of
from tests.retention.destroying.leavers import LEAVERS, NAMESAKE, SISTER, TWIN

# Words that are not sealed, and the kind of record with which each goes.
STAYS_WITH = {
    "name": "administration", "parent": "parents", "address": "parents", "secret": "parents",
    "representative": "consent",
}  # fmt: skip
pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P11")]


@pytest.fixture(scope="module")
def told(enter, worker, tmp_path_factory) -> Told:
    root = tmp_path_factory.mktemp("killed")
    with enter(root) as leavers:
        return carry_out_killed_everywhere(leavers, worker, root, TODAY)


def test_it_was_killed_after_each_kind_of_step_and_came_to_an_end(told):
    destroyed = [key for key, outcome in told.outcomes.items() if outcome == "destroyed"]
    assert len(destroyed) >= 6
    # All of them at once: some hundred items share a transaction, and one line on disk.
    assert told.deaths.count("commit keys") >= 1
    assert told.deaths.count("file fsync") >= 1
    assert told.deaths.count("commit default") >= 2
    assert told.deaths.count("file unlink") == len(told.before.files) - len(told.after.files) > 20
    assert (told.last.ended, told.last.raised) == (0, "")


def test_everything_due_is_gone_from_every_table_of_its_kinds_and_what_is_held_is_left(told):
    whole = {pupil: {k for p, k in told.outcomes if p == pupil} for pupil in LEAVERS}
    assert whole["own"] >= whole["brother"] >= {"guidance", "medical", "agreements"}
    for (pupil, kind), outcome in told.outcomes.items():
        assert outcome == ("left" if pupil == TWIN else "destroyed"), (pupil, kind)
    for pupil in LEAVERS:
        tables = {
            apps.get_model(label)._meta.db_table
            for kind in whole[pupil]
            for label in KINDS[kind].models
        }
        mine = belonging_to([told.leavers.cast.pupils[pupil].pk], told.before)
        assert {row.table for row in mine} & tables, "there was nothing to destroy"
        left = belonging_to([told.leavers.cast.pupils[pupil].pk], told.after)
        assert not {row.table for row in left} & tables, tables_of(left)
        parts = {row.own for row in mine if row.table == "dossiers_dossierpart"}
        assert not [r for r in told.after.rows if r.table == "vault_partkey" and r.keys & parts]


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
    # Somebody whom something of others still points at keeps an account without a name.
    came = [row for row in came if row.table != "access_user" or "gone-" not in row.text]
    tells = {"retention_hold", "retention_gathered", "retention_othersystem", "vault_partkey"}
    assert tables_of(came).keys() <= tells, [r for r in came if r.table not in tells]
    sealed = {row.own for row in came if row.table == "retention_othersystem"}
    keys = {row.own for row in came if row.table == "vault_partkey"}
    assert keys <= {str(told.leavers.made.pk), *sealed}, "by the key of a list its search remembers"


def test_nothing_is_done_twice_and_a_run_more_does_nothing(told):
    number = len([outcome for outcome in told.outcomes.values() if outcome == "destroyed"])
    assert len(told.entries) == len({entry.item for entry in told.entries}) == number
    assert told.lines == number
    once = {"records-destroyed", "destruction-intended", "destruction-left", "destruction-begun"}
    assert {event: told.events[event] for event in once} == dict.fromkeys(once, 1)
    assert (told.again.ended, told.again.steps) == (0, [])
    assert told.after_again == told.after


def test_the_log_verifies_before_and_after(told):
    assert told.is_good == [True, True]


def test_a_copy_of_the_day_before_opens_nothing_of_them_with_the_keys_that_remain(told):
    opens = {pupil for pupil, does in told.opens.items() if does}
    assert opens == set(told.opens) - set(LEAVERS)


def test_what_they_said_is_nowhere_not_in_dumps_files_or_what_a_server_wrote(told):
    folders = [path for path in told.root.rglob("*") if path.is_file()]
    assert folders
    places = {"heard": told.heard, **told.dumps, **{str(p): p.read_bytes() for p in folders}}
    assert markers_in(told.dumps["default"].decode(errors="ignore")) > {("other", "name")}
    for place, data in places.items():
        found = {kind for pupil, kind in markers_in(data.decode(errors="ignore")) if pupil == "own"}
        stays = {word for word, kind in STAYS_WITH.items() if ("own", kind) not in told.outcomes}
        assert found <= (stays if place == "default" else set()), place
    assert not [name for name in files_with(b"Qownx", b"qownx") if "/log/" in name]


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
