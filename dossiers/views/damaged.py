"""A page about one thing that can't be opened any more says so, recorded as failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render

from access.gate import PortalRequest
from vault.errors import Unreadable

View = Callable[..., HttpResponseBase]


def says_when_unreadable(view: View) -> View:
    """Answers with a clear page when what the page is about was damaged, cut off or is gone.

    Stands under `@page`. The query that met it noted it for the log (`queries.noticing`).
    """

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Unreadable:
            return render(request, "dossiers/unreadable.html", status=500)

    return guarded
