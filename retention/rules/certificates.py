"""What a certificate of destruction says: plain values, nobody's name but of who decided."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class OfKind:
    """One kind of record: what became of it, by which term."""

    label: str
    destroyed: int
    kept: int  # decided by the reviewer, with a hold
    left: int  # changed since the approval, so left alone
    term: str
    source: str


@dataclass(frozen=True)
class Counted:
    """So many of a kind, for this reason."""

    label: str
    why: str
    number: int


@dataclass(frozen=True)
class Elsewhere:
    """What another system held and somebody says of it; words that named somebody are empty."""

    system: str
    kind: str
    custodian: str
    term: str
    pupils: int
    answer: str
    said_by: str
    said_on: str


@dataclass(frozen=True)
class Person:
    """Who took a step, in which role, on which day."""

    name: str
    role: str
    day: str


@dataclass(frozen=True)
class Said:
    """All that a certificate says, in its own language, as it is sealed and hashed."""

    board: str
    school: str
    list_name: str
    first_due: str
    last_due: str
    made: str
    made_by: str  # empty: the portal itself
    reviewed: Person
    approved: Person
    begun: str
    ended: str  # empty: nothing was destroyed
    pupils: int  # of whom something was destroyed
    kinds: tuple[OfKind, ...]
    left: tuple[Counted, ...]
    still_kept: tuple[Counted, ...]  # of the same pupils, with the reason
    searched: tuple[tuple[str, str], ...]  # what was looked at, how much
    elsewhere: tuple[Elsewhere, ...]
    makes_copies: bool
    copy_days: int
    last_copy: str = ""  # the newest copy that still holds names; empty: none does
    copies_gone: str = ""
    keys_copied: str = ""
    decided: tuple[Person, ...] = ()  # about items, beside who reviewed them; the last day of each
    earlier: tuple[tuple[int, str], ...] = ()  # certificates of this list that a restore lost

    @property
    def destroyed(self) -> int:
        """Items: a kind of record of a pupil each."""
        return sum(kind.destroyed for kind in self.kinds)

    def plain(self) -> dict[str, Any]:
        """As it is sealed: what JSON can hold."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain
