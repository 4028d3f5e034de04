"""One pass for a list: everything is read once, for all that was destroyed, and findings kept."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from audit.grounds import Ground
from retention import events
from retention.destroyer import as_destroyer
from retention.models import DestructionList, SearchPass
from retention.searching.allowed import KEYS_ALLOWED, NO_WORDS
from retention.searching.findings import Findings
from retention.searching.folders import hits_in_files
from retention.searching.marks import Marks, sealed_json
from retention.searching.sieve import FIELD, ROW, Hit, Sieve
from retention.searching.tables import Table, rows_of, tables

_FINISHED = ("finished_at", "columns", "rows", "files", "jobs", "marks", "hits", "sealed")
_WHOLE_ROW = -1  # a name stands in several columns of its row
_OF_WORDS = ("word", "name")
_JOBS, _FILES = "procrastinate_jobs", "dossiers_fileversion"
_PLAIN_KEY = re.compile(r"[0-9a-f-]{36}(,[0-9T:. +-]+)?|\d+|\(\d+,\d+\)")
_CONTROL = ("retention_destructionlist", "id")  # each pass must find its own list here


class SearchIsBlind(Exception):
    """The pass did not find what is known to stand there: its silence would prove nothing."""


@dataclass
class _Seen:
    """What one pass read, and saw."""

    columns: int = 0
    rows: int = 0
    files: int = 0
    jobs: int = 0
    saw_itself: bool = False
    named_files: int = 0  # sealed files that rows name: a folder without any is the wrong one


def search(*, made: DestructionList, by: Job, on: date) -> SearchPass:
    """Looks for all that is left of what this list destroyed; call it outside a door.

    A pass that is killed has no end and counts for nothing: the next one begins anew. Raises
    SearchIsBlind when it could not see, Unreadable when a row of marks does not open.
    """
    marks = Marks(made.pk)
    if not marks.batches:
        raise SearchIsBlind(f"{made.pk}: nobody gathered what to look for")
    row = _begin(made, by=by, on=on)
    marks.sieve.add_key(made.pk.bytes)
    seen, found = _Seen(), Findings(row)
    for _table, parts in itertools.groupby(tables(), lambda one: (one.alias, one.known_as)):
        for part in parts:
            _read(part, marks.sieve, seen, found, own=made.pk.hex)
        found.keep()
    _read_files(marks.sieve, seen, found, by=by, on=on)
    if not seen.saw_itself or (seen.named_files and not seen.files):
        raise SearchIsBlind(str(made.pk))
    with acting_as(by, on=on):
        _finish(row, made, marks, seen, found, by=by)
    return row


def _begin(made: DestructionList, *, by: Job, on: date) -> SearchPass:
    with acting_as(by, on=on):
        row = SearchPass(list=made, begun_at=timezone.now())
        with as_destroyer():
            row.save(force_insert=True)
        record(events.LIST_SEARCH_BEGUN, by=by, unit=made.school_id, target=made)
    return row


def _read(table: Table, sieve: Sieve, seen: _Seen, found: Findings, *, own: str) -> None:
    seen.columns += len(table.columns)
    for rows in rows_of(table):
        seen.rows += len(rows)
        if table.known_as == _JOBS:
            seen.jobs += len(rows)
        if table.known_as == _FILES:
            seen.named_files += len(rows)
        for hit in _hits(sieve, rows):
            column = "" if hit.field == _WHOLE_ROW else table.named(hit.field)
            if hit.mark == own:
                seen.saw_itself |= (table.known_as, column) == _CONTROL
            elif hit.sort != "key" or (table.known_as, column) not in KEYS_ALLOWED:
                found.add(hit, table.known_as, column, _shown(rows[hit.row]))


def _hits(sieve: Sieve, rows: list[str]) -> set[Hit]:
    """Each mark once a row and column, a name once a row; not in what names the row."""
    return {
        replace(hit, field=_WHOLE_ROW) if hit.sort == "name" else hit
        for hit in sieve.in_text(ROW.join(rows))
        if hit.field
    }


def _shown(row: str) -> str:
    """The key of a row; of one that tells more, such as a session's, the beginning."""
    key = row.partition(FIELD)[0]
    return key if _PLAIN_KEY.fullmatch(key) else f"{key[:4]}…"


def _read_files(sieve: Sieve, seen: _Seen, found: Findings, *, by: Job, on: date) -> None:
    for setting, path, hits in hits_in_files(sieve, by=by, on=on):
        seen.files += 1
        for hit in set(hits):
            if setting in NO_WORDS and hit.sort in _OF_WORDS:
                continue
            found.add(hit, setting, "", f"{path.name[:8]}…")
    found.keep()


def _finish(
    row: SearchPass, made: DestructionList, marks: Marks, seen: _Seen, found: Findings, *, by: Job
) -> None:
    row.columns, row.rows, row.files, row.jobs = seen.columns, seen.rows, seen.files, seen.jobs
    row.marks = marks.sieve.number  # the key of the list itself among them
    row.hits = found.number
    row.sealed = sealed_json(made.pk, row.place, {"families": sorted(marks.families)})
    row.finished_at = timezone.now()
    with as_destroyer():
        row.save(update_fields=_FINISHED)
    detail = {"rows": row.rows, "files": row.files, "marks": row.marks, "hits": row.hits}
    record(
        events.LIST_SEARCHED,
        by=by,
        unit=made.school_id,
        target=made,
        ground=Ground.SYSTEM,
        detail=detail,
    )
