"""My pupils: the list of everybody whose dossier is open to me."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries


@page(Permission.SEE_OWN_PUPILS, shows=Shows.PUPILS, kind=Kind.LIST)
def my_pupils(request: PortalRequest) -> HttpResponse:
    """The pupils whose dossier is open to me."""
    dossiers = list(
        queries.dossiers_visible_to(request.user, on=request.day).order_by("pupil__sort_name")
    )
    request.page.names(*dossiers, ground=Ground.ASSIGNMENT)
    return render(request, "dossiers/my_pupils.html", {"dossiers": dossiers})
