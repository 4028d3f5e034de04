"""Dossiers that are full, of pupils who left: twenty notes and five files in each."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction

from access.acting import acting_as
from access.models import Membership, Unit, User
from audit.actions import record
from bench.crowd import TODAY
from retention import events
from retention.models import DestructionItem, DestructionList
from retention.rules import anniversary
from students.models import Board, School
from vault.router import KEYS

NOTES, FILES = 20, 5
ALL = ("guidance", "medical", "agreements")  # the kinds of record that a dossier consists of
_FILE = b"\x02" + os.urandom(4_095)  # what is sealed is noise behind the number of its version
LEFT = TODAY - timedelta(days=3 * 366 + 30)
STEPS = TODAY - timedelta(days=60)  # when the lists were made; the steps follow day by day

_TABLES = (
    "dossiers_note", "dossiers_noteversion", "dossiers_file", "dossiers_fileversion",
    "dossiers_dossierpart", "dossiers_dossier",
)  # fmt: skip
_FILL = """
create temporary table bench_pupils on commit drop as
select gen_random_uuid() as pupil, gen_random_uuid() as dossier, n
from generate_series(1, %(pupils)s) n;
insert into students_pupil (id, log_key, board_id, first_name, given_names, prefix, surname,
    sort_name, search_name)
select pupil, gen_random_uuid(), %(board)s, 'Demo', '', '', 'Vol' || n, 'vol' || n, ' vol' || n
from bench_pupils;
insert into dossiers_dossier (id, pupil_id, school_id, opened_on)
select dossier, pupil, %(school)s, date '2015-08-01' from bench_pupils;
insert into students_enrolment (id, pupil_id, school_id, starts_on, ends_on)
select gen_random_uuid(), pupil, %(school)s, date '2015-08-01', %(left)s from bench_pupils;
insert into dossiers_dossierpart (id, dossier_id, kind)
select gen_random_uuid(), dossier, kind from bench_pupils,
    unnest(array['guidance', 'reports', 'care', 'emergency', 'medical', 'agreements']) kind;
insert into dossiers_note (id, part_id, happened_on, author_id, created_at)
select gen_random_uuid(), p.id, date '2020-01-01' + day, %(by)s, now()
from bench_pupils b join dossiers_dossierpart p on p.dossier_id = b.dossier and p.kind = 'guidance',
    generate_series(1, %(notes)s) day;
insert into dossiers_noteversion (id, note_id, part_id, number, sealed, author_id, created_at)
select gen_random_uuid(), n.id, n.part_id, 1,
    '\\x01'::bytea || decode(repeat(md5(n.id::text), 38), 'hex'), %(by)s, now()
from bench_pupils b join dossiers_dossierpart p on p.dossier_id = b.dossier
join dossiers_note n on n.part_id = p.id;
insert into dossiers_file (id, part_id, author_id, created_at)
select gen_random_uuid(), p.id, %(by)s, now()
from bench_pupils b join dossiers_dossierpart p on p.dossier_id = b.dossier and p.kind = 'guidance',
    generate_series(1, %(files)s);
insert into dossiers_fileversion (id, file_id, part_id, number, blob, sealed, author_id, created_at)
select gen_random_uuid(), f.id, f.part_id, 1, gen_random_uuid(),
    '\\x01'::bytea || decode(repeat(md5(f.id::text), 8), 'hex'), %(by)s, now()
