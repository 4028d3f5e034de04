"""A request as the portal's own middleware leaves it: one class for every page and door."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest


class DatedRequest(HttpRequest):
    """A request whose day is known: set once by SessionLifetime, asked by everybody after it."""

    day: date
    seconds_left: float  # of the session; absent for a visitor
    brought_files: bool  # from somebody who must sign in first: nothing of them was read


def dated(request: HttpRequest) -> DatedRequest:
    """The same request, where Django or a library calls us and knows its own class only."""
    return cast(DatedRequest, request)


def brought_files(request: HttpRequest) -> bool:
    """Whether files came with a form of somebody who has to sign in first; none was read."""
    return bool(getattr(request, "brought_files", False))
