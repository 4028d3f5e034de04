"""What a curator's or mentor's order covers: read in the court's decision by somebody."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold
from consent.models import OrderCoverage, Purpose
from students.models import Representative, School


@transaction.atomic
def cover_by_order(
    *, representative: Representative, purpose: Purpose, school: School, by: User, on: date
) -> OrderCoverage:
    """Records that the order covers this purpose: the representative answers, also after 16."""
    pupil = representative.pupil
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    wait_for_turn(pupil.pk)
    if representative.kind == Representative.Kind.VOOGD:
        raise Refused(_("A voogd answers as parents do: no purpose needs to be named."))
    standing = OrderCoverage.objects.filter(
        representative=representative, purpose=purpose, withdrawn_at__isnull=True
    ).first()
    if standing is not None:
        return standing
    row = OrderCoverage.objects.create(
        representative=representative, purpose=purpose, recorded_by=by
    )
    _record(events.COVERAGE_RECORDED, row, school, by=by)
    return row


@transaction.atomic
def withdraw_coverage(*, coverage: OrderCoverage, school: School, by: User, on: date) -> None:
    """Records that the order does not cover this purpose after all."""
    pupil = coverage.representative.pupil
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    rows = OrderCoverage.objects.filter(pk=coverage.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise Overtaken(_("A colleague withdrew this already."))
    _record(events.COVERAGE_WITHDRAWN, coverage, school, by=by)


def _record(what: Event, row: OrderCoverage, school: School, *, by: User) -> None:
    record(
        what,
        by=by,
        subjects=[row.representative.pupil.log_key],
        unit=school.pk,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"purpose": str(row.purpose_id)},
    )
