"""Clearing away sealed files that no row names: left by a program that was killed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import Refused
from audit.actions import record
from dossiers import events
from vault import blobs
from vault.uses import blobs_without_a_row

# Seconds. A request with many files that each take as long as they may lasts hours, and its rows
# are only there at its end: a test reckons that this is longer.
AGE = 12 * 60 * 60
_BATCH = 1000
# More than this, and more than half of all, or all of more than a few: it looks like the wrong
# database or folder.
_SUSPICIOUS = 50
_FEW = 4


@dataclass(frozen=True)
class Swept:
    """What was found that nobody needs."""

    orphans: int
    unfinished: int
    waits: bool = False  # for a copy that is being made: nothing was looked at


@transaction.atomic
def sweep_files(*, by: Actor, on: date, dry_run: bool = False, even_most: bool = False) -> Swept:
    """Removes sealed files older than AGE that no row names, and what was never finished.

    Not while a copy is made, which may hold rows that name them. Raises Refused when most of the
    folder would go, unless told `even_most`. With `dry_run` it only counts.
    """
    with blobs.may_be_swept() as may:
        if not may:
            return Swept(0, 0, waits=True)
        return _sweep(by, dry_run=dry_run, even_most=even_most)


def _sweep(by: Actor, *, dry_run: bool, even_most: bool) -> Swept:
    names = list(blobs.older_than(AGE))
    orphans = [
        name
        for start in range(0, len(names), _BATCH)
        for name in blobs_without_a_row(names[start : start + _BATCH])
    ]
    is_most = len(orphans) > max(_SUSPICIOUS, len(names) // 2)
    if (is_most or len(orphans) == len(names) > _FEW) and not even_most:
        raise Refused(
            _(
                "Most sealed files here belong to no row. That looks like the wrong database or"
                " folder, so nothing was removed."
            )
        )
    found = Swept(len(orphans), blobs.count_unfinished(AGE))
    if dry_run or found == Swept(0, 0):
        return found
    for name in orphans:
        blobs.remove(name)
    blobs.remove_unfinished(AGE)
    record(
        events.FILES_SWEPT,
        by=by,
        detail={"orphans": found.orphans, "unfinished": found.unfinished},
    )
    return found
