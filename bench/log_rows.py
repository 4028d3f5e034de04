"""A log of any size for benchmarks: a board of 50 schools, its people and pupils, 12 months.

`fill_log(rows)` throws away what the log holds and fills it anew, the same people and pupils every
time. So a log of ten million rows has ten times as many rows of each as one of a million.
"""

from __future__ import annotations

import multiprocessing
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.conninfo import make_conninfo

from access.models import Membership, Unit, User
from audit import events
from audit.grounds import Ground
from audit.marks import LENGTH, signers
from audit.proof import VERSION
from bench.log_copy import (
    DRAWN,
    Marker,
    Month,
    Text,
    Texts,
    know,
    make_month,
    uuid_text,
    working_days,
)
from bench.log_texts import ready_text
from students.models import Board, Enrolment, Pupil, School

SCHOOLS, STAFF, PARENTS, PUPILS = 50, 30, 20, 240  # the last three: of each school
GROUP = 30
MONTHS = 12
PROCESSES = 2
JOINED = date(2020, 8, 1)

# The columns of a text, in order; the others of a row are drawn (bench/log_copy.py).
COLUMNS = (
    "event",
    "action",
    "outcome",
    "subjects",
    "actor_id",
    "actor_name",
    "actor_role",
    "ground",
    "unit",
    "object_pk",
    "changes",
    "remote_addr",
    "additional_data",
)
# What of a thousand rows: event, page, how often, and at how many of the group's pupils.
_LOOKS = (
    (events.PAGE_SEEN, "dossier_part", 560, GROUP),
    (events.FILE_SEEN, "show_file", 60, 8),
    (events.PRINTED, "print_dossier", 8, 2),
    (events.EXPORTED, "download_file", 8, 2),
)
_LISTS, _SEARCHES, _NOTES, _SIGN_INS, _REFUSALS, _FAMILY = 140, 30, 60, 60, 14, 60


@dataclass
class SchoolOfLog:
    """One school: who works there (the director first), whose parents look, and its pupils."""

    unit: Unit
    school: School
    staff: list[User] = field(default_factory=list)
    parents: list[User] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)

    def group_of(self, person: int) -> list[Pupil]:
        """The pupils that the n-th of the staff guides."""
        first = person * GROUP % PUPILS
        return self.pupils[first : first + GROUP]


@dataclass
class BoardOfLog:
    """The board whose log it is, and who reads for all its schools."""

    unit: Unit
    officer: User
    schools: list[SchoolOfLog]


@cache
def the_board() -> BoardOfLog:
    """Made once in a run."""
    unit = Unit.objects.create(kind="board", name="Stichting Log")
    board = Board.objects.create(unit=unit)
    officer = User.objects.create(username="log-officer", name="Demo log officer", password="!")
    Membership.objects.create(user=officer, role="privacy-officer", unit=unit, starts_on=JOINED)
    return BoardOfLog(unit, officer, [_school(board, n) for n in range(SCHOOLS)])


def fill_log(rows: int, *, months: int = MONTHS, now: datetime | None = None) -> None:
    """Exactly `rows` rows, spread over the months up to now, with all indexes; nothing else."""
    made = _months(rows, months, now or datetime.now(UTC))
    _empty_log(made)
    place = connection.settings_dict
    conninfo = make_conninfo(
        dbname=str(place["NAME"]),
        user=str(place["USER"]),
        password=str(place["PASSWORD"]),
        host=str(place["HOST"]),
    )
    spawn = multiprocessing.get_context("spawn")  # a fork would share our connection
    with ProcessPoolExecutor(
        PROCESSES, mp_context=spawn, initializer=know, initargs=(_texts(),)
    ) as pool:
        written = sum(pool.map(make_month, [conninfo] * len(made), made))
    if written != rows:
        raise RuntimeError(f"the log got {written} rows instead of {rows}")
    _attach(made)


def _school(board: Board, number: int) -> SchoolOfLog:
    unit = Unit.objects.create(kind="school", parent=board.unit, name=f"Demoschool {number:02d}")
    school = School.objects.create(unit=unit, board=board, brin=f"9{number:02d}X", region="noord")
    made = SchoolOfLog(unit, school)
    made.staff = _people(f"{number}-staff", STAFF)
    made.parents = _people(f"{number}-parent", PARENTS)
    roles = [(user, role_of(n)) for n, user in enumerate(made.staff)]
    roles += [(user, "parent") for user in made.parents]
    Membership.objects.bulk_create(
        Membership(user=user, role=role, unit=unit, starts_on=JOINED) for user, role in roles
    )
    made.pupils = Pupil.objects.bulk_create(_pupil(board, number, n) for n in range(PUPILS))
    Enrolment.objects.bulk_create(
        Enrolment(pupil=pupil, school=school, starts_on=JOINED) for pupil in made.pupils
    )
    return made


def _people(word: str, count: int) -> list[User]:
    return User.objects.bulk_create(
        User(username=f"log-{word}-{n}", name=f"Demo {word} {n}", password="!")
        for n in range(count)
    )


def _pupil(board: Board, school: int, number: int) -> Pupil:
    pupil = Pupil(board=board, first_name=f"Leerling{number}", surname=f"Log{school}")
    pupil.birth_date = date(2016, 1, 1) + timedelta(days=number)
    for column, value in pupil.name_fields().items():
        setattr(pupil, column, value)
    return pupil


def role_of(person: int) -> str:
    """In which role the n-th of the staff works."""
    return {0: "director", 1: "administrator", 2: "care-coordinator"}.get(person, "counsellor")


