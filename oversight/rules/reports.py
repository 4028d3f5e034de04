"""Reports over the log: of which days, what counts as a look, and adding the groups up.

Plain Python: the database counts in one pass (oversight/queries/reports.py), this adds up what it
found, and tests/oversight/reports compares both with a count row by row.
"""

from __future__ import annotations

import json
import uuid
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

Row = TypeVar("Row", bound=tuple[object, ...])
ZONE = ZoneInfo("Europe/Amsterdam")  # the days and hours of a school in the Netherlands
LONGEST = 366  # days in one report
MOST = 10  # people, dossiers and pages that a list names

# A person who opens a page, a file, a print or an export. Lists, searches and small pictures are
# no looks, nor is a form that was sent: what that changed has an event of its own.
LOOKS = ("page-seen", "file-seen", "file-downloaded", "printed", "exported")
# A family that looks at its own data is not the school looking.
NOT_THE_SCHOOL = "own"


@dataclass(frozen=True)
class Period:
    """Days, both ends included, as the clock at school has them."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first or len(self) > LONGEST:
            raise ValueError("a period runs forward, for a year at most")

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range(len(self))]

    @property
    def begins(self) -> datetime:
        """Midnight at school, before the first day."""
        return datetime.combine(self.first, time.min, ZONE).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """Midnight at school, after the last day: no longer of it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, ZONE).astimezone(UTC)

    @property
    def is_month(self) -> bool:
        """Whether it is one calendar month: only that is signed."""
        return self == month_of(self.first)

    def is_over(self, on: date) -> bool:
        """Whether nothing can be added to it any more."""
        return self.last < on


def month_of(day: date) -> Period:
    """The calendar month around a day."""
    length = monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=length))


def months_over(since: date | None, *, on: date) -> Iterator[Period]:
    """The months from `since` on that are over, the newest first."""
    month = month_of(on.replace(day=1) - timedelta(days=1))
    while since is not None and month.last >= since:
        yield month
        month = month_of(month.first - timedelta(days=1))


@dataclass(frozen=True)
class Group:
    """Rows that the database counted together: `of` says by what, the values are in `by`."""

    of: str
    by: tuple[object, ...]
    number: int


@dataclass(frozen=True)
class Ranked:
    """A person or a dossier in a list: the key, in which roles, how often, and by how many."""

    key: uuid.UUID
    number: int
    roles: tuple[str, ...] = ()
    people: int = 0


@dataclass(frozen=True)
class Numbers:
    """What a report says, without a name. The same for every reader, but for `left_out`."""

    looks: int
    refused: int
    people: int
    pupils: int
    days: tuple[tuple[date, int], ...]
    hours: tuple[int, ...]
    grounds: tuple[tuple[str, str, int], ...]  # role, ground, looks
    most_looked: tuple[Ranked, ...]
    refusals: tuple[Ranked, ...]
    refused_pages: tuple[tuple[str, int], ...]
    dossiers: tuple[Ranked, ...]
    kinds: tuple[tuple[int, str, int], ...]  # type of event, outcome, rows
    left_out: int = 0  # dossiers of the list that are of the reader's own children

    def without(self, keys: Iterable[uuid.UUID]) -> Numbers:
        """The same, but for lines about the reader's own children."""
        own = set(keys)
        shown = tuple(one for one in self.dossiers if one.key not in own)
        hidden = len(self.dossiers) - len(shown)
        return replace(self, dossiers=shown, left_out=self.left_out + hidden)

    @property
    def rows(self) -> int:
        """Everything that the log holds of the period."""
        return sum(number for _action, _outcome, number in self.kinds)


def added_up(
    groups: Iterable[Group], period: Period, *, without: Iterable[uuid.UUID] = ()
) -> Numbers:
    """The numbers of a report; a dossier of `without` stands in no list, yet counts."""
    found: dict[str, dict[tuple[object, ...], int]] = {}
    for group in groups:
        found.setdefault(group.of, {})[group.by] = group.number
    days = {by[0]: n for by, n in found.get("day", {}).items()}
    hours = {by[0]: n for by, n in found.get("hour", {}).items()}
    pairs = found.get("dossier", {})
    dossiers = _dossiers(pairs)
    own = set(without)
    shown = [one for one in dossiers if one.key not in own]
    return Numbers(
        looks=sum(days.values()),
        refused=sum(found.get("refused", {}).values()),
        people=len({by[0] for by in found.get("person", {})}),
        pupils=len(dossiers),
        days=tuple((day, days.get(day, 0)) for day in period.days),
        hours=tuple(hours.get(hour, 0) for hour in range(24)),
        grounds=_largest((str(r), str(g), n) for (r, g), n in found.get("ground", {}).items()),
        most_looked=_people(found.get("person", {}))[:MOST],
        refusals=_people(found.get("refused", {}))[:MOST],
        refused_pages=_largest((str(p), n) for (p,), n in found.get("page", {}).items())[:MOST],
        dossiers=tuple(shown[:MOST]),
        kinds=_kinds(found.get("kind", {})),
        left_out=len(dossiers) - len(shown),
    )


def _kinds(rows: dict[tuple[object, ...], int]) -> tuple[tuple[int, str, int], ...]:
    """Types of event in the order of their numbers, each with its outcomes."""
    return tuple(sorted((int(str(kind)), str(end), n) for (kind, end), n in rows.items()))


def _people(rows: dict[tuple[object, ...], int]) -> tuple[Ranked, ...]:
    """Each person once, whatever their roles, who did most first."""
    total: Counter[uuid.UUID] = Counter()
    roles: dict[uuid.UUID, set[str]] = {}
    for (person, role), number in rows.items():
        if not isinstance(person, uuid.UUID):  # a visitor: counted, in no list
            continue
        total[person] += number
        roles.setdefault(person, set()).add(str(role))
    ranked = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Ranked(key, number, tuple(sorted(roles[key]))) for key, number in ranked)


def _dossiers(pairs: dict[tuple[object, ...], int]) -> list[Ranked]:
    """Each pupil with how often and by how many people, the most looked-at first."""
    total: Counter[uuid.UUID] = Counter()
    people: Counter[uuid.UUID] = Counter()
    for (pupil, _person), number in pairs.items():
        assert isinstance(pupil, uuid.UUID)
        total[pupil] += number
        people[pupil] += 1
    ranked = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    return [Ranked(key, number, (), people[key]) for key, number in ranked]


def _largest(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows that end in a number, the largest first."""
    return tuple(sorted(rows, key=lambda row: (-int(str(row[-1])), *map(str, row[:-1]))))


@dataclass(frozen=True)
class OpenFinding:
    """A finding that nobody judged yet: by which rule, on which day, how much it asks for."""

    rule: str
    day: date
    severity: str


@dataclass(frozen=True)
class Said:
    """What a report says: the numbers, and the findings that were open when it was read."""

    numbers: Numbers
    findings: tuple[OpenFinding, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Said:
        """What `plain` gave."""
        given = {**plain["numbers"]}
        for name in ("most_looked", "refusals", "dossiers"):
            given[name] = tuple(
                Ranked(uuid.UUID(one["key"]), one["number"], tuple(one["roles"]), one["people"])
                for one in given[name]
            )
        given["days"] = tuple((date.fromisoformat(day), number) for day, number in given["days"])
        given["hours"] = tuple(given["hours"])
        for name in ("grounds", "refused_pages", "kinds"):
            given[name] = tuple(tuple(one) for one in given[name])
        findings = (
            OpenFinding(one["rule"], date.fromisoformat(one["day"]), one["severity"])
            for one in plain["findings"]
        )
        return cls(Numbers(**given), tuple(findings))
