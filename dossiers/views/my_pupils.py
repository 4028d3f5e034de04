"""My pupils: list, search, print and export, all from one query."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import documents, queries
from dossiers.documents import PupilLine
from dossiers.forms.my_pupils import MyPupilsForm
from dossiers.models import Dossier
from students.ages import age_on

PER_PAGE = 30


@page(
    Permission.SEE_OWN_PUPILS,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def my_pupils(request: PortalRequest) -> HttpResponse:
    """The pupils whose dossier is open to me; searched by POST."""
    form = _form(request)
    wanted = form.wanted()
    if request.method == "POST":
        request.page.becomes(Kind.SEARCH)
    rows = queries.my_pupils(request.user, on=request.day, wanted=wanted)
    shown = Paginator(rows, PER_PAGE).get_page(request.POST.get("page"))
    context = {
        "form": form,
        "shown": shown,
        "lines": _lines(request, shown.object_list),
        "sort": wanted.sort,
        "criteria": {name: request.POST[name] for name in form.fields if name in request.POST},
        "many_schools": "school" in form.fields,
        "is_search": request.method == "POST",
        "ground": Ground(request.page.ground).label,
        "keeps": request.user.memberships_with(Permission.MANAGE_ASSIGNMENTS, request.day),
    }
    return render(request, "dossiers/my_pupils.html", context)


@page(
    Permission.SEE_OWN_PUPILS,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.PRINT,
    reads_only=True,
)
def print_my_pupils(request: PortalRequest) -> HttpResponse:
    """Every pupil found, on one page to print."""
    form = _form(request)
    rows = queries.my_pupils(request.user, on=request.day, wanted=form.wanted())
    context = {
        "lines": _lines(request, rows),
        "many_schools": "school" in form.fields,
        "ground": Ground(request.page.ground).label,
    }
    return render(request, "dossiers/print_my_pupils.html", context)


@page(
    Permission.SEE_OWN_PUPILS,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.EXPORT,
    reads_only=True,
)
def export_my_pupils(request: PortalRequest) -> HttpResponse:
    """Every pupil found, as a file for a spreadsheet."""
    rows = queries.my_pupils(request.user, on=request.day, wanted=_form(request).wanted())
    return HttpResponse(
        documents.my_pupils_csv(_lines(request, rows)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="my-pupils-{request.day}.csv"',
        },
    )


def _form(request: PortalRequest) -> MyPupilsForm:
    return MyPupilsForm(
        request.POST,
        groups=list(queries.groups_of_my_pupils(request.user, on=request.day)),
        schools=list(queries.schools_of_my_pupils(request.user, on=request.day)),
    )


def _lines(request: PortalRequest, rows: Iterable[Dossier]) -> list[PupilLine]:
    """The dossiers with group, age and ground; names each of them for the log."""
    dossiers = list(rows)
    groups = queries.group_names(dossiers, on=request.day)
    assignments = queries.assignments_to(request.user, dossiers, on=request.day)
    grounds = {assignment.ground for assignment in assignments.values()}
    schools = {dossier.school_id for dossier in dossiers}
    request.page.names(
        *dossiers,
        ground=grounds.pop() if len(grounds) == 1 else Ground.ASSIGNMENT,
        unit=schools.pop() if len(schools) == 1 else None,
    )
    return [
        PupilLine(
            dossier,
            groups.get(dossier.pk, ""),
            age_on(born, request.day) if (born := dossier.pupil.birth_date) else None,
            assignments.get(dossier.pk),
        )
        for dossier in dossiers
    ]
