"""What the rules of findings look at: a day of the log as plain values, and what is known beside.

No Django, no database, no clock. People and pupils are keys; the moments are local.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Key = uuid.UUID


class Kind(StrEnum):
    """What somebody did, as far as a rule tells it apart."""

    LOOK = "look"
    EXPORT = "export"
    PRINT = "print"
    CARD = "card"  # an emergency card, with a reason typed in
    REFUSED = "refused"
    RIGHTS = "rights"  # a role, a second factor, who is whose parent
    ASSIGNING = "assigning"
    OTHER = "other"


# Grounds on which a dossier opens, and those on which staff see pupils' data at all.
DOSSIER = frozenset({"assignment", "substitute", "short", "medical", "emergency"})
WORKING = DOSSIER | {"custodian", "administration"}
TAKING_ALONG = frozenset({Kind.EXPORT, Kind.PRINT})
LOOKING = TAKING_ALONG | {Kind.LOOK}


@dataclass(frozen=True, slots=True)
class Use:
    """One row of the log."""

    key: Key
    at: datetime
    kind: Kind
    person: Key | None = None
    pupils: tuple[Key, ...] = ()
    ground: str = ""
    address: str = ""
    number: int = 1  # items printed, or refusals that one row counts

    @property
    def opens_a_dossier(self) -> bool:
        """Whether something of a dossier was seen or taken along."""
        return self.kind in LOOKING and self.ground in DOSSIER

    @property
    def shows_pupils(self) -> bool:
        """Whether staff saw pupils' data, not their own."""
        return self.kind in LOOKING and self.ground in WORKING


@dataclass(frozen=True)
class Facts:
    """A day at one school or board."""

    day: date
    uses: Sequence[Use]
    is_school_day: bool = True
    # dossiers in the busiest stretch of each of the last days on which that person opened any
    habits: Mapping[Key, Sequence[int]] = field(default_factory=dict)
    # (person, pupil): the last day of the last assignment
    endings: Mapping[tuple[Key, Key], date] = field(default_factory=dict)
    # pupil: the last day at this school, for those who are gone
    left: Mapping[Key, date] = field(default_factory=dict)
    namesakes: Collection[tuple[Key, Key]] = ()  # (person, pupil) with one surname
    # looks of days before, by people whose assignment was withdrawn on this day
    earlier: Sequence[Use] = ()


@dataclass(frozen=True)
class Found:
    """What a rule found: about whom, on which rows, and what it counted."""

    rule: str
    person: Key | None
    uses: tuple[Use, ...]
    measured: Mapping[str, int]

    @property
    def pupils(self) -> list[Key]:
        """Whose data it is about, each once."""
        return list(dict.fromkeys(key for use in self.uses for key in use.pupils))


def by_person(uses: Iterable[Use]) -> dict[Key, list[Use]]:
    """The uses of each person, in their order; those of nobody known are left out."""
    found: dict[Key, list[Use]] = {}
    for use in uses:
        if use.person is not None:
            found.setdefault(use.person, []).append(use)
    return found


def without_people(uses: Iterable[Use]) -> list[Use]:
    """What is left to look at before the staff section agreed."""
    return [use for use in uses if use.person is None]
