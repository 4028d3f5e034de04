"""The pupils of the school: list, search, print and export, all from one query."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students import documents, queries, rules
from students.forms.listing import ListForm
from students.models import Enrolment, Group
from students.views.changing import GROUND

PER_PAGE = 30
MOST_PRINTED = 1000
MOST_EXPORTED = 5000


@page(
    Permission.SEE_SCHOOL_PUPILS,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def school_pupils(request: PortalRequest) -> HttpResponse:
    """The pupils of the schools whose administration I see; searched by POST."""
    form = _form(request)
    rows = _rows(request, form)
    if request.method == "POST":
        request.page.becomes(Kind.SEARCH)
    shown = Paginator(rows, PER_PAGE).get_page(request.POST.get("page"))
    _name(request, shown.object_list)
    wanted = form.wanted()
    return render(
        request,
        "students/school_pupils.html",
        {
            "form": form,
            "shown": shown,
            "rows": _with_ages(request, shown.object_list),
            "sort": wanted.sort,
            "criteria": _criteria(request, form),
            "many_schools": "school" in form.fields,
            "one_school": "school" not in form.fields or form.wanted().school is not None,
            "kept_schools": queries.schools_kept_by(request.user, on=request.day),
            "ground": GROUND,
            "is_search": request.method == "POST" or wanted.state != "now",
        },
    )


@page(
    Permission.SEE_SCHOOL_PUPILS,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.PRINT,
    reads_only=True,
)
def print_school_pupils(request: PortalRequest) -> HttpResponse:
    """Every pupil found, on one page to print."""
    form = _form(request)
    rows = _rows(request, form)
    if (many := _too_many(request, rows, MOST_PRINTED)) is not None:
        return many
    _name(request, rows)
    return render(
        request,
        "students/print_pupils.html",
        {
            "rows": _with_ages(request, rows),
            "many_schools": "school" in form.fields,
            "ground": GROUND,
        },
    )


@page(
    Permission.SEE_SCHOOL_PUPILS,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.EXPORT,
    reads_only=True,
)
def export_school_pupils(request: PortalRequest) -> HttpResponse:
    """Every pupil found, as a file for a spreadsheet: no addresses, no parents."""
    rows = _rows(request, _form(request))
    if (many := _too_many(request, rows, MOST_EXPORTED)) is not None:
        return many
    _name(request, rows)
    return HttpResponse(
        documents.pupils_csv(rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="pupils-{request.day}.csv"',
        },
    )


def _form(request: PortalRequest) -> ListForm:
    schools = list(
        queries.schools_administered_by(request.user, on=request.day).order_by("unit__name")
    )
    chosen = request.POST.get("school", "")
    in_view = [s for s in schools if str(s.pk) == chosen] or schools
    groups = _current_groups(request)
    groups = groups.filter(school=in_view[0]) if len(in_view) == 1 else groups.none()
    asked = request.POST or {"state": request.GET.get("state", "now")}
    form = ListForm(asked, schools=schools, groups=groups)
    form.is_valid()
    return form


def _current_groups(request: PortalRequest) -> QuerySet[Group]:
    return queries.groups_visible_to(request.user, on=request.day).filter(
        school_year__starts_on__lte=request.day, school_year__ends_on__gte=request.day
    )


def _rows(request: PortalRequest, form: ListForm) -> QuerySet[Enrolment]:
    return queries.listed(request.user, on=request.day, wanted=form.wanted())


def _name(request: PortalRequest, rows: Iterable[Enrolment]) -> None:
    found = list(rows)
    schools = {row.school_id for row in found}
    request.page.names(
        *(row.pupil for row in found),
        ground=Ground.ADMINISTRATION,
        unit=schools.pop() if len(schools) == 1 else None,
    )


def _too_many(request: PortalRequest, rows: QuerySet[Enrolment], most: int) -> HttpResponse | None:
    if rows.count() <= most:
        return None
    words = _("These are more than %(most)s pupils. Choose a school or a group first.")
    messages.warning(request, words % {"most": most})
    return redirect("school_pupils")


def _with_ages(
    request: PortalRequest, rows: Iterable[Enrolment]
) -> list[tuple[Enrolment, int | None]]:
    return [
        (row, rules.age_on(born, request.day) if (born := row.pupil.birth_date) else None)
        for row in rows
    ]


def _criteria(request: PortalRequest, form: ListForm) -> dict[str, str]:
    """What was asked, to ask it again for the print or the export."""
    asked = {k: request.POST.get(k, "") for k in ("q", "school", "group", "sort")}
    return asked | {"state": form.wanted().state}
