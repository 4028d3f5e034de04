"""Where each version of a text stands on a day."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar


class Stage(StrEnum):
    """Of a text, on a day."""

    DRAFT = "draft"
    PLANNED = "planned"  # put in use from a later day
    IN_USE = "in-use"
    REPLACED = "replaced"
    ENDED = "ended"  # the purpose is asked no more


class Version(Protocol):
    """A text, as far as its place among the others goes."""

    @property
    def number(self) -> int: ...

    @property
    def in_use_from(self) -> date | None: ...


V = TypeVar("V", bound=Version)


@dataclass(frozen=True)
class Staged:
    """Where a version stands, and since or until which day."""

    stage: Stage
    day: date | None = None


def stages_of(versions: Iterable[Version], on: date, *, ended_on: date | None) -> dict[int, Staged]:
    """Each version by its number. The newest that came in use by `on` is the one that is asked.

    A version that was replaced says from which day; one of a purpose that ended, when it did.
    """
    rows = list(versions)
    begun = sorted(
        ((v.in_use_from, v.number) for v in rows if v.in_use_from is not None), reverse=True
    )
    current = next((number for day, number in begun if day <= on), None)
    follows = {number: later for (later, _n), (_day, number) in itertools.pairwise(begun)}
    found = {}
    for version in rows:
        day, number = version.in_use_from, version.number
        if day is None:
            found[number] = Staged(Stage.DRAFT)
        elif number in follows and follows[number] <= on:
            found[number] = Staged(Stage.REPLACED, follows[number])
        elif ended_on is not None:
            found[number] = Staged(Stage.ENDED, ended_on)
        else:
            found[number] = Staged(Stage.IN_USE if number == current else Stage.PLANNED, day)
    return found


def at_stage(versions: Iterable[V], stages: dict[int, Staged], stage: Stage) -> V | None:
    """The version at a stage, the newest first; none when none is."""
    rows = [version for version in versions if stages[version.number].stage is stage]
    return max(rows, key=lambda version: version.number, default=None)
