"""What falls due when: numbers per month and school, no pupils."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from access.gate import PortalRequest, page
from access.permissions import Permission
from retention import queries
from retention.forms.calendar import CalendarForm
from retention.rules import anniversary
from retention.terms import OF_PUPILS
from retention.views.frame import ways

YEARS_AHEAD = 2


def months_ahead(on: date) -> date:
    """The first day that the pages about months show no more."""
    return anniversary(on.replace(day=1), YEARS_AHEAD)


@page(Permission.SEE_RETENTION)
def retention(request: PortalRequest) -> HttpResponse:
    """Per month and school how much falls due, of which kind, and how much of it is held."""
    visible = queries.schools_falling_due_visible_to(request.user, on=request.day)
    schools = list(visible.order_by("unit__name"))
    form = CalendarForm(request.GET, schools=schools)
    until = months_ahead(request.day)
    months = queries.calendar_of(form.chosen(), on=request.day, until=until)
    context = {
        "form": form,
        "many_schools": len(schools) > 1,
        "months": months,
        "kinds": OF_PUPILS,
        "until": until,
    }
    return render(request, "retention/calendar.html", context | ways(request))
