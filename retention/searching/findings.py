"""What one pass finds: written down table by table, so that memory never holds more than one."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from retention.destroyer import as_destroyer
from retention.models import Leftover, LeftoverJudgement, SearchPass
from retention.searching.allowed import OF_OTHERS
from retention.searching.marks import keys_of, opened_json, sealed_json
from retention.searching.sieve import Hit
from retention.searching.verdict import said_of
from vault.sealing import Keyring

_NAMED = 5  # rows that are named of each finding
_HARD_KEPT = 500  # of what must go; more is counted, and named by the next pass
_AT_ONCE = 1000  # rows that are written
_OF_A_NUMBER = 4  # digits: fewer, and it is a word that somebody chose
_Where = tuple[str, str, str, str]  # sort, mark, place, column
_Known = dict[tuple[object, ...], uuid.UUID]


@dataclass(slots=True)
class _Place:
    """Where something was found; the list of rows is cut off, the number is not."""

    is_hard: bool
    rows: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, row: str) -> None:
        self.number += 1
        if len(self.rows) < _NAMED:
            self.rows.append(row)


class Findings:
    """What was found of each mark in each table and column.

    Names and numbers are all kept, for somebody says of each whose it is: there are no more of
    them in one table than people who are looked for. Of keys and hashes the first are.
    """

    def __init__(self, row: SearchPass) -> None:
        self.number = 0  # places, and of what must go beyond what is kept each time
        self._row = row
        self._hard = 0
        self._places: dict[_Where, _Place] = {}

    def add(self, hit: Hit, place: str, column: str, row: str) -> None:
        """Something that was found, in this row of a table or this file of a folder."""
        where = (hit.sort, hit.mark, place, column)
        known = self._places.get(where)
        if known is None:
            self.number += 1
            is_hard = not _may_be_somebody_elses(hit, place, column)
            if is_hard and self._hard == _HARD_KEPT:
                return
            self._hard += is_hard
            known = self._places[where] = _Place(is_hard)
        known.add(row)

    def keep(self) -> None:
        """Writes down what was found since; call it where a table or a folder ends."""
        found, self._places = self._places, {}
        if not found:
            return
        keys = keys_of(self._row.list_id)
        before: _Known = {}
        with as_destroyer():
            for place in {where[2] for where, one in found.items() if not one.is_hard}:
                before |= self._judged_before(place, keys)
            rows = (self._leftover(keys, *one, before) for one in found.items())
            while batch := list(itertools.islice(rows, _AT_ONCE)):
                Leftover.objects.bulk_create(batch)

    def _leftover(self, keys: Keyring, where: _Where, place: _Place, before: _Known) -> Leftover:
        sort, mark, name, column = where
        one = Leftover(
            search=self._row,
            sort=sort,
            is_hard=place.is_hard,
            place_found=name,
            column=column,
            rows=place.rows,
            number=place.number,
            same_as_id=before.get((*where, *place.rows, place.number)),
        )
        one.sealed = sealed_json(self._row.list_id, one.place, {"mark": mark}, keys)
        return one

    def _judged_before(self, place: str, keys: Keyring) -> _Known:
        """What somebody said is somebody else's, by what was found and where: not asked again."""
        made = self._row.list_id
        rows = Leftover.objects.filter(search__list=made, same_as__isnull=True, place_found=place)
        judged = said_of(rows).filter(said=LeftoverJudgement.Outcome.NAMESAKE)
        return dict(_known(made, judged.order_by("search__begun_at").iterator(_AT_ONCE), keys))


def _known(
    made: uuid.UUID, rows: Iterator[Leftover], keys: Keyring
) -> Iterator[tuple[tuple[object, ...], uuid.UUID]]:
    for one in rows:
        mark = opened_json(made, one.place, one.sealed, keys).get("mark")
        yield (one.sort, mark, one.place_found, one.column, *one.rows, one.number), one.pk


def _may_be_somebody_elses(hit: Hit, place: str, column: str) -> bool:
    """Names; and numbers and addresses where people who are still known are called, or no one."""
    if hit.sort == "word":
        return (place, column) in OF_OTHERS or is_said_elsewhere(hit.mark)
    return hit.sort == "name"


def is_said_elsewhere(mark: str) -> bool:
    """Whether this stands where nobody is meant: a user name such as "ouder" is a word like others,
    and digits alone stand in counts, moments and keys. Somebody says whose it is.

    What has an @, or letters with several digits, is somebody's.
    """
    return mark.isdecimal() or (
        "@" not in mark and sum(letter.isdigit() for letter in mark) < _OF_A_NUMBER
    )
