"""What the school keeps about a pupil in other systems: listing it, and noting that it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from audit.actions import record
from audit.events import Event
from dossiers import events, queries
from dossiers.actions.refusals import is_first, must_hold_no_bsn
from dossiers.models import Dossier, OtherSystemRecord
from vault.sealing import keyring


@dataclass(frozen=True)
class Elsewhere:
    """One kind of record in one system."""

    system: str
    kind: str
    custodian: str
    term: str


@transaction.atomic
def add_record_elsewhere(
    *, dossier: Dossier, what: Elsewhere, by: User, on: date
) -> OtherSystemRecord:
    """Lists what another system keeps about this pupil, who looks after it and for how long."""
    _must_keep(dossier, by=by, on=on)
    must_hold_no_bsn(*asdict(what).values())
    kept = OtherSystemRecord(dossier=dossier, recorded_by=by)
    part_id = queries.part_of_records_elsewhere(dossier)
    kept.sealed = keyring([part_id]).seal_json(part_id, kept.place, asdict(what))
    kept.save(force_insert=True)
    _record(events.RECORD_ELSEWHERE_ADDED, kept, dossier, by=by, on=on)
    return kept


@transaction.atomic
def end_record_elsewhere(*, kept: OtherSystemRecord, by: User, on: date) -> None:
    """Notes that the other system keeps it no longer; the line stays, as ended."""
    _must_keep(kept.dossier, by=by, on=on)
    standing = OtherSystemRecord.objects.filter(pk=kept.pk, ended_at__isnull=True)
    if not is_first(standing):
        raise Refused(_("This line was ended already."))
    standing.update(ended_at=timezone.now())
    _record(events.RECORD_ELSEWHERE_ENDED, kept, kept.dossier, by=by, on=on, changed=("ended_at",))


def _must_keep(dossier: Dossier, *, by: User, on: date) -> None:
    """Raises NotAllowed for who does not keep this list, or whose own child it is about."""
    if queries.is_own_child(by, dossier):
        raise NotAllowed
    if not queries.dossiers_listed_elsewhere_by(by, on=on).filter(pk=dossier.pk).exists():
        raise NotAllowed


def _record(
    event: Event,
    kept: OtherSystemRecord,
    dossier: Dossier,
    *,
    by: User,
    on: date,
    changed: tuple[str, ...] = (),
) -> None:
    record(
        event,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=kept,
        changed=changed,
        ground=queries.ground_elsewhere(by, dossier, on=on),
    )
