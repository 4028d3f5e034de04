"""What a check of the log can find, in words; and what it found."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Two questions with an answer each."""

    INTEGRITY = "integrity", _("Was anything changed?")
    COMPLETENESS = "completeness", _("Is anything missing?")


class Trouble(models.TextChoices):
    """One kind of finding; `SIDE` says which question it answers."""

    ROW_CHANGED = "row-changed", _("This row was changed, copied or forged: its mark is wrong.")
    ROW_UNMARKED = "row-unmarked", _("This row has no mark.")
    MARK_UNKNOWN = (
        "mark-unknown",
        _("This row bears the mark of a key that is not here: it was forged, or a key is missing."),
    )
    ROWS_DIFFER = (
        "rows-differ",
        _("These are not the rows that were sealed, or they stand in another order."),
    )
    ROWS_ADDED = "rows-added", _("There are more rows than were sealed.")
    ROW_OUTSIDE = "row-outside", _("This row stands where no seal covers it.")
    ROW_TWICE = "row-twice", _("This row is there more than once.")
    SEAL_CHANGED = "seal-changed", _("This seal was changed or forged.")
    KEY_MISSING = "key-missing", _("The key of this seal is not here, so nobody can prove it.")
    HEAD_DIFFERS = (
        "head-differs",
        _("The file outside the database knows another seal with this number."),
    )

    ROWS_MISSING = "rows-missing", _("Rows are missing that were sealed.")
    MONTH_MISSING = "month-missing", _("All rows of a month are missing.")
    SEAL_MISSING = "seal-missing", _("A seal is missing.")
    NO_SEALS = "no-seals", _("There is no seal at all, so nothing can be proved.")
    NOTHING = "nothing", _("There is nothing in this period, so nothing can be proved.")
    HEADS_MISSING = "heads-missing", _("The file of heads outside the database is missing.")
    HEADS_BEHIND = (
        "heads-behind",
        _("The file of heads outside the database does not know the newest seals."),
    )
    TAIL_MISSING = (
        "tail-missing",
        _("The file outside the database knows newer seals: the end of the log was removed."),
    )
    HEAD_UNKNOWN = (
        "head-unknown",
        _("No seal leads to the head you gave: the log was cut short or written anew."),
    )
    NOT_SEALED = "not-sealed", _("Rows have waited too long for a seal.")

    @property
    def side(self) -> Side:
        """Which of the two questions it answers."""
        return Side.COMPLETENESS if self in _MISSING else Side.INTEGRITY


_MISSING = frozenset(list(Trouble)[list(Trouble).index(Trouble.ROWS_MISSING) :])


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where: a row by its number and key, or a seal by its number."""

    trouble: Trouble
    seal: int | None = None
    number: int | None = None
    row: str = ""
    request: str = ""
    month: str = ""
    sealed: int | None = None  # how many rows there were
    found: int | None = None  # how many there are

    def where(self) -> str:
        """In a few words, with numbers and keys only."""
        words = []
        if self.number is not None:
            words.append(f"row {self.number}" + (f" ({self.row})" if self.row else ""))
        if self.seal is not None:
            words.append(f"seal {self.seal}")
        if self.month:
            words.append(self.month)
        if self.sealed is not None:
            words.append(f"{self.sealed} sealed, {self.found} found")
        return ", ".join(words)


@dataclass
class Verdict:
    """The answer to both questions, with the first finding of each and how many of which kind."""

    rows: int = 0
    waiting: int = 0  # rows of the last minutes, marked but not sealed yet
    unmarked: int = 0  # rows from before marks, covered by a seal
    seals: int = 0
    first_at: str = ""
    last_at: str = ""
    head: str = ""
    left: list[str] = field(default_factory=list)  # months that left by a decision
    restored: list[str] = field(default_factory=list)  # what was lost when a backup was put back
    first: dict[str, Finding] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def finds(self, trouble: Trouble, **where: Any) -> None:
        """Notes one thing that is wrong; the first one of each question is kept whole."""
        self.counts[trouble.value] += 1
        self.first.setdefault(trouble.side.value, Finding(trouble, **where))

    @property
    def is_unchanged(self) -> bool:
        """Integrity."""
        return Side.INTEGRITY.value not in self.first

    @property
    def is_complete(self) -> bool:
        """Completeness."""
        return Side.COMPLETENESS.value not in self.first

    @property
    def is_good(self) -> bool:
        """Both."""
        return self.is_unchanged and self.is_complete

    def found_on(self, side: Side) -> list[tuple[Promise | str, int]]:
        """How often what was found that answers this question."""
        kinds = [(Trouble(code), n) for code, n in self.counts.items()]
        return [(trouble.label, n) for trouble, n in kinds if trouble.side == side]

    def as_json(self) -> dict[str, Any]:
        """To be kept with a check."""
        return {**asdict(replace(self, counts=Counter())), "counts": dict(self.counts)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Verdict:
        """What `as_json` gave."""
        first = {
            side: Finding(**{**found, "trouble": Trouble(found["trouble"])})
            for side, found in kept["first"].items()
        }
        return cls(**{**kept, "first": first, "counts": Counter(kept["counts"])})


def label_of(trouble: str) -> Promise | str:
    """The sentence of a kind of finding."""
    return Trouble(trouble).label if trouble in Trouble.values else trouble


@dataclass(frozen=True)
class Period:
    """Which days are asked about; without a day there is no limit on that side."""

    first: date | None = None
    last: date | None = None
