"""Pupils of whom nobody knows when they left: without that day nothing is ever destroyed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from retention import queries
from retention.views.frame import ways

PER_PAGE = 30


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, kind=Kind.LIST)
def leaving_dates(request: PortalRequest) -> HttpResponse:
    """Who is missing from the roster, or in no group, for 60 days: did they leave, and when?"""
    rows = queries.without_leaving_date_visible_to(request.user, on=request.day)
    rows = rows.order_by("pupil__sort_name", "pk")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = list(shown.object_list)
    schools = {row.school_id for row in found}
    request.page.names(
        *(row.pupil for row in found),
        ground=Ground.ADMINISTRATION,
        unit=schools.pop() if len(schools) == 1 else None,
    )
    unseen = queries.schools_without_groups_visible_to(request.user, on=request.day)
    context = {
        "shown": shown,
        "unseen": list(unseen.order_by("unit__name")),
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "retention/leaving_dates.html", context | ways(request))