from bench_pupils b join dossiers_dossierpart p on p.dossier_id = b.dossier
join dossiers_file f on f.part_id = p.id
"""


class Places:
    """A board with its officers, and a school for each measuring."""

    def __init__(self) -> None:
        self.top = Unit.objects.create(kind="board", name="Stichting Vol")
        self.board = Board.objects.create(unit=self.top)
        self.officer = self._person("bench-full-board", "board-officer", self.top)

    def _person(self, username: str, role: str, unit: Unit) -> User:
        user = User.objects.create_user(username, name=f"Demo {username}")
        since = TODAY - timedelta(days=900)
        Membership.objects.create(user=user, role=role, unit=unit, starts_on=since)
        return user

    def school(self, name: str, brin: str, dossiers: int) -> tuple[School, User]:
        """A school with so many dossiers of pupils who left, and its director."""
        unit = Unit.objects.create(kind="school", parent=self.top, name=name)
        school = School.objects.create(unit=unit, board=self.board, brin=brin, region="noord")
        director = self._person(f"bench-{brin}", "director", unit)
        values = {
            "pupils": dossiers, "board": self.board.pk, "school": school.pk, "by": director.pk,
            "left": LEFT, "notes": NOTES, "files": FILES,
        }  # fmt: skip
        with connection.cursor() as cursor:
            each_table("alter table {} disable trigger user")
            with transaction.atomic():
                for statement in _FILL.strip().split(";\n"):
                    cursor.execute(statement, values)
            each_table("alter table {} enable trigger user")
            cursor.execute("select retention_set_leavers_right()")
            cursor.execute("vacuum analyze")
        _make_keys(school)
        _make_files(school)
        return school, director

    def approved_list(
        self, school: School, director: User, kinds: Sequence[str]
    ) -> DestructionList:
        """These kinds of all dossiers of a school on a list that was approved and cooled off."""
        made = DestructionList.objects.create(
            school=school, name=f"{school.unit.name} bench", due_until=TODAY, made_on=STEPS
        )
        due = anniversary(LEFT, 3)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into retention_destructionitem (id, list_id, dossier_id, kind, last_day,"
                " due_on, decision, outcome, left_because)"
                " select gen_random_uuid(), %s, d.id, k, %s, %s, '', '', ''"
                " from dossiers_dossier d, unnest(%s::text[]) k where d.school_id = %s",
                [made.pk, LEFT, due, list(kinds), school.pk],
            )
        at = made.made_at
        DestructionItem.objects.filter(list=made).update(
            decision="destroy", decided_by=director, decided_at=at
        )
        rows = DestructionList.objects.filter(pk=made.pk)
        rows.update(reviewed_on=_after(1), reviewed_by=director, reviewed_at=at)
        rows.update(approved_on=_after(2), approved_by=self.officer, approved_at=at)
        made.refresh_from_db()
        for event, by in ((events.LIST_REVIEWED, director), (events.LIST_APPROVED, self.officer)):
            with acting_as(by, on=TODAY):
                record(event, by=by, unit=school.pk, target=made)
        return made


def _after(days: int) -> date:
    return STEPS + timedelta(days=days)


def each_table(statement: str) -> None:
    """The statement for each table that a dossier fills."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(statement.format(table))


def parts_of(school: School, kinds: Sequence[str]) -> list[uuid.UUID]:
    """Keys of the parts of a school's dossiers that go with these kinds of record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.id from dossiers_dossierpart p join dossiers_dossier d on d.id = p.dossier_id"
            " where d.school_id = %s and retention_kind_of(p.kind) = any (%s)",
            [school.pk, list(kinds)],
        )
        return [key for (key,) in cursor.fetchall()]


def _make_keys(school: School) -> None:
    with connections[KEYS].cursor() as cursor:
        cursor.execute(
            "insert into vault_partkey (part_id, wrapped, created_at)"
            " select p, substr(decode(repeat(md5(p::text), 4), 'hex'), 1, 60), now()"
            " from unnest(%s::uuid[]) p",
            [parts_of(school, ALL)],
        )


def _make_files(school: School) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.blob from dossiers_fileversion v join dossiers_dossierpart p"
            " on p.id = v.part_id join dossiers_dossier d on d.id = p.dossier_id"
            " where d.school_id = %s",
            [school.pk],
        )
        for (blob,) in cursor.fetchall():
            path = path_of(blob)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_FILE)


def path_of(blob: uuid.UUID) -> Path:
    """Where the sealed file of this name stands (vault/blobs.py)."""
    return Path(settings.FILES_DIR) / blob.hex[:2] / str(blob)
