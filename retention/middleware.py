"""No page before what was destroyed is destroyed here too (ADR 36)."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakSet

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from retention.ledger import LedgerDamaged
from retention.level import must_stand_level

_OPEN = "/health/"
_asked: WeakSet[object] = WeakSet()


class StandsLevel:
    """Asks each new connection once whether its database knows the newest destruction.

    A database that was put back from a copy does not: then every page is answered with 503 until
    `manage.py restore` has destroyed again what was destroyed since. Where the file is away while
    the database has lines of it nobody knows, so it is the same until it is there again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == _OPEN or _stands_level():
            return self.get_response(request)
        return HttpResponse(render_to_string("retention/restored.html"), status=503)


def _stands_level() -> bool:
    connection.ensure_connection()
    raw = connection.connection
    if raw in _asked:
        return True
    try:
        must_stand_level()
    except LedgerDamaged as error:
        reason = type(error).__name__
        structlog.get_logger("retention").error("not_level_with_the_ledger", reason=reason)
        return False
    _asked.add(raw)
    return True
