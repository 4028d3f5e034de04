"""Strangers who are refused: the first in a minute get a row each, the others are counted.

Whoever is signed in has a row for every refusal. A visitor shows nothing but an address, and could
fill the log with pages that do not exist; what is held back is told as a number.
"""

from __future__ import annotations

import ipaddress
import uuid
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from access.acting import Job, Work, acting_as
from audit.actions import record
from audit.events import REFUSALS_HELD_BACK, Outcome
from audit.models import RefusalCount

ROWS_A_MINUTE = 20  # per address: more than anybody who follows old links meets
_SETTLED = timedelta(minutes=2)  # a minute is told once nobody adds to it any more
# One statement, so that web processes that count at once lose nothing.
_COUNT = """
insert into audit_refusalcount as c (id, address, minute, number) values (%s, %s, %s, 1)
on conflict on constraint an_address_is_counted_once_a_minute
do update set number = c.number + 1 returning number
"""


def has_a_row(remote_addr: str | None, *, now: datetime) -> bool:
    """Counts one refusal of a visitor; whether it is among those that get a row of their own."""
    values: list[uuid.UUID | str | datetime] = [
        uuid.uuid4(),
        network_of(remote_addr),
        now.replace(second=0, microsecond=0),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        (number,) = cursor.fetchone()
    return bool(number <= ROWS_A_MINUTE)


def network_of(remote_addr: str | None) -> str:
    """Whom an address belongs to: of IPv6 the first half, as the rest is free to choose."""
    if not remote_addr:
        return ""
    address = ipaddress.ip_address(remote_addr)
    if address.version == 4:
        return remote_addr
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def tell_held_back(*, by: Job, on: date) -> int:
    """One row for each address and minute in which refusals were held back; the counts go.

    Gives how many refusals that were. Each stands in a transaction of its own, in one go with
    its count: told once, also when two do it at once.
    """
    told = 0
    settled = RefusalCount.objects.filter(minute__lt=timezone.now() - _SETTLED)
    settled.filter(number__lte=ROWS_A_MINUTE).delete()
    for key in list(settled.values_list("pk", flat=True)):
        told += _tell(key, by=by, on=on)
    return told


def _tell(key: uuid.UUID, *, by: Job, on: date) -> int:
    work = Work(by=by, on=on)
    with acting_as(by, on=on, work=work):
        count = RefusalCount.objects.select_for_update(skip_locked=True).filter(pk=key).first()
        if count is None:
            return 0
        work.remote_addr = count.address or None
        held_back = count.number - ROWS_A_MINUTE
        record(
            REFUSALS_HELD_BACK,
            by=by,
            outcome=Outcome.REFUSED,
            detail={"number": held_back, "minute": count.minute.isoformat()},
        )
        count.delete()
    return held_back
