"""A request as the portal's own middleware leaves it: one class for every page and door."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest


class DatedRequest(HttpRequest):
    """A request whose day is known: set once by SessionLifetime, asked by everybody after it."""

    day: date
    seconds_left: float  # of the session; absent for a visitor


def dated(request: HttpRequest) -> DatedRequest:
    """The same request, where Django or a library calls us and knows its own class only."""
    return cast(DatedRequest, request)
