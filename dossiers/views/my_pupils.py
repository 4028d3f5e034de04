"""My pupils: the list of everybody whose dossier is open to me."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries
from dossiers.forms.listing import MyPupilsForm

PER_PAGE = 30


@page(
    Permission.SEE_OWN_PUPILS,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def my_pupils(request: PortalRequest) -> HttpResponse:
    """The pupils whose dossier is open to me; searched, sorted and paged by POST."""
    user, day = request.user, request.day
    groups = queries.groups_of_my_pupils(user, on=day)
    form = MyPupilsForm(request.POST or None, groups=groups)
    wanted = form.wanted()
    if request.method == "POST":
        request.page.becomes(Kind.SEARCH)
    rows = queries.my_pupils_listed(user, on=day, wanted=wanted)
    shown = Paginator(rows, PER_PAGE).get_page(request.POST.get("page"))
    lines = queries.my_pupil_lines(user, shown.object_list, on=day)
    request.page.names(*(line.dossier for line in lines), ground=Ground.ASSIGNMENT)
    return render(
        request,
        "dossiers/my_pupils.html",
        {
            "form": form,
            "shown": shown,
            "lines": lines,
            "sort": wanted.sort,
            "ground": Ground.ASSIGNMENT.label,
            "many_schools": len({line.dossier.school_id for line in lines}) > 1,
            "is_search": request.method == "POST",
        },
    )
