"""Whose rows they are, in words: the room of pupils, above, says which name a log key has.

The log itself holds random keys that die with their pupil. A row whose key nobody knows any more
stays true and says nothing of anybody.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from access.models import User

MOST_FOUND = 200  # pupils that one search of the log looks for


@dataclass(frozen=True)
class Subject:
    """A pupil as the log's reader sees it."""

    log_key: uuid.UUID
    name: str


class KnowsSubjects(Protocol):
    """What the room of pupils answers, each time for one reader on one day."""

    def named(self, keys: Iterable[uuid.UUID], user: User, on: date) -> list[Subject]:
        """The pupils behind these keys that `user` may see named; others are left out."""

    def found(self, typed: str, user: User, on: date) -> list[uuid.UUID]:
        """Keys of the pupils whose name begins like this, of those `user` may see named."""

    def own_children(self, user: User) -> list[uuid.UUID]:
        """Keys of the reader's own children."""


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
