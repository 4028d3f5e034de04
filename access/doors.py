"""The door for pages that stand before the gate: what they change is one recorded transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.http import HttpRequest

from access.acting import Work, acting_as, current_work
from access.models import User
from access.requests import dated


@contextmanager
def door_of(request: HttpRequest, by: User | None, *, address: str | None = None) -> Iterator[date]:
    """Opens the door for `by` with this request's day, address and key; gives the day."""
    day = dated(request).day
    outer = current_work()
    work = Work(by=by, on=day, remote_addr=outer.remote_addr if outer else address)
    if outer is not None:
        work.request_id = outer.request_id
    with acting_as(by, on=day, work=work):
        yield day
