"""Destroying full dossiers, with everything that is recorded and the pass afterwards.

Against bare batched DELETE and unlink of as many of the same rows and files: without triggers,
items, ledger, log, keys wrapped or looking afterwards.
`BENCH_SMALL=yes script/bench destroy` runs it with 300 dossiers, to see that it works.
"""

from __future__ import annotations

import gc
import os
import resource
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.db import connection, connections, transaction

from access.acting import Job
from bench.crowd import TODAY
from bench.full_dossiers import FILES, KINDS, NOTES, Places, each_table, parts_of, path_of
from bench.report import Row
from dossiers.models import Dossier, FileVersion, Note
from retention import searching
from retention.carrying_out import carry_out
from retention.models import DestructionList
from students.models import School
from vault.router import KEYS

DOSSIERS = 300 if os.environ.get("BENCH_SMALL") else 10_000
FIRST = 200  # a list before it, by which the memory of the long one is told
BAR = 0.3
_PARTS_AT_ONCE = 600
_JOB = Job("bench")
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
    places = Places()
    _ours(places.approved_list(*places.school("De Bench Vooraf", "01ZX", FIRST)))
    going, director = places.school("De Bench Vol", "02ZX", DOSSIERS)
    same, _director = places.school("De Bench Kaal", "03ZX", DOSSIERS)
    made = places.approved_list(going, director)
    gc.collect()
    before = _most_memory()
    carried, searched = _ours(made)
    rose = _most_memory() - before
    _must_be_gone(going)
    bare = _bare(same)
    _must_be_gone(same)
    ours = carried + searched
    return [
        Row(
            f"destroying {DOSSIERS:,} dossiers ({NOTES} notes, {FILES} files each), with record"
            " and the pass afterwards: speed against bare batched DELETE and unlink",
            f"at least {BAR}",
            f"{bare / ours:.2f} ({ours:.1f} s: {carried:.1f} carrying out,"
            f" {searched:.1f} looking afterwards; bare {bare:.1f} s)",
        ),
        Row(
            "… by how much the most memory it took is more than for"
            f" {FIRST} dossiers ({DOSSIERS * len(KINDS):,} items)",
            "flat",
            f"{rose / 1024:.0f} MB",
        ),
    ]


def _ours(made: DestructionList) -> tuple[float, float]:
    """Seconds of carrying out, and of looking afterwards."""
    start = perf_counter()
    done = carry_out(made=made, by=_JOB, on=TODAY)
    carried = perf_counter() - start
    if done.failed or done.left or done.destroyed != made.items.count():
        raise RuntimeError(f"{len(done.failed)} items failed, {done.left} were left alone")
    searching.search(made=made, by=_JOB, on=TODAY)
    return carried, perf_counter() - start - carried


def _bare(school: School) -> float:
    """Batch after batch, each committed, then its files."""
    parts = parts_of(school)
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


def _must_be_gone(school: School) -> None:
    dossiers = Dossier.objects.filter(school=school)
    if parts_of(school) or Note.objects.filter(part__dossier__in=dossiers).exists():
        raise RuntimeError("something is left")
    named = {str(blob) for blob in FileVersion.objects.values_list("blob", flat=True)}
    if {path.name for path in Path(settings.FILES_DIR).glob("??/*")} != named:
        raise RuntimeError("files are left, or gone that are named")


def _most_memory() -> int:
    """The most that this program ever held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
