"""Signing the report of a month: read again, made into a paper, sealed, and frozen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.blobs import kept_blobs
from audit.digest import digest_of
from audit.frozen import freeze
from audit.grounds import Ground
from audit.heads import Head, newest_head
from oversight import events
from oversight.documents.reports_paper import Signature, report_paper
from oversight.models import FindingDay, SignedReport
from oversight.queries.reports import log_begins, said_about
from oversight.queries.reports_signed import kept_of
from oversight.rules.reports import Period, Said
from students.models import School

_NAMESPACE = uuid.UUID("6f1d0c55-9a5e-4d0b-8a57-3f1f5f0e7a21")  # of the turns for signing
_SETTLED = timedelta(hours=1)  # by then nothing of the month is still being written


@dataclass(frozen=True)
class Shown:
    """What the director had before them when they signed."""

    digest: str
    remarks: str


@transaction.atomic
def sign_report(
    *, school: School, period: Period, shown: Shown, language: str, by: User, on: date
) -> SignedReport:
    """Signs what was shown, and freezes it with the head of the log; the paper carries keys only.

    Raises NotAllowed where `by` is no director; Refused for a month that is not over, not sealed
    or not looked at for findings; Overtaken when somebody signed it first, or when it is no
    longer what was shown. Raises NotMade when no paper could be made: then nothing is signed.
    """
    signed_as = _must_sign(school, by, on)
    if not period.is_month or not period.is_over(on):
        raise Refused(_("A report is signed once its month is over."))
    wait_for_turn(uuid.uuid5(_NAMESPACE, f"{school.pk} {period.first}"))
    beside = _place_of(school, period)
    begins = log_begins([school]).get(school.pk)
    if begins is None or period.last < begins:
        raise Refused(_("The log of this school begins later: there is nothing to sign."))
    _must_be_looked_at(school, period)
    said = said_about(by, school, period, on=on)
    if digest_of(said.plain()) != shown.digest:
        raise Overtaken(_("The report changed since you opened it. Read it again, then sign."))
    head = _head_after(period)
    report = SignedReport(
        school=school,
        first_day=period.first,
        last_day=period.last,
        looks=said.numbers.looks,
        refused=said.numbers.refused,
        open_findings=len(said.findings),
        head_number=head.number,
        head_link=head.link_hex,
        head_sealed_at=head.sealed_at,
        language=language,
        signed_by=by,
        signed_as=signed_as,
        signed_at=timezone.now(),
        beside=beside,
    )
    return _frozen(report, period, said, shown.remarks.strip())


def _must_sign(school: School, by: User, on: date) -> str:
    """The role in which `by` signs; NotAllowed when there is none."""
    held = by.memberships_with(Permission.SIGN_REPORT, on)
    for membership in held:
        if membership.unit_id == school.pk:
            return membership.role
    raise NotAllowed(_("The director or deputy of that school signs its reports."))


def _place_of(school: School, period: Period) -> SignedReport | None:
    """Beside which damaged report this one is signed; Overtaken when a whole one stands."""
    kept = kept_of(SignedReport.objects.filter(school=school, first_day=period.first))
    if kept.report is not None:
        raise Overtaken(
            _("%(name)s signed this report already. It can't be signed twice.")
            % {"name": kept.report.signed_by.name}
        )
    taken = {row.beside_id for row in kept.damaged}
    free = (row for row in kept.damaged if row.pk not in taken)
    return next(free, None) if None in taken else None


def _must_be_looked_at(school: School, period: Period) -> None:
    """Nobody signs before the findings of the last days are made, also where no night ever ran."""
    if not FindingDay.objects.filter(unit=school.pk, day__gte=period.last).exists():
        raise Refused(_("The findings of this month are not all made yet. Try again tomorrow."))


def _head_after(period: Period) -> Head:
    """The newest head of the log, which must lie behind the whole month."""
    head = newest_head()
    if head is None or head.sealed_at < period.ends + _SETTLED:
        raise Refused(
            _("The log of this month is not sealed yet. Try again in an hour, or ask who runs it.")
        )
    return head


def _frozen(report: SignedReport, period: Period, said: Said, remarks: str) -> SignedReport:
    def paper() -> bytes:
        signature = Signature.of(report, remarks)
        return report_paper(report.school, period, said, signature, language=report.language)

    with kept_blobs() as kept:
        freeze(report, {"said": said.plain(), "remarks": remarks}, paper, kept)
        report.save(force_insert=True)
        record(
            events.REPORT_SIGNED,
            by=report.signed_by,
            unit=report.school_id,
            target=report,
            ground=Ground.OVERSIGHT,
            detail={
                "month": report.first_day.isoformat()[:7],
                "digest": report.digest,
                "paper": report.paper_digest,
                "head": report.head_number,
            },
        )
    return report
