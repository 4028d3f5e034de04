"""One month of the log, made up and copied into a table of its own: without Django, so that two
processes can do it at once.

What a row says is drawn from ready-made texts (a person, a page, whose data); only its key, its
moment and its request are new. So a million rows take seconds to write down.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import uuid
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg
from psycopg import sql

DRAWN = ("id", "timestamp", "cid", "number", "mark")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000  # microseconds
_PIECE = 10_000  # rows sent at once
# Of each hour in UTC how much of a school day happens in it; evenings and nights hardly.
_HOURS = (1, 0, 0, 0, 1, 6, 60, 120, 110, 70, 100, 60, 90, 110, 80, 30, 10, 6, 8, 10, 8, 4, 2, 1)
_WEEKEND = 0.02


@dataclass(frozen=True)
class Month:
    """What one process makes: how many rows, with which texts, in which table."""

    first: date
    rows: int
    until: datetime  # nothing happens after it: the month of today is not over
    first_number: int
    columns: tuple[str, ...]  # of each text, in its order
    index_definitions: tuple[str, ...]

    @property
    def last_number(self) -> int:
        """What the database counts on from."""
        return self.first_number + self.rows

    @property
    def table(self) -> str:
        """As audit_make_partitions calls it."""
        return f"audit_logentry_{self.first:%Y%m}"


@dataclass(frozen=True)
class Text:
    """Something that can happen: ready to be copied, and ready to be marked but for what is drawn.

    `before` and `after` stand around the request in the row's canonical text (audit/proof.py).
    """

    copied: str
    before: bytes
    after: bytes


@dataclass(frozen=True)
class Marker:
    """What makes a mark (audit/marks.py), as plain bytes for a process without Django."""

    tag: bytes
    inner: bytes
    outer: bytes
    length: int

    def mark(self, canonical: bytes) -> str:
        """The mark in hexadecimal."""
        sha = hashlib.sha256
        signed = sha(self.outer + sha(self.inner + sha(canonical).digest()).digest()).digest()
        return (self.tag + signed)[: self.length].hex()


@dataclass(frozen=True)
class Texts:
    """What can happen and how often: each weight with all before it."""

    texts: list[Text]
    weights: list[float]
    version: str
    marker: Marker


_known: list[Texts] = []


def know(texts: Texts) -> None:
    """Told once to each process, as they are many."""
    _known[:] = [texts]


def make_month(conninfo: str, month: Month) -> int:
    """The month's table with its rows and indexes, ready to be attached; gives its rows."""
    table = sql.Identifier(month.table)
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '256MB'")
        cursor.execute("set max_parallel_maintenance_workers = 0")
        cursor.execute("set synchronous_commit = off")
        cursor.execute(
            sql.SQL(
                "create table {} (like audit_logentry including defaults including constraints)"
            ).format(table)
        )
        into = sql.SQL("copy {} ({}) from stdin with (freeze)").format(
            table, sql.SQL(", ").join(map(sql.Identifier, [*DRAWN, *month.columns]))
        )
        with cursor.copy(into) as copy:
            for piece in pieces(month, _known[0]):
                copy.write(piece)
        cursor.execute(sql.SQL("alter table {} add primary key (id, timestamp)").format(table))
        for definition in month.index_definitions:
            cursor.execute(_on_month(definition, month.table))
        cursor.execute(
            sql.SQL("alter table {} add check (timestamp >= {} and timestamp < {})").format(
                table, sql.Literal(_start(month.first)), sql.Literal(_end(month.first))
            )
        )
    return month.rows


def pieces(month: Month, known: Texts) -> Iterator[str]:
    """The rows as COPY reads them, in order of time."""
    chance = random.Random(f"{month.first}{month.rows}")  # nosec B311  the same rows again
    moments = _moments(month, chance)
    minutes = [
        f"{_start(month.first) + timedelta(minutes=n):%Y-%m-%d %H:%M:}"
        for n in range(60 * 24 * monthrange(month.first.year, month.first.month)[1])
    ]
    for start in range(0, month.rows, _PIECE):
        some = moments[start : start + _PIECE]
        texts = chance.choices(known.texts, cum_weights=known.weights, k=len(some))
        keys = os.urandom(32 * len(some)).hex()
        yield "".join(_lines(month, start, list(zip(some, texts, strict=True)), keys, minutes))


def _lines(
    month: Month, start: int, drawn: list[tuple[int, Text]], keys: str, minutes: list[str]
) -> Iterator[str]:
    number = month.first_number + start
    marker, version = _known[0].marker, _known[0].version
    began = (_start(month.first) - _EPOCH) // timedelta(microseconds=1)
    for n, (moment, text) in enumerate(drawn):
        minute, rest = divmod(moment, _MINUTE)
        second, part = divmod(rest, 1_000_000)
        key, request = _uuid(keys, 64 * n), _uuid(keys, 64 * n + 32)
        words = f"{version}\x1f{key}\x1f{began + moment:016x}\x1f".encode()
        mark = marker.mark(words + text.before + request.encode() + text.after)
        yield (
            f"{key}\t{minutes[minute]}{second:02d}.{part:06d}+00\t{request}\t{number + n}"
            f"\t\\\\x{mark}\t{text.copied}\n"
        )


def _uuid(keys: str, at: int) -> str:
    key = keys[at : at + 32]
    return f"{key[:8]}-{key[8:12]}-4{key[13:16]}-8{key[17:20]}-{key[20:]}"


def _moments(month: Month, chance: random.Random) -> list[int]:
    """Microseconds since the month began, by the hours at which a school works."""
    hours, weights, total = [], [], 0.0
    last = (min(month.until, _end(month.first)) - _start(month.first)) / timedelta(hours=1)
    for hour in range(max(1, int(last))):
        is_weekend = (month.first + timedelta(days=hour // 24)).weekday() >= 5
        total += _HOURS[hour % 24] * (_WEEKEND if is_weekend else 1) + 0.001
        hours.append(hour * 60 * _MINUTE)
        weights.append(total)
    drawn = chance.choices(hours, cum_weights=weights, k=month.rows)
    return sorted(hour + int(chance.random() * 60 * _MINUTE) for hour in drawn)


def working_days(first: date, until: date) -> float:
    """How much of a month's work is done before `until`: weekends hardly count."""
    days = monthrange(first.year, first.month)[1]
    each = [first + timedelta(days=n) for n in range(days)]
    return sum(_WEEKEND if day.weekday() >= 5 else 1.0 for day in each if day <= until)


def uuid_text(chance: random.Random) -> str:
    """A key that comes out alike in every run."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _on_month(definition: str, table: str) -> str:
    """The statement that makes an index of the whole log, for one month's table."""
    return re.sub(
        r"INDEX \S+ ON (ONLY )?(public\.)?audit_logentry", f"INDEX ON {table}", definition
    )


def _start(first: date) -> datetime:
    return datetime(first.year, first.month, 1, tzinfo=UTC)


def _end(first: date) -> datetime:
    return _start((first.replace(day=28) + timedelta(days=4)).replace(day=1))
