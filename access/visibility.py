"""One truth for what somebody may see: list, detail, search, export and count start here.

Every `<things>_visible_to(user, on=day)` is registered, so that a test can take Django's checks
away one and all, and show that the database still keeps strangers out of the content tables.
Nothing in the product switches a check off.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.db.models import Model, QuerySet

from access.models import User

M = TypeVar("M", bound=Model)
M_co = TypeVar("M_co", bound=Model, covariant=True)


class VisibleTo(Protocol[M_co]):
    """What a visibility query promises: only rows `user` may see on the day `on`."""

    def __call__(self, user: User, *, on: date) -> QuerySet[M_co]: ...


# name -> the check. Tests replace an entry; the product never does.
REGISTRY: dict[str, Callable[..., QuerySet[Any]]] = {}


def visibility_of(
    everything: Callable[[], QuerySet[M]],
) -> Callable[[Callable[[QuerySet[M], User, date], QuerySet[M]]], VisibleTo[M]]:
    """Registers a check that narrows `everything()` to what `user` may see.

    The decorated function takes (rows, user, day); callers use `name(user, on=day)`.
    """

    def register(
        check: Callable[[QuerySet[M], User, date], QuerySet[M]],
    ) -> VisibleTo[M]:
        name = check.__name__
        if name in REGISTRY:
            raise RuntimeError(f"two visibility checks are called {name}")
        REGISTRY[name] = check

        @wraps(check)
        def visible(user: User, *, on: date) -> QuerySet[M]:
            return REGISTRY[name](everything(), user, on)

        return visible

    return register
