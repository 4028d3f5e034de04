"""Reports over the log: of a month and of any days, as a page and as a file."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access.acting import Damage, current_work
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit import subjects
from audit.grounds import Ground
from oversight.documents.reports import Names, pictures_with_names, report_as_csv
from oversight.documents.reports_words import (
    finding_rows,
    kind_rows,
    page_rows,
    period_words,
)
from oversight.forms.reports import PeriodForm
from oversight.models import SignedReport
from oversight.queries import reports as queries
from oversight.queries.reports_signed import kept_of_month, opened, signed_report
from oversight.rules.reports import Period, Said, month_of
from students.models import School


@page(Permission.READ_REPORTS, shows=Shows.PUPILS)
def month_report(
    request: PortalRequest, school_id: uuid.UUID, year: int, month: int
) -> HttpResponse:
    """The report of a month: as it was signed, else as the log says now."""
    school = school_of(request, school_id)
    period = month_or_404(year, month, request.day)
    may_sign = school.pk in request.user.units_with(Permission.SIGN_REPORT, request.day)
    kept = kept_of_month(request.user, school, period, on=request.day)
    for row in kept.damaged:
        _met(row)
    signed = opened(kept.report, request.user) if kept.report else None
    said = signed.said if signed else _as_now(request, school, period)
    more = {"signed": kept.report, "remarks": signed.remarks if signed else ""}
    return shown(request, school, period, said, may_sign=may_sign, damaged=kept.damaged, **more)


def _met(report: SignedReport) -> None:
    """What can't be opened, or is not what was signed, stands in the log."""
    work = current_work()
    if work is not None:
        work.meets(Damage(report, (), report.school_id))


def _as_now(request: PortalRequest, school: School, period: Period) -> Said:
    return queries.said_about(request.user, school, period, on=request.day)


@page(Permission.READ_REPORTS, shows=Shows.PUPILS)
def period_report(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """The report of any days, which nobody signs."""
    school = school_of(request, school_id)
    form = PeriodForm(request.GET)
    if not form.is_valid():
        request.page.names(ground=Ground.OVERSIGHT, unit=school.pk, target=school.pk)
        return render(request, "oversight/reports/choose.html", {"school": school, "form": form})
    period = form.period()
    if period.is_month and period.first <= request.day:  # that one may be signed
        return redirect("month_report", school.pk, period.first.year, period.first.month)
    said = queries.said_about(request.user, school, period, on=request.day)
    return shown(request, school, period, said)


@page(
    Permission.READ_REPORTS,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.EXPORT,
    reads_only=True,
)
def report_export(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """The numbers of a period as a file; of a signed month those that were signed."""
    school = school_of(request, school_id)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        raise Http404
    period = form.period()
    report = signed_report(request.user, school, period, on=request.day)
    said = opened(report, request.user).said if report else _as_now(request, school, period)
    names = names_of(request, school, said)
    response = HttpResponse(
        report_as_csv(school, period, said, names), content_type="text/csv; charset=utf-8"
    )
    name = f"report-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def shown(
    request: PortalRequest, school: School, period: Period, said: Said, **more: Any
) -> HttpResponse:
    """The page of a report; it names in the log exactly the pupils whose names stand on it."""
    names = names_of(request, school, said)
    context = {
        "school": school,
        "period": period,
        "words": period_words(period),
        "said": said,
        "numbers": said.numbers,
        "pictures": pictures_with_names(school, period, said, names),
        "pages": page_rows(said.numbers),
        "kinds": kind_rows(said.numbers),
        "findings": finding_rows(said.findings),
        "is_over": period.is_over(request.day),
        "signed": None,
        "damaged": [],
        **more,
    }
    return render(request, "oversight/reports/report.html", context)


def names_of(request: PortalRequest, school: School, said: Said) -> Names:
    """Who stands in the lists; the pupils the reader may see named stand in the log by name."""
    numbers = said.numbers
    pupils = subjects.named((one.key for one in numbers.dossiers), request.user, on=request.day)
    people = queries.names_of_people(one.key for one in (*numbers.most_looked, *numbers.refusals))
    request.page.names(*pupils.values(), ground=Ground.OVERSIGHT, unit=school.pk, target=school.pk)
    return Names(people, pupils)


def school_of(request: PortalRequest, school_id: uuid.UUID) -> School:
    """A school whose reports the reader reads; 404 for any other."""
    rows = queries.schools_reported_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=school_id)


def month_or_404(year: int, month: int, on: date) -> Period:
    """A month that has begun."""
    try:
        period = month_of(date(year, month, 1))
    except ValueError as error:
        raise Http404 from error
    if period.first > on:
        raise Http404
    return period
