"""Destroying full dossiers, with everything that is recorded and the pass afterwards.

Against bare batched DELETE and unlink of as many of the same rows and files: without triggers,
items, ledger, log, keys wrapped or looking afterwards. The sealed files stand in memory where there
is a place for that: to forget 50 000 of them took the same disk from 0.3 to 14 seconds, on either
side, by what it still had to write.
`BENCH_SMALL=yes script/bench destroy` runs it with some hundred dossiers, to see that it works.
"""

from __future__ import annotations

import gc
import os
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.db import connection, connections, transaction

from access.acting import Job
from bench.crowd import TODAY
from bench.full_dossiers import ALL, FILES, NOTES, Places, each_table, parts_of, path_of
from bench.report import Row
from dossiers.models import Dossier, FileVersion, Note
from retention import searching
from retention.carrying_out import carry_out
from retention.models import DestructionList
from students.models import School
from vault.router import KEYS

SMALL = bool(os.environ.get("BENCH_SMALL"))
DOSSIERS = 300 if SMALL else 10_000
THREEFOLD = 100 if SMALL else 2_000  # with an item for each of three kinds of record
FIRST = 50 if SMALL else 500  # a list before it, by which the memory of the long one is told
BAR = 0.3
_PARTS_AT_ONCE = 600
_JOB = Job("bench")
_MEMORY = Path("/dev/shm")  # nosec B108  a folder of its own is made in it
# From the leaves to the stem, as foreign keys demand.
_BARE = (
    "delete from dossiers_fileversion where part_id = any (%s) returning blob",
    "delete from dossiers_file where part_id = any (%s)",
    "delete from dossiers_noteversion where part_id = any (%s)",
    "delete from dossiers_note where part_id = any (%s)",
    "delete from dossiers_dossierpart where id = any (%s)",
)


def measure() -> list[Row]:
    """Ours and bare, of the same number of dossiers, while as many others stay."""
    settings.LEDGER = Path(os.environ["PORTAL_BENCH_HOME"]) / "ledger"
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="portal-bench-", dir=memory) as folder:
        settings.FILES_DIR = Path(folder)
        return _rows(Places())


def _rows(places: Places) -> list[Row]:
    before = _measured(places, "1", FIRST, ("guidance",))
    main = _measured(places, "2", DOSSIERS, ("guidance",))
    threefold = _measured(places, "3", THREEFOLD, ALL)
    what = f"{NOTES} notes, {FILES} files each"
    return [
        Row(
            f"destroying {DOSSIERS:,} dossiers ({what}), with record and the pass afterwards:"
            " speed against bare batched DELETE and unlink",
            f"at least {BAR}",
            main.said,
        ),
        Row(
            f"… {THREEFOLD:,} dossiers with an item each for guidance, medical and agreements",
            "",
            threefold.said,
        ),
        Row(
            f"… by how much the most memory of {DOSSIERS:,} is more than of {FIRST}",
            "flat",
            f"{(main.memory - before.memory) / 1024:.0f} MB",
        ),
    ]


@dataclass(frozen=True)
class _Taken:
    """Seconds of each side, and the most memory that ours held so far, in kilobytes."""

    carrying: float
    looking: float
    bare: float
    memory: int

    @property
    def said(self) -> str:
        ours = self.carrying + self.looking
        return (
            f"{self.bare / ours:.2f} ({ours:.1f} s: {self.carrying:.1f} carrying out,"
            f" {self.looking:.1f} looking afterwards; bare {self.bare:.1f} s)"
        )


def _measured(places: Places, name: str, dossiers: int, kinds: Sequence[str]) -> _Taken:
    """A school is destroyed by a list while another stays; then that one by bare statements."""
    going, director = places.school(f"De Bench {name}", f"{name}1ZX", dossiers)
    same, _director = places.school(f"De Bench {name} kaal", f"{name}2ZX", dossiers)
    made = places.approved_list(going, director, kinds)
    gc.collect()
    carrying, looking = _ours(made)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _must_be_gone(going, kinds)
    bare = _bare(same, kinds)
    _must_be_gone(same, kinds)
    return _Taken(carrying, looking, bare, memory)


def _ours(made: DestructionList) -> tuple[float, float]:
    """Seconds of carrying out, and of looking afterwards."""
    start = perf_counter()
    done = carry_out(made=made, by=_JOB, on=TODAY)
    carried = perf_counter() - start
    if done.failed or done.left or done.destroyed != made.items.count():
        raise RuntimeError(f"{len(done.failed)} items failed, {done.left} were left alone")
    searching.search(made=made, by=_JOB, on=TODAY)
    return carried, perf_counter() - start - carried


def _bare(school: School, kinds: Sequence[str]) -> float:
    """Batch after batch, each committed, then its files."""
    parts = parts_of(school, kinds)
    each_table("alter table {} disable trigger user")
    start = perf_counter()
    for first in range(0, len(parts), _PARTS_AT_ONCE):
        some = parts[first : first + _PARTS_AT_ONCE]
        with transaction.atomic(using=KEYS), connections[KEYS].cursor() as cursor:
            cursor.execute("delete from vault_partkey where part_id = any (%s)", [some])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BARE[0], [some])
            blobs = [blob for (blob,) in cursor.fetchall()]
            for statement in _BARE[1:]:
                cursor.execute(statement, [some])
        for blob in blobs:
            path_of(blob).unlink()
    taken = perf_counter() - start
    each_table("alter table {} enable trigger user")
    return taken


def _must_be_gone(school: School, kinds: Sequence[str]) -> None:
    dossiers = Dossier.objects.filter(school=school)
    if parts_of(school, kinds) or Note.objects.filter(part__dossier__in=dossiers).exists():
        raise RuntimeError("something is left")
    named = {str(blob) for blob in FileVersion.objects.values_list("blob", flat=True)}
    if {path.name for path in Path(settings.FILES_DIR).glob("??/*")} != named:
        raise RuntimeError("files are left, or gone that are named")
