"""Which sealed files somebody still needs, as the rooms above know (ADR 7: registries).

Each room with a table that names blobs registers a question; the sweep asks them all, so that it
takes away only what nobody names. A test finds the tables and the rooms that forgot.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

_Question = Callable[[list[uuid.UUID]], Collection[uuid.UUID]]
_questions: dict[str, _Question] = {}


def on_asking_for_blobs(room: str, question: _Question) -> None:
    """Registers a question: which of these blobs does a row of that room name?"""
    _questions[room] = question


def rooms_that_keep_blobs() -> frozenset[str]:
    """The rooms that registered."""
    return frozenset(_questions)


def blobs_without_a_row(names: list[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these blobs no room names."""
    used: set[uuid.UUID] = set()
    for question in _questions.values():
        used.update(question(names))
    return [name for name in names if name not in used]
