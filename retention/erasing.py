"""Carries out what was approved to be erased, step by step, from wherever it was cut off.

Ask again; write the intention down, in the database, then in the ledger outside it; give the parts
a new key; take the rows away and seal the rest anew; and once a copy was made of that, destroy the
old key and the sealed files. Once the intention stands every step may be taken again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import Refused
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from audit.said import NotSaid, is_said, is_whole_since
from retention import events, ledger
from retention.actions.holds import keep_in_step
from retention.actions.ledger import intend, write_out
from retention.backups.expiring import is_copied_since, makes_copies
from retention.destroyer import as_destroyer
from retention.level import must_stand_level
from retention.models import Erasure, LedgerLine
from retention.queries.copies import mark_of_erasure
from retention.queries.due import dossier_is_held
from retention.queries.unsaid import lifted_by_nobody
from retention.rekeying import (
    begin_rekeying,
    end_rekeying,
    others_have_ended,
    seal_rest_anew,
    stands,
)
from retention.rules.erasures import may_begin
from retention.telling_erasures import tell_who_asked, tell_who_decides
from vault import blobs
from vault.errors import Unreadable

Outcome = Erasure.Outcome
_STEP = 1024 * 1024
_FAILURES = (DatabaseError, OSError, Unreadable, Refused, NotSaid, ledger.LedgerDamaged)
_log = structlog.get_logger("retention")


@dataclass
class Erased:
    """What one run did; `failed` are requests whose step did not succeed, to be tried again."""

    done: int = 0
    waiting: int = 0  # for a copy, another erasure of the same dossier, a decision, who writes
    failed: list[uuid.UUID] = field(default_factory=list)


def erase_approved(*, by: Job, on: date) -> Erased:
    """Everything approved two days before `on`, or earlier, and not done; call it outside a door.

    One that fails does not keep the others.
    """
    found = Erased()
    rows = approved_and_not_done(on)
    if rows:
        with acting_as(by, on=on):
            keep_in_step(by=by, on=on)  # the database respects holds, not what others asked
    for row in rows:
        try:
            is_done = _go_on(row.pk, by=by, on=on)
        except _FAILURES as error:
            _log.error("not_erased", erasure=str(row.pk), reason=type(error).__name__)
            found.failed.append(row.pk)
        else:
            found.done += is_done
            found.waiting += not is_done
    return found


def approved_and_not_done(on: date) -> list[Erasure]:
    """What is to be done on a day; what was begun first."""
    rows = Erasure.objects.filter(approved_on__isnull=False, ended="", done_at__isnull=True)
    return [
        row
        for row in rows.order_by("-outcome", "approved_at", "pk")
        if row.approved_on is not None and may_begin(row.approved_on, on)
    ]


def _go_on(key: uuid.UUID, *, by: Job, on: date) -> bool:
    """Takes the steps that are left; no: something has to be waited for."""
    must_stand_level()  # a file that was changed, or knows more, begins nothing
    outcome = _intended(key, by=by, on=on)
    if outcome == Outcome.INTENDED:
        write_out()
        _begin(key, by=by, on=on)
        if not others_have_ended():
            return False
        _erase_rows(key, by=by, on=on)
        outcome = _say_sealed(key, by=by, on=on)
    if outcome == Outcome.SEALED:
        if not _was_copied_since(key) or not _is_all_sealed_anew(key, by=by, on=on):
            return False
        _end_old_keys(key, by=by, on=on)
        for name in LedgerLine.objects.get(item=key).keys["blob"]:
            blobs.remove(uuid.UUID(name))
        _say_done(key, by=by, on=on)
    return outcome != ""


def _intended(key: uuid.UUID, *, by: Job, on: date) -> str:
    """Asks again; then the intention stands, with what goes. Gives how far it is."""
    with acting_as(by, on=on):
        row = _locked(key)
        if row.outcome != "":
            return row.outcome
        wait_for_turn(row.dossier_id)  # nobody places a hold on it meanwhile
        if _is_decided_anew(row):
            row.refresh_from_db()
            _record(events.ERASURE_REOPENED, row, by=by)
            tell_who_decides(row, on=on)
            return ""
        others = Erasure.objects.filter(dossier=row.dossier_id, outcome__in=["intended", "sealed"])
        if row.ended or dossier_is_held(row.dossier_id, on) or others.exists():
            return ""
        said = is_said(events.ERASURE_APPROVED, row.pk, by=row.approved_by_id, at=row.approved_at)
        if not said or lifted_by_nobody([row.dossier_id], on):  # such a hold still stands
            raise NotSaid(str(row.pk))
        goes = _goes_with(row)
        if not goes.keys:
            _say(row, outcome=Outcome.GONE, done_at=timezone.now())
            _record(events.ERASURE_GONE, row, by=by)
            tell_who_asked(row, on=on)
            return str(Outcome.GONE)
        if not is_whole_since(row.approved_at):  # a copy was put back since, by other means
            raise NotSaid(str(row.pk))
        _say(row, outcome=Outcome.INTENDED, pieces=goes.pieces, fingerprint=goes.fingerprint)
        intend(row.pk, {"erasure": [row.sort], "dossier": [row.dossier_id], **goes.keys})
        _record(events.ERASURE_INTENDED, row, by=by, detail={"fingerprint": goes.fingerprint})
    return str(Outcome.INTENDED)


def _is_decided_anew(row: Erasure) -> bool:
    """Takes the approval away where a version or a file came since: nobody decided about that."""
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_decide_anew(%s)", [row.pk])
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class _Going:
    """What goes with one request: keys for the ledger, and a fingerprint of it as it was sealed."""

    keys: dict[str, list[uuid.UUID]]
    pieces: int
    fingerprint: str


def _goes_with(row: Erasure) -> _Going:
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select * from retention_goes_with(%s)", [row.pk])
        found = cursor.fetchall()
    keys: dict[str, list[uuid.UUID]] = {"note": [], "file": [], "agreement": [], "blob": []}
    said: list[str] = []
    for what, key, _part, sealed, names in found:
        if what in keys:
            keys[what].append(key)
        keys["blob"] += names
        said.append(f"{what} {key} {hashlib.sha256(sealed).hexdigest()}")
        said += [f"blob {name} {_sha256_of_blob(name)}" for name in names]
    keys["rekeyed"] = sorted({part for _what, _key, part, *_more in found})
    whole = hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()
    return _Going(keys if found else {}, len(said), whole)


def _sha256_of_blob(name: uuid.UUID) -> str:
    hashed = hashlib.sha256()
    try:
        with blobs.open_blob(name) as file:
            while piece := file.read(_STEP):
                hashed.update(piece)
    except blobs.Missing:
        return "missing"
    return hashed.hexdigest()


def _begin(key: uuid.UUID, *, by: Job, on: date) -> None:
    """New keys, unless another run was faster: then they would be there for nothing."""
    with acting_as(by, on=on):
        if _locked(key).outcome == Outcome.INTENDED:
            begin_rekeying(_parts(key))


def _erase_rows(key: uuid.UUID, *, by: Job, on: date) -> None:
    """Takes the rows away and seals the rest anew, all in one transaction."""
    with acting_as(by, on=on):
        row = _locked(key)
        if row.outcome != Outcome.INTENDED:
            return
        gone = erase_rows(key)
        anew = seal_rest_anew(key)
        detail = {"rows": gone, "sealed_anew": anew.values, "damaged": anew.damaged}
        _record(events.ROWS_ERASED, row, by=by, detail=detail)


def erase_rows(key: uuid.UUID) -> int:
    """Takes the rows away that the ledger's line names; says how many. Within a door.

    Raises DatabaseError when the request does not stand, or the dossier is held.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_erase(%s)", [key])
        return int(cursor.fetchone()[0])


