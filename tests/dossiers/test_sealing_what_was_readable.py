"""A school that upgrades: what earlier versions kept readable is sealed, and readable no more."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from access.acting import acting_as
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.actions.emergency import open_card_in_an_emergency
from dossiers.kinds import AssignmentKind
from dossiers.management.commands import seal_plain_texts
from dossiers.models import Assignment
from dossiers.queries import records_elsewhere, with_reasons

WHAT = Elsewhere("Old-system", 'Old "kind"', "Old-custodian", "Old-term")


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {
            column.name for column in connection.introspection.get_table_description(cursor, table)
        }


def as_it_was() -> None:
    """Both tables as the version before left them, after the migration."""
    emergency = "an_emergency_lasts_one_day_and_names_a_reason"
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [emergency]
        )
        check = cursor.fetchone()[0]
        for statement in (
            f"alter table dossiers_assignment drop constraint {emergency}",
            "alter table dossiers_assignment add column reason varchar(300)",
            "update dossiers_assignment set reason = 'Old reason, ' || kind, sealed_reason = null",
            f"alter table dossiers_assignment add constraint {emergency} {check} not valid",
            "alter table dossiers_othersystemrecord alter column sealed drop not null",
            "alter table dossiers_othersystemrecord add column system varchar(80)",
            "alter table dossiers_othersystemrecord add column kind varchar(120)",
            "alter table dossiers_othersystemrecord add column custodian varchar(120)",
            "alter table dossiers_othersystemrecord add column term varchar(120)",
        ):
            cursor.execute(statement)
        cursor.execute(
            "update dossiers_othersystemrecord set sealed = null, system = %s, kind = %s,"
            " custodian = %s, term = %s",
            [WHAT.system, WHAT.kind, WHAT.custodian, WHAT.term],
        )


@pytest.mark.promise("P22")
@pytest.mark.django_db(transaction=True)
def test_what_was_readable_is_sealed_once_and_its_columns_are_gone(cast):
    dossier = cast.dossier("own")
    with acting_as(cast.safeguarding, on=cast.today):
        open_card_in_an_emergency(
            dossier=dossier, reason="Fell down", by=cast.safeguarding, on=cast.today
        )
    with acting_as(cast.counsellor, on=cast.today):
        add_record_elsewhere(dossier=dossier, what=WHAT, by=cast.counsellor, on=cast.today)
    before = columns("dossiers_assignment"), columns("dossiers_othersystemrecord")
    as_it_was()
    said = StringIO()

    call_command("seal_plain_texts", stdout=said)

    assert before == (columns("dossiers_assignment"), columns("dossiers_othersystemrecord"))
    rows = with_reasons(Assignment.objects.all())
    assert {AssignmentKind(row.kind) for row in rows} == set(AssignmentKind) - {
        AssignmentKind.SHORT
    }
    assert {row.reason for row in rows} == {f"Old reason, {row.kind}" for row in rows}
    (line,) = records_elsewhere(dossier)
    assert line.text == {
        "system": "Old-system",
        "kind": 'Old "kind"',
        "custodian": "Old-custodian",
        "term": "Old-term",
    }
    assert f"{len(rows)} rows of dossiers_assignment sealed" in said.getvalue()
    again = StringIO()
    call_command("seal_plain_texts", stdout=again)
    assert not again.getvalue()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_constraint where not convalidated"
            " and conrelid::regclass::text like 'dossiers%'"
        )
        assert cursor.fetchone() == (0,)


def data_file(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_relation_filenode(%s)", [table])
        return int(cursor.fetchone()[0])


@pytest.mark.promise("P22")
@pytest.mark.django_db(transaction=True)
def test_sealing_that_was_killed_half_way_is_finished_by_the_next_run(cast, monkeypatch):
    as_it_was()

    def killed(*statements: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(seal_plain_texts, "_run", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command("seal_plain_texts", stdout=StringIO())
    assert not Assignment.objects.filter(sealed_reason=None).exists()
    before = data_file("dossiers_assignment")

    call_command("seal_plain_texts", stdout=StringIO())

    assert "reason" not in columns("dossiers_assignment")
    assert "system" not in columns("dossiers_othersystemrecord")
    assert data_file("dossiers_assignment") != before, "what was readable stays in the data file"


def test_a_reason_whose_part_is_destroyed_is_said_to_be_so(cast):
    """The key of another part stands for a key that is gone: neither opens the reason."""
    row = Assignment.objects.filter(user=cast.counsellor).get()
    row.kind = AssignmentKind.MEDICAL.value
    (shown,) = with_reasons([row])
    assert shown.reason == "the reason was destroyed with the dossier"
