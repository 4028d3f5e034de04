"""What an import would do, line by line: looked at and decided by a person before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | bool | list[str] | None
Fields: TypeAlias = dict[str, Value]


class Change(StrEnum):
    """What a line would do, or what it asks."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    LEFT = "left"
    RETURNED = "returned"
    DOUBTFUL = "doubtful"
    MISSING = "missing"
    LEFT_OUT = "left_out"


class Subject(StrEnum):
    """Whom or what a line is about."""

    PUPIL = "pupil"
    GROUP = "group"
    LOCATION = "location"
    PROPOSAL = "proposal"
    PARENT = "parent"
    LINK = "link"


class Doubt(StrEnum):
    """Why a line needs a person's decision."""

    OTHER_PERSON = "other_person"
    OTHER_KEY = "other_key"
    DUMMY_KEY = "dummy_key"
    NO_KEY = "no_key"
    LEFT_BEFORE_START = "left_before_start"
    UNKNOWN_PUPIL = "unknown_pupil"
    LEFT_EARLIER = "left_earlier"
    WITHDRAWN_LINK = "withdrawn_link"
    OWN_CHILD = "own_child"
    KEPT_ELSEWHERE = "kept_elsewhere"
    COLLEAGUE = "colleague"


class Answer(StrEnum):
    """What a person decides: on a doubtful line the first three, on a missing pupil the last."""

    SAME = "same"
    NEW = "new"
    LEAVE_OUT = "leave_out"
    LEFT = "left"
    STILL_HERE = "still_here"
    ASK_LATER = "ask_later"


ANSWERS_TO = {
    Change.DOUBTFUL: (Answer.SAME, Answer.NEW, Answer.LEAVE_OUT),
    Change.MISSING: (Answer.LEFT, Answer.STILL_HERE, Answer.ASK_LATER),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan.

    `line` is where it stands in the file (0: nowhere), `target` the portal's own key of what it
    concerns, `before` and `after` the kept fields that differ. A candidate is a key of the portal
    or `line:12`, a person who comes with an earlier line of the same file.
    """

    change: Change
    subject: Subject
    line: int = 0
    key: str = ""
    target: str = ""
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    doubt: Doubt | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer to a doubtful or missing line."""

    answer: Answer
    candidate: str = ""
    left_on: date | None = None


@dataclass(slots=True)
class Plan:
    """All lines, and the counts of what needs no line."""

    lines: list[Line] = field(default_factory=list)
    unchanged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change and nothing is asked."""
        return not any(line.change is not Change.LEFT_OUT for line in self.lines)

    def counts(self) -> dict[str, int]:
        """How many lines of each subject and change, as `pupil.new`."""
        return dict(Counter(f"{line.subject}.{line.change}" for line in self.lines))


def is_answered(lines: Iterable[Line], decisions: Mapping[int, Decision]) -> bool:
    """Whether each doubtful and missing line has an answer; `decisions` go by place in the list."""
    return all(place in decisions for place, line in enumerate(lines) if line.change in ANSWERS_TO)


def as_text(day: date | None) -> str | None:
    """A date as it is kept in a line."""
    return None if day is None else day.isoformat()


def as_date(value: Value) -> date | None:
    """The date that `as_text` wrote."""
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def texts(value: Value) -> tuple[str, ...]:
    """A list of keys as it is kept in a line."""
    return tuple(value) if isinstance(value, list) else ()


def difference(before: Fields, after: Fields) -> tuple[Fields, Fields]:
    """Only the fields that differ, on both sides."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
