"""What else an account is used for, as the rooms above know: being a parent or a pupil.

They register, this room asks: a director closes no account that somebody needs as a parent.
"""

from __future__ import annotations

from collections.abc import Callable

from access.models import User

_uses: list[Callable[[User], bool]] = []


def on_asking_for_uses(callback: Callable[[User], bool]) -> None:
    """Registers a question: is this account also used for something in that room?"""
    _uses.append(callback)


def is_used_otherwise(user: User) -> bool:
    """Whether any room above needs the account, whatever roles at work it has."""
    return any(callback(user) for callback in _uses)
