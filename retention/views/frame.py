"""What the pages of this room share: the ways between them, as far as somebody may go."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from access.gate import PortalRequest
from access.permissions import Permission


def ways(request: PortalRequest) -> dict[str, bool]:
    """Which of the other pages of this room the reader may open."""
    user, day = request.user, request.day
    return {
        "may_see": bool(user.memberships_with(Permission.SEE_RETENTION, day)),
        "may_see_lists": bool(user.memberships_with(Permission.SEE_LISTS, day)),
        "may_see_erasures": bool(user.memberships_with(Permission.SEE_ERASURES, day)),
        "may_hold": bool(user.memberships_with(Permission.PLACE_HOLDS, day)),
        "keeps_pupils": bool(user.memberships_with(Permission.MANAGE_PUPILS, day)),
    }


def keys_in(texts: Iterable[str]) -> list[uuid.UUID]:
    """The keys among what a form sent; anything else is passed over."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
