"""Looking at imports and what they would change."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students.models import RosterImport
from students.roster import queries
from students.roster.columns import NEVER_STORED, UNKNOWN_COLUMN
from students.roster.presenting import LISTS, QUESTIONS, shown
from students.roster.problems import Problem
from students.roster.steps import STEPS, doing

State = RosterImport.State
_TEMPLATES = {
    State.BROKEN: "students/roster/broken.html",
    State.PLANNED: "students/roster/plan.html",
    State.APPROVED: "students/roster/progress.html",
    State.APPLIED: "students/roster/result.html",
    State.CANCELLED: "students/roster/result.html",
    State.EXPIRED: "students/roster/result.html",
}
ROWS_A_PAGE = 50


@page(Permission.IMPORT_ROSTER, kind=Kind.LIST)
def roster_imports(request: PortalRequest) -> HttpResponse:
    """Earlier imports, newest first."""
    imports = queries.imports_visible_to(request.user, on=request.day).order_by("-read_at")
    shown_page = Paginator(imports, 20).get_page(request.GET.get("page"))
    confirms = bool(request.user.memberships_with(Permission.CONFIRM_PROPOSALS, request.day))
    context = {"page": shown_page, "confirms": confirms}
    return render(request, "students/roster/imports.html", context)


@page(Permission.IMPORT_ROSTER)
def roster_import(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """One import, as far as it is: its mistakes, its plan, its progress or its result."""
    found = get_object_or_404(
        queries.imports_visible_to(request.user, on=request.day).select_related("progress"),
        pk=import_id,
    )
    if "HX-Request" in request.headers and found.state != State.APPROVED:
        return HttpResponse(headers={"HX-Refresh": "true"})  # progress ended: show the result
    context: dict[str, Any] = {"import": found, "steps": STEPS}
    context["lists"] = [
        (key, title, found.counts[key]) for key, title in LISTS.items() if key in found.counts
    ]
    context["dropped"] = [
        (column, count, column in NEVER_STORED)
        for column, count in sorted(found.dropped.items(), key=lambda pair: -pair[1])
        if column != UNKNOWN_COLUMN
    ]
    context["dropped_unknown"] = found.dropped.get(UNKNOWN_COLUMN, 0)
    if found.state in (State.BROKEN, State.APPLIED):
        context["problems"] = [Problem.from_json(one) for one in found.problems]
    elif found.state == State.PLANNED:
        asked = queries.questions_of(found, request.user, on=request.day)
        context["questions"] = [
            (key, title, asked[key]) for key, title in QUESTIONS.items() if key in asked
        ]
        context["waiting"] = sum(one["open"] for one in asked.values())
        context["is_empty"] = not asked and all(key.endswith("left_out") for key in found.counts)
    elif found.state == State.APPROVED:
        request.page.repeats()  # the browser asks every two seconds how far it is
        context["doing"] = doing(found.progress.step)
        context["stands_still"] = queries.is_standing_still(found)
    return render(request, _TEMPLATES[State(found.state)], context)


@page(Permission.IMPORT_ROSTER, shows=Shows.PUPILS, kind=Kind.LIST)
def roster_lines(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """The lines of one list of a plan."""
    found = get_object_or_404(
        queries.imports_visible_to(request.user, on=request.day), pk=import_id
    )
    key = request.GET.get("show", "pupil.new")
    if key not in LISTS:
        raise Http404
    subject, change = key.split(".")
    rows = queries.lines_visible_to(request.user, on=request.day).filter(
        roster_import=found, subject=subject, change=change
    )
    shown_page = Paginator(
        rows.select_related("roster_import").order_by("place"), ROWS_A_PAGE
    ).get_page(request.GET.get("page"))
    people = queries.people_on(list(shown_page), request.user, on=request.day)
    request.page.names(
        *people.pupils.values(),
        *(link.pupil for one in people.parents.values() for link in one.children.all()),
        ground=Ground.ADMINISTRATION,
        unit=found.school_id,
        target=found.pk,
    )
    context = {
        "import": found,
        "title": LISTS[key],
        "key": key,
        "lists": [(one, LISTS[one], found.counts[one]) for one in LISTS if one in found.counts],
        "page": shown_page,
        "lines": [shown(row, people) for row in shown_page],
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "students/roster/lines.html", context)


@page(Permission.CONFIRM_PROPOSALS, kind=Kind.LIST)
def roster_proposals(request: PortalRequest) -> HttpResponse:
    """Who is proposed as counsellor of which group; it gives nobody a right yet."""
    proposals = queries.proposals_to_confirm(request.user, on=request.day)
    ordered = proposals.order_by("school__unit__name", "school_year__starts_on", "group__name")
    shown_page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "students/roster/proposals.html", {"page": shown_page})
