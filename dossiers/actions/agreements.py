"""Agreements: making one, renewing it with another text, closing it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.events import Event
from dossiers import events
from dossiers.actions.refusals import ground_for, is_first, must_hold_no_bsn, must_reach
from dossiers.models import Agreement, DossierPart, PartKind
from vault.sealing import keyring

_OVERTAKEN = _("Somebody else renewed or closed this agreement meanwhile.")


@dataclass(frozen=True)
class AgreementText:
    """What was agreed and with whom."""

    text: str
    with_whom: str = ""


@transaction.atomic
def make_agreement(
    *,
    part: DossierPart,
    text: AgreementText,
    made_on: date,
    review_on: date | None,
    by: User,
    on: date,
) -> Agreement:
    """Adds an agreement, sealed, with a day to look at it again.

    Raises NotAllowed when the part is not open to `by`, Refused when the days make no sense or a
    citizen service number was typed.
    """
    must_reach(part=part, by=by, on=on)
    _must_make_sense(text, made_on=made_on, review_on=review_on, on=on)
    made = _add(part, text, made_on=made_on, review_on=review_on, by=by)
    _record(events.AGREEMENT_MADE, made, by=by, on=on)
    return made


@transaction.atomic
def renew_agreement(
    *,
    agreement: Agreement,
    text: AgreementText,
    made_on: date,
    review_on: date | None,
    by: User,
    on: date,
) -> Agreement:
    """Replaces an agreement by a new one; the old one is closed and kept.

    Raises Overtaken when somebody else renewed or closed it first.
    """
    must_reach(part=agreement.part, by=by, on=on)
    _must_make_sense(text, made_on=made_on, review_on=review_on, on=on)
    _close(agreement, by=by)
    made = _add(
        agreement.part, text, made_on=made_on, review_on=review_on, by=by, replaces=agreement
    )
    _record(events.AGREEMENT_RENEWED, made, by=by, on=on)
    return made


@transaction.atomic
def close_agreement(*, agreement: Agreement, by: User, on: date) -> None:
    """Ends an agreement; it stays readable among the earlier ones."""
    must_reach(part=agreement.part, by=by, on=on)
    _close(agreement, by=by)
    _record(events.AGREEMENT_CLOSED, agreement, by=by, on=on, changed=("closed_at",))


def _must_make_sense(
    text: AgreementText, *, made_on: date, review_on: date | None, on: date
) -> None:
    must_hold_no_bsn(text.text, text.with_whom)
    if made_on > on:
        raise Refused(_("An agreement was made today or earlier."))
    if review_on is not None and review_on < on:
        raise Refused(_("Choose today or a later day to look at it again."))


def _close(agreement: Agreement, *, by: User) -> None:
    """Of two people at once one closes it; the other is told."""
    standing = Agreement.objects.filter(pk=agreement.pk, closed_at__isnull=True)
    if not is_first(standing):
        raise Overtaken(_OVERTAKEN)
    standing.update(closed_at=timezone.now(), closed_by=by)


def _add(
    part: DossierPart,
    text: AgreementText,
    *,
    made_on: date,
    review_on: date | None,
    by: User,
    replaces: Agreement | None = None,
) -> Agreement:
    if part.kind != PartKind.AGREEMENTS:
        raise Refused(_("Agreements stand in a part of their own."))
    agreement = Agreement(
        id=uuid.uuid4(),
        part=part,
        author=by,
        made_on=made_on,
        review_on=review_on,
        replaces=replaces,
    )
    agreement.sealed = keyring([part.pk]).seal_json(part.pk, agreement.place, asdict(text))
    agreement.save(force_insert=True)
    return agreement


def _record(
    event: Event, agreement: Agreement, *, by: User, on: date, changed: tuple[str, ...] = ()
) -> None:
    part = agreement.part
    record(
        event,
        by=by,
        subjects=[part.dossier.pupil.log_key],
        unit=part.dossier.school_id,
        target=agreement,
        changed=changed,
        ground=ground_for(part=part, by=by, on=on),
    )
