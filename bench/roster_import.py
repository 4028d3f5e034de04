"""A large roster: read, planned and applied, against parsing and a bulk COPY of the same rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connections, transaction
from lxml import etree

from access.models import Membership, Unit, User
from bench.report import Row
from bench.roster_file import edexml
from bench.roster_run import PARTS_OF_WORK
from students.models import Board, School

PUPILS = 50_000
BAR = 5.0
MEGABYTES = 400


@dataclass(frozen=True)
class Table:
    """A table that an import fills: the rows of one import, and how a copy of them differs."""

    database: str
    name: str
    columns: tuple[str, ...]
    where: str
    renamed: tuple[str, ...] = ()

    def selection(self) -> str:
        """The rows, with other keys wherever a key stands: the same rows of other pupils."""
        shown = ", ".join(
            f"md5({one}::text || 'again')::uuid" if one in self.renamed else one
            for one in self.columns
        )
        # Only names of our own tables and columns.
        return f"select {shown} from {self.name} where {self.where}"  # nosec B608


_OF_SCHOOL = "school_id = '{school}'"
_OF_STAYS = "enrolment_id in (select id from students_enrolment where school_id = '{school}')"
_OF_PUPILS = "id in (select pupil_id from students_enrolment where school_id = '{school}')"
_OF_DOSSIERS = "dossier_id in (select id from dossiers_dossier where school_id = '{school}')"


def _columns(database: str, table: str) -> tuple[str, ...]:
    """All columns but those that number themselves."""
    with connections[database].cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = %s"
            " and is_identity = 'NO' order by ordinal_position",
            [table],
        )
        return tuple(row[0] for row in cursor.fetchall())


def _tables() -> list[Table]:
    """In the order in which foreign keys allow them to be filled."""
    found = [
        ("default", "students_pupil", _OF_PUPILS, ("id", "log_key")),
        ("default", "students_pupilsourcekey", _OF_SCHOOL, ("pupil_id",)),
        ("default", "students_enrolment", _OF_SCHOOL, ("id", "pupil_id")),
        ("default", "students_groupmembership", _OF_STAYS, ("enrolment_id",)),
        ("default", "dossiers_dossier", _OF_SCHOOL, ("id", "pupil_id")),
        ("default", "dossiers_dossierpart", _OF_DOSSIERS, ("id", "dossier_id")),
        ("default", "audit_logentry", "unit = '{school}'", ("id",)),
        ("keys", "vault_partkey", "created_at >= '{since}'", ("part_id",)),
    ]
    return [Table(db, name, _columns(db, name), where, keys) for db, name, where, keys in found]


def measure() -> list[Row]:
    """The whole import of 50 000 pupils, and the least that parsing and writing can cost."""
    figures = figures_of(PUPILS)
    ratio = figures["import"] / (figures["parse"] + figures["copy"])
    rows = [
        Row(
            f"roster of {PUPILS:,} pupils: read + plan + apply against lxml + COPY",
            f"at most {BAR:g}x, under {MEGABYTES} MB",
            f"{ratio:.2f}x ({figures['import']:.1f} s against {figures['parse']:.2f} +"
            f" {figures['copy']:.1f} s), {figures['megabytes']:.0f} MB",
        )
    ]
    rows += [Row(f"- {part}", "", f"{figures[part]:.2f} s") for part in PARTS_OF_WORK]
    return rows


def figures_of(pupils: int) -> dict[str, float]:
    """Seconds of each part of the import, of parsing and of copying, and the peak of memory."""
    director, school, since = _make_school()
    data = edexml(pupils, school_year="2026-2027", brin=school.brin)
    started = perf_counter()
    etree.fromstring(data)
    parse = perf_counter() - started
    ended = subprocess.run(
        [sys.executable, "-m", "bench.roster_run", str(school.pk), str(director.pk)],
        input=data,
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ,
    )
    figures: dict[str, float] = json.loads(ended.stdout)
    figures["parse"] = parse
    figures["copy"] = _copy_again(school, since)
    return figures


def _make_school() -> tuple[User, School, str]:
    top = Unit.objects.create(kind="board", name="Stichting Rooster")
    unit = Unit.objects.create(kind="school", parent=top, name="De Roosterschool")
    board = Board.objects.create(unit=top)
    school = School.objects.create(unit=unit, board=board, brin="98ZZ", region="noord")
    director = User.objects.create_user("bench-roster", name="Demo Rooster")
    Membership.objects.create(user=director, role="director", unit=unit, starts_on="2020-01-01")
    with connections["keys"].cursor() as cursor:
        cursor.execute("select clock_timestamp()::text")
        return director, school, cursor.fetchone()[0]


def _copy_again(school: School, since: str) -> float:
    """Seconds to write all rows of the import once more, as other pupils, by COPY alone."""
    stored = []
    for table in _tables():
        where = table.selection().format(school=school.pk, since=since)
        with connections[table.database].cursor() as cursor:
            copying: Any = cursor.copy(f"COPY ({where}) TO STDOUT")
            with copying as copy:
                stored.append((table, b"".join(bytes(part) for part in copy)))
    stored = [(table, _other_source(table, data)) for table, data in stored]
    started = perf_counter()
    with transaction.atomic("keys"), transaction.atomic():
        for table, data in stored:
            with connections[table.database].cursor() as cursor:
                columns = ", ".join(table.columns)
                copying = cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN")
                with copying as copy:
                    copy.write(data)
    return perf_counter() - started


def _other_source(table: Table, data: bytes) -> bytes:
    """Keys are unique per system: the copies come from another one."""
    if table.name != "students_pupilsourcekey":
        return data
    return data.replace(b"bench\tk", b"copy\tk")
