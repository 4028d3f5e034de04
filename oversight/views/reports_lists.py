"""Which reports there are: of one school by month, of several side by side."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, page
from access.models import User
from access.permissions import Permission
from oversight.documents.reports_words import period_words
from oversight.forms.reports import PeriodForm
from oversight.queries import reports as queries
from oversight.queries import reports_due as due
from oversight.rules.reports import Period, month_of
from oversight.views.reports import school_of
from students.models import School


@page(Permission.READ_REPORTS, kind=Kind.LIST)
def reports(request: PortalRequest) -> HttpResponse:
    """All schools of the board side by side for one month; who reads of one school sees that."""
    schools = list(queries.schools_reported_to(request.user, on=request.day)[:2])
    if len(schools) == 1:
        return _of_school(request, schools[0])
    period = _month_asked(request)
    sides = due.side_by_side(request.user, period, on=request.day)
    context = {
        "sides": sides,
        "words": period_words(period),
        "period": period,
        "earlier": period.first - timedelta(days=1),
        "later": period.last + timedelta(days=1) if period.is_over(request.day) else None,
        "is_over": period.is_over(request.day),
        "unsigned": sum(len(side.due) for side in sides),
    }
    return render(request, "oversight/reports/side_by_side.html", context)


@page(Permission.READ_REPORTS, kind=Kind.LIST)
def school_reports(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """The months of one school."""
    return _of_school(request, school_of(request, school_id))


def _of_school(request: PortalRequest, school: School) -> HttpResponse:
    months = due.months_of(request.user, school, on=request.day)
    context = {
        "school": school,
        "months": [(month, period_words(month.period)) for month in months],
        "form": PeriodForm(),
        "signs": signs_at(request.user, school, request.day),
        "is_one_of_many": request.resolver_match is not None
        and request.resolver_match.url_name == "school_reports",
    }
    return render(request, "oversight/reports/school.html", context)


def signs_at(user: User, school: School, on: date) -> bool:
    """Whether somebody signs the reports of this school."""
    return school.pk in user.units_with(Permission.SIGN_REPORT, on)


def _month_asked(request: PortalRequest) -> Period:
    """The month in the address, else the last one that is over."""
    asked = request.GET.get("month", "")
    if not asked:
        return month_of(request.day.replace(day=1) - timedelta(days=1))
    try:
        period = month_of(date.fromisoformat(f"{asked}-01"))
    except ValueError as error:
        raise Http404 from error
    if period.first > request.day:
        raise Http404
    return period
