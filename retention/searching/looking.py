"""One pass for a list: everything is read once, for all that was destroyed, and findings kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from audit.grounds import Ground
from retention import events
from retention.destroyer import as_destroyer
from retention.models import DestructionList, Leftover, LeftoverJudgement, SearchPass
from retention.searching.allowed import KEYS_ALLOWED, NO_WORDS, OF_OTHERS
from retention.searching.folders import hits_in_files
from retention.searching.marks import Marks, keys_of, opened_json, sealed_json
from retention.searching.sieve import FIELD, ROW, Hit, Sieve
from retention.searching.tables import Table, rows_of, tables
from retention.searching.verdict import said_of
from vault.sealing import Keyring

_NAMED = 5  # rows that are named of each finding
_KEPT = 500  # findings that are kept of one pass; more are counted
_FINISHED = ("finished_at", "columns", "rows", "files", "jobs", "marks", "hits", "sealed")
_REMEMBERED = 10_000  # findings of one pass, so that memory stays flat
_OF_A_NUMBER = 4  # digits: fewer, and it is a word that somebody chose
_WHOLE_ROW = -1  # a name stands in several columns of its row
_OF_WORDS = ("word", "name")
_JOBS, _FILES = "procrastinate_jobs", "dossiers_fileversion"
_PLAIN_KEY = re.compile(r"[0-9a-f-]{36}(,[0-9T:. +-]+)?|\d+|\(\d+,\d+\)")
_CONTROL = ("retention_destructionlist", "id")  # each pass must find its own list here
_Where = tuple[str, str, str, str]  # sort, mark, place, column


class SearchIsBlind(Exception):
    """The pass did not find what is known to stand there: its silence would prove nothing."""


@dataclass
class _Place:
    """Where something was found; the list of rows is cut off, the number is not."""

    is_hard: bool
    rows: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, row: str) -> None:
        self.number += 1
        if len(self.rows) < _NAMED:
            self.rows.append(row)


@dataclass
class _Found:
    """What one pass read and found: by sort, mark, place and column."""

    columns: int = 0
    rows: int = 0
    files: int = 0
    jobs: int = 0
    saw_itself: bool = False
    named_files: int = 0  # sealed files that rows name: a folder without any is the wrong one
    more: int = 0  # times that something was found beyond what is remembered
    places: dict[_Where, _Place] = field(default_factory=dict)

    def add(self, hit: Hit, place: str, column: str, row: str) -> None:
        is_soft = (place, column) in OF_OTHERS or is_said_elsewhere(hit.mark)
        is_hard = hit.sort != "name" and not (hit.sort == "word" and is_soft)
        where = (hit.sort, hit.mark, place, column)
        if where in self.places or len(self.places) < _REMEMBERED:
            self.places.setdefault(where, _Place(is_hard)).add(row)
        else:
            self.more += 1


def is_said_elsewhere(mark: str) -> bool:
    """Whether this stands where nobody is meant: a user name such as "ouder" is a word like others,
    and digits alone stand in counts, moments and keys. Somebody says whose it is.

    What has an @, or letters with several digits, is somebody's.
    """
    return mark.isdecimal() or (
        "@" not in mark and sum(letter.isdigit() for letter in mark) < _OF_A_NUMBER
    )


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
    found = _Found()
    for table in tables():
        _read(table, marks.sieve, found, own=made.pk.hex)
    _read_files(marks.sieve, found, by=by, on=on)
    if not found.saw_itself or (found.named_files and not found.files):
        raise SearchIsBlind(str(made.pk))
    with acting_as(by, on=on):
        _finish(row, made, marks, found, by=by)
    return row


def _begin(made: DestructionList, *, by: Job, on: date) -> SearchPass:
    with acting_as(by, on=on):
        row = SearchPass(list=made, begun_at=timezone.now())
        with as_destroyer():
            row.save(force_insert=True)
        record(events.LIST_SEARCH_BEGUN, by=by, unit=made.school_id, target=made)
    return row


def _read(table: Table, sieve: Sieve, found: _Found, *, own: str) -> None:
    found.columns += len(table.columns)
    for rows in rows_of(table):
        found.rows += len(rows)
        if table.known_as == _JOBS:
            found.jobs += len(rows)
        if table.known_as == _FILES:
            found.named_files += len(rows)
        for hit in _hits(sieve, rows):
            column = "" if hit.field == _WHOLE_ROW else table.named(hit.field)
            if hit.mark == own:
                found.saw_itself |= (table.known_as, column) == _CONTROL
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


def _read_files(sieve: Sieve, found: _Found, *, by: Job, on: date) -> None:
    for setting, path, hits in hits_in_files(sieve, by=by, on=on):
        found.files += 1
        for hit in set(hits):
            if setting in NO_WORDS and hit.sort in _OF_WORDS:
                continue
            found.add(hit, setting, "", f"{path.name[:8]}…")


def _finish(
    row: SearchPass, made: DestructionList, marks: Marks, found: _Found, *, by: Job
) -> None:
    row.columns, row.rows, row.files, row.jobs = found.columns, found.rows, found.files, found.jobs
    row.marks = marks.sieve.number  # the key of the list itself among them
    row.hits = len(found.places) + found.more
    row.sealed = sealed_json(made.pk, row.place, {"families": sorted(marks.families)})
    row.finished_at = timezone.now()
    kept = sorted(found.places.items(), key=lambda one: not one[1].is_hard)[:_KEPT]
    with as_destroyer():
        keys = keys_of(made.pk)
        before = _judged_before(made, keys)
        row.save(update_fields=_FINISHED)
        Leftover.objects.bulk_create(_leftover(row, keys, *one, before) for one in kept)
    detail = {"rows": row.rows, "files": row.files, "marks": row.marks, "hits": row.hits}
    record(
        events.LIST_SEARCHED,
        by=by,
        unit=made.school_id,
        target=made,
        ground=Ground.SYSTEM,
        detail=detail,
    )


def _leftover(
    row: SearchPass,
    keys: Keyring,
    where: _Where,
    place: _Place,
    before: Mapping[tuple[object, ...], Leftover],
) -> Leftover:
    sort, mark, name, column = where
    one = Leftover(
        search=row,
        sort=sort,
        is_hard=place.is_hard,
        place_found=name,
        column=column,
        rows=place.rows,
        number=place.number,
        same_as=before.get((*where, *place.rows, place.number)),
    )
    one.sealed = sealed_json(row.list_id, one.place, {"mark": mark}, keys)
    return one


def _judged_before(made: DestructionList, keys: Keyring) -> dict[tuple[object, ...], Leftover]:
    """What somebody said is somebody else's, by what was found and where: it need not be asked."""
    rows = said_of(Leftover.objects.filter(search__list=made, same_as__isnull=True))
    found = {}
    for one in rows.filter(said=LeftoverJudgement.Outcome.NAMESAKE).order_by("search__begun_at"):
        mark = opened_json(made.pk, one.place, one.sealed, keys).get("mark")
        found[(one.sort, mark, one.place_found, one.column, *one.rows, one.number)] = one
    return found
