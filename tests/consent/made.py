"""Short ways to say who did what on which day, for tables of cases."""

from __future__ import annotations

from datetime import date, datetime, time

from consent.rules import (
    PUPIL,
    Answer,
    Authority,
    CourtOrder,
    Enough,
    Facts,
    Held,
    Inability,
    Kind,
    Question,
    Representation,
    Said,
    Stop,
    Unreachable,
    Who,
)

LONG_AGO = date(2015, 8, 1)
YEAR = date(2026, 8, 1), date(2027, 7, 31)
TODAY = date(2026, 11, 16)
A, B, C = (Who(Kind.PARENT, name) for name in "ABC")
VOOGD, CURATOR, MENTOR = (Who(k, "R") for k in (Kind.VOOGD, Kind.CURATOR, Kind.MENTOR))

NINE, ELEVEN = date(2017, 5, 14), date(2015, 5, 14)
TWELVE, FIFTEEN = date(2014, 5, 14), date(2011, 5, 14)
SIXTEEN, EIGHTEEN = date(2010, 5, 14), date(2008, 5, 14)


def has(*parents: Who, held: Held = Held.YES, start: date = LONG_AGO, end: date | None = None):
    """Authorities of these parents."""
    return tuple(Authority(parent, held, start, end) for parent in parents)


def says(
    who: Who,
    said: str,
    on: date = date(2026, 9, 3),
    *,
    text: int = 1,
    days: tuple[date, date | None] = YEAR,
    at: time = time(12),
) -> Answer:
    """An answer: yes, no or withdrawn."""
    word = {"yes": Said.GIVEN, "no": Said.REFUSED, "withdrawn": Said.WITHDRAWN}[said]
    return Answer(who, word, datetime.combine(on, at), text, *days)


def facts(*answers: Answer, born: date | None = NINE, **known) -> Facts:
    """Two parents with authority, unless told otherwise, and these answers."""
    known.setdefault("authorities", has(A, B))
    return Facts(born=born, answers=answers, **known)


ALL = Question(text=1, enough=Enough.ALL, pupil_counts=True)
ONE = Question(text=1, enough=Enough.ONE, pupil_counts=True)
PARENTS_ALONE = Question(text=1, enough=Enough.ALL, pupil_counts=False)

__all__ = [
    "ALL",
    "CURATOR",
    "EIGHTEEN",
    "ELEVEN",
    "FIFTEEN",
    "LONG_AGO",
    "MENTOR",
    "NINE",
    "ONE",
    "PARENTS_ALONE",
    "PUPIL",
    "SIXTEEN",
    "TODAY",
    "TWELVE",
    "VOOGD",
    "YEAR",
    "A",
    "B",
    "C",
    "CourtOrder",
    "Held",
    "Inability",
    "Representation",
    "Stop",
    "Unreachable",
    "facts",
    "has",
    "says",
]  # fmt: skip
