"""Changing the master key: what it wraps is wrapped anew, so that the old one opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.db import connections, transaction

from access import seals
from access.acting import Job, acting_as
from audit.actions import record
from retention.events import MASTER_KEY_CHANGED
from vault.models import PartKey
from vault.router import KEYS
from vault.sealing import wrapped_anew

_BATCH = 5_000
_UPDATE = (
    "update vault_partkey set wrapped = coalesce(%s, wrapped), before = coalesce(%s, before)"
    " where part_id = %s"
)
_SEALED = ("secret", "seed")  # what allauth seals: of an app with codes, of recovery codes


@dataclass(frozen=True)
class Rotated:
    """How much was wrapped anew; nothing when all was so already."""

    keys: int
    second_factors: int


def rotate_master_key(*, by: Job, on: date) -> Rotated:
    """Wraps every key of the vault, and every second factor, under the newest master key.

    In batches, each in a transaction: a run that was killed goes on where it was. Needs the
    owner's login, as nobody else may change a key. Raises Unreadable, with everything before it
    done, when a key opens with none of the master keys.
    """
    rotated = Rotated(_wrap_keys_anew(), _seal_second_factors_anew(by=by, on=on))
    with acting_as(by, on=on):
        detail = {"keys": rotated.keys, "second_factors": rotated.second_factors}
        record(MASTER_KEY_CHANGED, by=by, detail=detail)
    return rotated


def _wrap_keys_anew() -> int:
    number, last = 0, None
    while True:
        with transaction.atomic(using=KEYS):
            rows = PartKey.objects.select_for_update().order_by("part_id")
            batch = list((rows.filter(part_id__gt=last) if last else rows)[:_BATCH])
            if not batch:
                return number
            number += _wrap_batch(batch)
        last = batch[-1].part_id


def _wrap_batch(batch: list[PartKey]) -> int:
    changed = []
    for row in batch:
        wrapped = wrapped_anew(row.part_id, row.wrapped)
        before = None if row.before is None else wrapped_anew(row.part_id, row.before)
        if wrapped is not None or before is not None:
            changed.append((wrapped, before, row.part_id))
    with connections[KEYS].cursor() as cursor:
        cursor.executemany(_UPDATE, changed)
    return len(changed)


def _seal_second_factors_anew(*, by: Job, on: date) -> int:
    number = 0
    with acting_as(by, on=on):
        for row in Authenticator.objects.select_for_update():
            old = [
                name
                for name in _SEALED
                if name in row.data and not seals.is_sealed_anew(row.data[name])
            ]
            for name in old:
                row.data[name] = seals.seal(seals.unseal(row.data[name]))
            if old:
                row.save(update_fields=["data"])
                number += 1
    return number
