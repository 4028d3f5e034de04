"""Whose rows they are, in words: the room of pupils, above, says which name a log key has.

The log itself holds random keys that die with their pupil. A row whose key nobody knows any more
stays true and says nothing of anybody.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from access.models import User

MOST_FOUND = 200  # pupils that one search of the log looks for


@dataclass(frozen=True)
class Subject:
    """A pupil as the log's reader sees it."""

    log_key: uuid.UUID
    name: str


@dataclass(frozen=True)
class Tie:
    """An account of a child's family, and the secret of that child's record (audit/veils.py)."""

    log_key: uuid.UUID
    secret: uuid.UUID
    person: uuid.UUID
    is_pupil: bool = False


class KnowsSubjects(Protocol):
    """What the room of pupils answers, each time for one reader on one day."""

    who_stay: ClassVar[
        frozenset[str]
    ]  # kinds of records about a family that stay when one child's is gone

    def own_children(self, user: User) -> list[uuid.UUID]:
        """Keys of the reader's own children."""

    def secrets(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """The secret of each of these pupils that has a record."""

    def ties(
        self, *, keys: Iterable[uuid.UUID] | None, people: Iterable[uuid.UUID] | None
    ) -> list[Tie]:
        """The accounts of these pupils' families; the children of these accounts."""

    def named(self, keys: Iterable[uuid.UUID], user: User, on: date) -> list[Subject]:
        """The pupils behind these keys that `user` may see named; others are left out."""

    def found(self, typed: str, user: User, on: date) -> list[uuid.UUID]:
        """Keys of the pupils whose name begins like this, of those `user` may see named."""


_known: list[KnowsSubjects] = []


def register(knows: KnowsSubjects) -> None:
    """The room that knows the pupils registers once, when the programme starts."""
    _known.append(knows)


def named(keys: Iterable[uuid.UUID], user: User, *, on: date) -> dict[uuid.UUID, Subject]:
    """The pupils behind these keys that `user` may see named."""
    wanted = set(keys)
    if not wanted:
        return {}
    return {s.log_key: s for knows in _known for s in knows.named(wanted, user, on)}


def found(typed: str, user: User, *, on: date) -> list[uuid.UUID]:
    """Keys of the pupils with a name like this."""
    return [key for knows in _known for key in knows.found(typed, user, on)]


def own_children(user: User) -> list[uuid.UUID]:
    """Keys of the reader's own children."""
    return [key for knows in _known for key in knows.own_children(user)]


def who_stay() -> frozenset[str]:
    """Kinds of records about a family that stay when one child's record is gone."""
    return frozenset().union(*(knows.who_stay for knows in _known))


def secrets(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The secret of each of these pupils that has a record."""
    wanted = list(keys)
    return {key: secret for knows in _known for key, secret in knows.secrets(wanted).items()}


def ties(
    *, keys: Iterable[uuid.UUID] | None = None, people: Iterable[uuid.UUID] | None = None
) -> list[Tie]:
    """The accounts of these pupils' families, also of links that were withdrawn; or of these."""
    return [tie for knows in _known for tie in knows.ties(keys=keys, people=people)]
