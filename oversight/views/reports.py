"""Reports over the log: of a month and of any days, as a page and as a file."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

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
from oversight.queries import reports as queries
from oversight.queries.reports_signed import Opened, opened, signed_report
from oversight.rules.reports import Period, Said, month_of
from students.models import School
from vault.errors import Unreadable


@page(Permission.READ_REPORTS, shows=Shows.PUPILS)
def month_report(
    request: PortalRequest, school_id: uuid.UUID, year: int, month: int
) -> HttpResponse:
    """The report of a month: as it was signed, else as the log says now."""
    school = school_of(request, school_id)
    period = month_or_404(year, month, request.day)
    may_sign = school.pk in request.user.units_with(Permission.SIGN_REPORT, request.day)
    try:
        kept = _signed(request, school, period)
    except Unreadable:
        return _unreadable(request, school)
    said = kept.said if kept else queries.said_about(request.user, school, period, on=request.day)
    report, remarks = (kept.report, kept.remarks) if kept else (None, "")
    return shown(request, school, period, said, signed=report, remarks=remarks, may_sign=may_sign)


def _signed(request: PortalRequest, school: School, period: Period) -> Opened | None:
    """What was signed about this period, if it is a month and somebody did."""
    report = signed_report(request.user, school, period, on=request.day)
    return opened(report, request.user) if report else None


def _unreadable(request: PortalRequest, school: School) -> HttpResponse:
    request.page.names(ground=Ground.OVERSIGHT, unit=school.pk, target=school.pk)
    return render(request, "oversight/reports/unreadable.html", status=500)


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
    try:
        kept = _signed(request, school, period)
    except Unreadable:
        return _unreadable(request, school)
    said = kept.said if kept else queries.said_about(request.user, school, period, on=request.day)
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