def _months(rows: int, months: int, now: datetime) -> list[Month]:
    firsts = [now.date().replace(day=1)]
    while len(firsts) < months:
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    work = list(accumulate(working_days(first, now.date()) for first in firsts))
    ends = [round(rows * done / work[-1]) for done in work]
    _fills_every_column()
    blank = Month(firsts[0], 0, now, 1, COLUMNS, tuple(_index_definitions()))
    return [
        replace(blank, first=first, rows=end - start, first_number=start + 1)
        for first, start, end in zip(firsts, [0, *ends], ends, strict=False)
    ]


def _fills_every_column() -> None:
    """A column of the log that nobody fills here stops the measuring."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, is_nullable from information_schema.columns"
            " where table_schema = 'public' and table_name = 'audit_logentry'"
        )
        found = dict(cursor.fetchall())
    known = {*DRAWN, *COLUMNS}
    left = [name for name, may_be_null in found.items() if may_be_null == "NO"]
    if unfilled := set(left) - known:
        raise RuntimeError(f"bench/log_rows.py does not fill {sorted(unfilled)}")


def _index_definitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_indexdef(indexrelid) from pg_index"
            " where indrelid = 'audit_logentry'::regclass and not indisprimary order by 1"
        )
        return [definition for (definition,) in cursor.fetchall()]


def _empty_log(months: list[Month]) -> None:
    """Drops every month there is: those to come are made anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits"
            " where inhparent = 'audit_logentry'::regclass"
        )
        for (table,) in cursor.fetchall():
            verb = "truncate" if table == "audit_logentry_other" else "drop table"
            cursor.execute(f"{verb} {table}")
        following = (months[-1].first.replace(day=28) + timedelta(days=4)).replace(day=1)
        cursor.execute("select audit_make_partitions(%s, 12)", [following])


def _attach(months: list[Month]) -> None:
    with connection.cursor() as cursor:
        for month in months:
            end = (month.first.replace(day=28) + timedelta(days=4)).replace(day=1)
            cursor.execute(
                f"alter table audit_logentry attach partition {month.table}"
                f" for values from ('{month.first} 00:00+00') to ('{end} 00:00+00')"
            )
        cursor.execute("select setval('audit_number', %s)", [months[-1].last_number])
        cursor.execute("analyze audit_logentry")


@cache
def _texts() -> Texts:
    """Everything that can happen, ready for COPY, each with how often it does."""
    chance = random.Random(5)  # nosec B311  the same rows again
    made: list[tuple[Text, float]] = []
    for school in the_board().schools:
        for number, person in enumerate(school.staff):
            busy = chance.lognormvariate(0, 0.7)
            rows = _of_staff(school, number, person, chance)
            made += [(text, weight * busy) for text, weight in rows]
        for number, parent in enumerate(school.parents):
            child = school.pupils[number * GROUP // 3 % PUPILS]
            row = _row(school, parent, "parent", events.PAGE_SEEN, "family_child", [child])
            made.append((row, _FAMILY * STAFF / PARENTS))
    signer = next(iter(signers().values()))
    return Texts(
        [text for text, _ in made],
        list(accumulate(weight for _, weight in made)),
        VERSION,
        Marker(signer.tag, signer.inner, signer.outer, LENGTH),
    )


def _of_staff(
    school: SchoolOfLog, number: int, person: User, chance: random.Random
) -> list[tuple[Text, float]]:
    role, group = role_of(number), school.group_of(number)
    made = [
        (_row(school, person, role, event, page, [pupil]), weight / some)
        for event, page, weight, some in _LOOKS
        for pupil in chance.sample(group, some)
    ]
    made += [
        (_row(school, person, role, events.PAGE_LISTED, "my_pupils", group), _LISTS),
        (_row(school, person, role, events.SEARCHED, "search", group[:4]), _SEARCHES),
        (_row(school, person, role, events.SIGNED_IN, "", []), _SIGN_INS),
    ]
    stranger = school.pupils[(number * GROUP + GROUP + 7) % PUPILS]
    refused = _row(school, person, role, events.PAGE_REFUSED, "dossier_part", [stranger])
    made.append((refused, _REFUSALS))
    written = events.EVENTS["note-written"]
    made += [
        (_row(school, person, role, written, "", [pupil]), _NOTES / 8)
        for pupil in chance.sample(group, 8)
    ]
    return made


def _row(
    school: SchoolOfLog,
    person: User,
    role: str,
    event: events.Event,
    page: str,
    pupils: list[Pupil],
) -> Text:
    is_refused = event is events.PAGE_REFUSED
    ground = Ground.OWN if role == "parent" or not pupils else Ground.ASSIGNMENT
    values: dict[str, Any] = {
        "event": event.code,
        "action": event.action.value,
        "outcome": "refused" if is_refused else "success",
        "subjects": [str(pupil.log_key) for pupil in pupils],
        "actor_id": str(person.pk),
        "actor_name": person.name,
        "actor_role": role,
        "ground": (Ground.NONE if is_refused else ground).value,
        "unit": str(school.unit.pk),
        "object_pk": _dossier_key(pupils[0].pk) if len(pupils) == 1 else "",
        "changes": ["facts", "title"] if event.code == "note-written" else None,
        "remote_addr": f"198.51.100.{int(person.pk) % 250}",
        "additional_data": {"page": page, "method": "GET", "status": 403 if is_refused else 200}
        if page
        else None,
    }
    return ready_text(values, COLUMNS)


@cache
def _dossier_key(pupil: UUID) -> str:
    return uuid_text(random.Random(pupil.int))  # nosec B311  the same rows again
