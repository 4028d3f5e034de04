"""Rows of the log to take along, with what proves them: checked by anybody, without the portal."""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from django.db.models import Q, QuerySet

from access.acting import Job, acting_as
from audit import events, proof
from audit.actions import record
from audit.grounds import Ground
from audit.heads import newest_head
from audit.marks import values_of
from audit.models import LogEntry, Seal
from audit.months import begin_of, bounds_of, end_of
from audit.sealing import words_of
from audit.verdicts import Period

README = """Rows of the log of the privacy portal, and what proves that nobody changed them.

rows.jsonl    one row a line
seals.jsonl   the chain of seals, from the one before the first row up to the newest
about.json    what was asked for
verify.py     checks all of it, with proof.py; needs Python 3.11 or newer and nothing else

    python3 -I verify.py proof.zip --head HEAD

HEAD is a head of the log that you got another way: from a mail to the privacy officer or FG, or
from a report. Without one the bundle only proves that it fits together.

A row names pupils by a random key. Who they are is not in here.
"""
_CHUNK = 2_000


class NothingToProve(LookupError):
    """There is no sealed row of this pupil or period."""


@dataclass
class Bundle:
    """What was written."""

    rows: int = 0
    waiting: int = 0  # rows that have no seal yet, left out
    first_seal: int = 0
    head: str = ""


def export_proof(
    into: IO[bytes], *, pupil: uuid.UUID | None, period: Period, now: datetime, on: date
) -> Bundle:
    """Writes a zip with rows, seals and the script that checks them; adds one row to the log.

    For a pupil: the rows about it, each with its path in the tree. For a period: every batch that
    touches it, whole. Raises NothingToProve. Call it outside a transaction and outside the door.
    """
    bundle = Bundle()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = _rows_of(pupil, bundle) if pupil else _rows_in(period)
        with archive.open("rows.jsonl", "w") as file:
            for row, seal in rows:
                bundle.first_seal = bundle.first_seal or seal
                bundle.rows += 1
                file.write(_line({**row, "seal": seal}))
        if not bundle.rows:
            raise NothingToProve
        _write_seals(archive, bundle)
        archive.writestr("about.json", json.dumps(_about(pupil, period, bundle, now), indent=1))
        archive.writestr("README.txt", README)
        for script in ("verify.py", "proof.py"):
            archive.write(Path(proof.__file__).with_name(script), script)
    job = Job("export_proof")
    with acting_as(job, on=on):
        record(
            events.LOG_PROOF_EXPORTED,
            by=job,
            subjects=[pupil] if pupil else [],
            ground=Ground.OVERSIGHT,
            detail={"rows": bundle.rows, "seals_from": bundle.first_seal},
        )
    return bundle


def _line(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, ensure_ascii=False) + "\n").encode()


def _about(
    pupil: uuid.UUID | None, period: Period, bundle: Bundle, now: datetime
) -> dict[str, Any]:
    head = newest_head()
    bundle.head = f"{head.number} {head.link_hex}" if head else ""
    return {
        "pupil": str(pupil) if pupil else None,
        "first_day": period.first.isoformat() if period.first else None,
        "last_day": period.last.isoformat() if period.last else None,
        "whole_batches": pupil is None,
        "rows": bundle.rows,
        "made_at": now.astimezone(UTC).isoformat(),
    }


# --- rows ---------------------------------------------------------------------------------------


def _rows_of(pupil: uuid.UUID, bundle: Bundle) -> Iterator[tuple[dict[str, Any], int]]:
    """The rows about a pupil, batch by batch, each with its path; what waits is counted."""
    rows = LogEntry.objects.filter(subjects__contains=[pupil]).order_by("number")
    batch: list[LogEntry] = []
    seal: Seal | None = None
    for row in rows.iterator(_CHUNK):
        if seal is None or not _covers(seal, row):
            if seal is not None:
                yield from _with_paths(seal, batch)
            seal, batch = _seal_of(row), []
        if seal is None:
            bundle.waiting += 1
        else:
            batch.append(row)
    if seal is not None:
        yield from _with_paths(seal, batch)


def _covers(seal: Seal, row: LogEntry) -> bool:
    return seal.after < row.number <= seal.upto and seal.month == _month(row)


def _month(row: LogEntry) -> date:
    return row.timestamp.astimezone(UTC).date().replace(day=1)


def _seal_of(row: LogEntry) -> Seal | None:
    seals = Seal.objects.filter(kind=Seal.Kind.ROWS, month=_month(row), after__lt=row.number)
    newest = seals.order_by("-after").first()  # by the constraint on (after, month)
    return newest if newest is not None and newest.upto >= row.number else None


def _with_paths(seal: Seal, rows: list[LogEntry]) -> Iterator[tuple[dict[str, Any], int]]:
    batch = [_values(row) for row in _batch(seal)]
    leaves = [proof.leaf_of(proof.record_of(values)) for values in batch]
    places = {values["id"]: place for place, values in enumerate(batch)}
    levels = proof.levels_of(leaves)
    for row in rows:
        place = places[str(row.pk)]
        yield {**batch[place], "path": proof.path_in(levels, place)}, seal.position


def _rows_in(period: Period) -> Iterator[tuple[dict[str, Any], int]]:
    wanted = Q(kind=Seal.Kind.ROWS)
    if period.first:
        wanted &= Q(last_at__gte=begin_of(period.first))
    if period.last:
        wanted &= Q(first_at__lt=end_of(period.last))
    for seal in Seal.objects.filter(wanted).order_by("position").iterator(_CHUNK):
        for row in _batch(seal):
            yield _values(row), seal.position


def _batch(seal: Seal) -> QuerySet[LogEntry]:
    first, last = bounds_of(seal.month)
    rows = LogEntry.objects.filter(timestamp__gte=first, timestamp__lt=last)
    return rows.filter(number__gt=seal.after, number__lte=seal.upto).order_by("number")


def _values(row: LogEntry) -> dict[str, Any]:
    moment = row.timestamp.astimezone(UTC).isoformat()
    return {
        **values_of(row),
        "timestamp": moment,
        "number": row.number,
        "mark": bytes(row.mark).hex(),
    }


# --- seals --------------------------------------------------------------------------------------


def _write_seals(archive: zipfile.ZipFile, bundle: Bundle) -> None:
    before = Seal.objects.filter(position=bundle.first_seal - 1).first()
    link, mac = (before.link, before.mac) if before else (proof.BEFORE_THE_FIRST, b"")
    begin = {
        "position": bundle.first_seal - 1,
        "link": bytes(link).hex(),
        "mac": bytes(mac).hex(),
    }
    seals = Seal.objects.filter(position__gte=bundle.first_seal).order_by("position")
    with archive.open("seals.jsonl", "w") as file:
        file.write(_line(begin))
        for seal in seals.iterator(_CHUNK):
            file.write(_line(words_of(seal)))