def _say_sealed(key: uuid.UUID, *, by: Job, on: date) -> str:
    """From this moment on a copy holds the rest under the new key."""
    with acting_as(by, on=on):
        row = _locked(key)
        if row.outcome != Outcome.INTENDED:
            return row.outcome
        _say(row, outcome=Outcome.SEALED, sealed_at=timezone.now())
        _record(events.PART_SEALED_ANEW, row, by=by)
    return str(Outcome.SEALED)


def _was_copied_since(key: uuid.UUID) -> bool:
    """Whether a copy holds the rest under the new key, where copies are made at all: the old key
    opens the last one that does not.
    """
    row = Erasure.objects.get(pk=key)
    return not makes_copies() or is_copied_since(key, mark_of_erasure(row))


def _is_all_sealed_anew(key: uuid.UUID, *, by: Job, on: date) -> bool:
    """Looks before the old key goes; what was still under it is sealed anew, and looked at again
    in the next run. While the dossier is held nothing can be seen there: that is no yes.
    """
    with acting_as(by, on=on):
        if not stands(key):
            return False
        anew = seal_rest_anew(key)
        if anew.values:
            detail = {"sealed_anew": anew.values}
            _record(events.PART_SEALED_ANEW, _locked(key), by=by, detail=detail)
    return not anew.values


def _end_old_keys(key: uuid.UUID, *, by: Job, on: date) -> None:
    """Unless another run was faster: by now the key before may be that of the next erasure, under
    which most of the part still stands. Nobody says that it is done meanwhile.
    """
    with acting_as(by, on=on):
        if _locked(key).outcome == Outcome.SEALED:
            end_rekeying(_parts(key))


def _say_done(key: uuid.UUID, *, by: Job, on: date) -> None:
    with acting_as(by, on=on):
        row = _locked(key)
        if row.outcome == Outcome.SEALED:  # else another run was faster
            _say(row, outcome=Outcome.DONE, done_at=timezone.now())
            _record(events.ERASED, row, by=by, detail={"fingerprint": row.fingerprint})
            tell_who_asked(row, on=on)


def _parts(key: uuid.UUID) -> list[str]:
    return list(LedgerLine.objects.get(item=key).keys["rekeyed"])


def _locked(key: uuid.UUID) -> Erasure:
    rows = Erasure.objects.select_related("dossier__pupil", "dossier__school", "proposed_by")
    return rows.select_for_update(of=("self",)).get(pk=key)


def _say(row: Erasure, **what: object) -> None:
    with as_destroyer():
        Erasure.objects.filter(pk=row.pk).update(**what)
    for name, value in what.items():
        setattr(row, name, value)


def _record(
    event: Event, row: Erasure, *, by: Job, detail: Mapping[str, object] | None = None
) -> None:
    record(
        event,
        by=by,
        subjects=[row.dossier.log_key],
        unit=row.dossier.school_id,
        target=row,
        ground=Ground.SYSTEM,
        detail={"what": row.sort, "part": row.part_kind, **(detail or {})},
    )
