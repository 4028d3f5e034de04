"""What every template knows: who is signed in, and whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from access.models import User


@dataclass(frozen=True)
class Person:
    """The person signed in, as the app bar shows them."""

    name: str
    role_label: str | Promise
    unit_name: str


def person(request: HttpRequest) -> dict[str, Any]:
    """`person` (none when signed out), how many `seconds_left` their session has, and `demo`."""
    user = getattr(request, "user", None)
    shown = None
    if isinstance(user, User):
        memberships = user.memberships_on(getattr(request, "day", timezone.localdate()))
        first = memberships[0] if memberships else None
        shown = Person(
            name=user.name,
            role_label=first.role_class.label if first else "",
            unit_name=first.unit.name if first else "",
        )
    return {
        "person": shown,
        "seconds_left": int(getattr(request, "seconds_left", 0)),
        "demo": settings.DEMO,
    }
