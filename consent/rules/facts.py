"""What the rule on consent is told: plain values, narrowed to one pupil and one question."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What holds. Open counts as no."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


class Said(StrEnum):
    """What somebody answered. A withdrawal is a no until that person answers anew."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """As what somebody answers. Supervision (OTS) alone gives nobody a voice."""

    PARENT = "parent"
    VOOGD = "voogd"
    CURATOR = "curator"
    MENTOR = "mentor"
    SUPERVISION = "supervision"
    PUPIL = "pupil"


class Held(StrEnum):
    """Whether a parent has authority (gezag); only yes can sign."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Enough(StrEnum):
    """Whose yes is enough among those who answer for a pupil; any no is a no."""

    ONE = "one"
    ALL = "all"


class Who(NamedTuple):
    """Somebody who may answer, by a key; never by name, so two people are never one."""

    kind: Kind
    key: Hashable = None


PUPIL = Who(Kind.PUPIL)


@dataclass(frozen=True)
class Authority:
    """Authority of a parent from a day up to and including a day."""

    parent: Who
    held: Held
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Representation:
    """A court's decision that somebody else answers, with its dates.

    `covers` is whether the order covers this question; a voogd answers as parents do. Officers
    of one institution share a `voice`: the answer of either is the institution's.
    """

    who: Who
    starts_on: date
    ends_on: date | None = None
    covers: bool = False
    voice: Hashable = None


@dataclass(frozen=True)
class Inability:
    """The director recorded, on expert advice, that the pupil can't decide this question."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Unreachable:
    """The director recorded that a parent can't be reached, with the efforts made."""

    parent: Who
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class CourtOrder:
    """A court decided this question itself; a yes is consent in a parent's place."""

    is_yes: bool
    decided_on: date
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Stop:
    """An objection or a safety block: from a day until the day it is lifted."""

    starts_on: date
    lifted_on: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether it stands on `day`; on the day of lifting it no longer does."""
        return self.starts_on <= day and (self.lifted_on is None or day < self.lifted_on)


class Answer(NamedTuple):
    """One answer to this question: by whom, what, when, to which text, and for which days.

    Given ahead, it counts from a later day than the one it was given on. `day` is where the clock
    stood at `at`; without it `at` is local time.
    """

    who: Who
    said: Said
    at: datetime
    text: Hashable
    counts_from: date
    counts_until: date | None = None
    day: date | None = None

    @property
    def given_on(self) -> date:
        """The day on which it was given."""
        return self.day or self.at.date()

    @property
    def is_no(self) -> bool:
        """Whether it is a refusal or a withdrawal."""
        return self.said is not Said.GIVEN


@dataclass(frozen=True)
class Question:
    """A purpose as the board set it: the text in use and who must agree."""

    text: Hashable
    enough: Enough = Enough.ALL
    pupil_counts: bool = False  # whether the pupil's own answer counts from 12
    is_publication: bool = True
    is_for_outsiders: bool = False
    is_free: bool = False

    @property
    def needs(self) -> Enough:
        """For outside parties all parents must agree, whatever the board set (P5)."""
        return Enough.ALL if self.is_for_outsiders else self.enough

    @property
    def hears_pupil(self) -> bool:
        """For outside parties the pupil's own answer counts from 12, whatever the board set."""
        return self.is_for_outsiders or self.pupil_counts


@dataclass(frozen=True)
class Facts:
    """Everything that is known about one pupil and one question. Order has no meaning."""

    born: date | None
    authorities: tuple[Authority, ...] = ()
    representations: tuple[Representation, ...] = ()
    inabilities: tuple[Inability, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    court_orders: tuple[CourtOrder, ...] = ()
    objections: tuple[Stop, ...] = ()
    safety_blocks: tuple[Stop, ...] = ()
    answers: tuple[Answer, ...] = ()
