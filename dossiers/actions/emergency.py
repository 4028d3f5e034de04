"""The emergency card: writing it, and opening somebody else's pupil's card when it must be."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from dossiers import events, queries
from dossiers.actions.giving import give, unsaved
from dossiers.actions.refusals import ground_for, is_first, must_hold_no_bsn, must_reach
from dossiers.actions.telling import tell_keepers
from dossiers.kinds import AssignmentKind
from dossiers.models import (
    Assignment,
    Dossier,
    DossierPart,
    EmergencyCardVersion,
    KeeperNotice,
    PartKind,
)
from dossiers.rules.assigning import Wanted
from vault.sealing import keyring


@dataclass(frozen=True)
class CardText:
    """What somebody must know at once."""

    allergies: str = ""
    medicine: str = ""
    call: str = ""
    other: str = ""


@transaction.atomic
def write_card(
    *, part: DossierPart, text: CardText, seen_number: int, by: User, on: date
) -> EmergencyCardVersion:
    """Adds a version of the card; the newest counts, the others are kept.

    `seen_number` is the version the writer had before them, 0 for none. Raises Overtaken when
    somebody else changed the card meanwhile.
    """
    must_reach(part=part, by=by, on=on)
    must_hold_no_bsn(*asdict(text).values())
    if part.kind != PartKind.EMERGENCY:
        raise Refused(_("Only the emergency part holds a card."))
    _wait_for_turn(part.pk)
    newest = EmergencyCardVersion.objects.filter(part=part).aggregate(n=Max("number"))["n"] or 0
    if newest != seen_number:
        raise Overtaken(_("Somebody else changed this card while you were writing."))
    version = EmergencyCardVersion(id=uuid.uuid4(), part=part, number=seen_number + 1, author=by)
    version.sealed = keyring([part.pk]).seal_json(part.pk, version.place, asdict(text))
    version.save(force_insert=True)
    record(
        events.CARD_WRITTEN,
        by=by,
        subjects=[part.dossier.pupil.log_key],
        unit=part.dossier.school_id,
        target=version,
        ground=ground_for(part=part, by=by, on=on),
        detail={"version": version.number},
    )
    return version


def _wait_for_turn(of: uuid.UUID) -> None:
    """Changes of one card, or openings of one dossier, come one after another."""
    key = int.from_bytes(of.bytes[8:], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [key])


@transaction.atomic
def open_card_in_an_emergency(*, dossier: Dossier, reason: str, by: User, on: date) -> Assignment:
    """Opens the emergency card of a pupil of the own school to `by`, for today and nothing else.

    Taken by oneself, with a reason; the keepers of the dossier are told at once, and once for a
    button pressed twice. Raises NotAllowed for a pupil of another school or an own child.
    """
    if not queries.dossiers_found_in_an_emergency(by, on=on).filter(pk=dossier.pk).exists():
        raise NotAllowed
    if len(reason.strip()) < 5:
        raise Refused(_("Say in a few words why you need this card now."))
    must_hold_no_bsn(reason)
    _wait_for_turn(dossier.pk)
    mine = Assignment.objects.filter(dossier=dossier, user=by, kind=Assignment.Kind.EMERGENCY)
    taken = mine.filter(starts_on=on).first()
    if taken is not None:
        return taken
    wanted = Wanted(AssignmentKind.EMERGENCY, on, on, reason)
    assignment = unsaved(dossier=dossier, user=by, wanted=wanted, by=by)
    give([assignment])
    notice = KeeperNotice.objects.create(
        school=dossier.school,
        kind=KeeperNotice.Kind.EMERGENCY_CARD,
        dossier=dossier,
        assignment=assignment,
        caused_by=by,
    )
    record(
        events.CARD_OPENED_IN_AN_EMERGENCY,
        by=by,
        subjects=[dossier.pupil.log_key],
        unit=dossier.school_id,
        target=assignment,
        ground=Ground.EMERGENCY,
        detail={"notice": str(notice.pk)},
    )
    tell_keepers(notice, on=on)
    return assignment


@transaction.atomic
def see_notice(*, notice: KeeperNotice, by: User, on: date) -> None:
    """Notes that a keeper looked at a notice; never who caused it."""
    if not queries.keeper_notices_visible_to(by, on=on).filter(pk=notice.pk).exists():
        raise NotAllowed
    unseen = KeeperNotice.objects.filter(pk=notice.pk, seen_at__isnull=True)
    if not is_first(unseen):
        raise Overtaken(_("A colleague saw this notice already."))
    unseen.update(seen_at=timezone.now(), seen_by=by)
    record(
        events.NOTICE_SEEN,
        by=by,
        subjects=[notice.dossier.pupil.log_key],
        unit=notice.school_id,
        target=notice,
        changed=["seen_at"],
        ground=Ground.CUSTODIAN,
    )
