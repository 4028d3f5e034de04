"""The keeper's board: groups, pupils, colleagues, proposals, and the medical stand-ins."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers.actions.medical import end_stand_in, name_stand_in
from dossiers.actions.proposals import confirm_proposals, decline_proposals
from dossiers.forms.assigning import SearchForm, StandInForm
from dossiers.models import AssignmentProposal
from dossiers.queries import dossiers_kept_by
from dossiers.queries.choosing import staff_at
from dossiers.queries.kept import (
    assignments_kept_by,
    groups_kept_by,
    proposals_kept_by,
    stand_ins_kept_by,
)
from dossiers.queries.readers import (
    Sought,
    group_lines,
    numbers_of,
    pupil_lines,
    pupils_per_person,
    sought_pupils,
)
from dossiers.queries.staffing import own_children, staffing_of
from dossiers.views.keeper_frame import chosen_school, frame

PER_PAGE = 30


@page(Permission.MANAGE_ASSIGNMENTS)
def groups(request: PortalRequest) -> HttpResponse:
    """The groups of this school year: who has them, and how many pupils have nobody."""
    school, schools = chosen_school(request)
    rows = (
        groups_kept_by(request.user, on=request.day)
        .filter(
            school=school,
            school_year__starts_on__lte=request.day,
            school_year__ends_on__gte=request.day,
        )
        .order_by("name", "pk")
    )
    context = frame(request, school, "groups") | {
        "schools": schools,
        "lines": group_lines(list(rows), on=request.day),
        "numbers": numbers_of(school, on=request.day),
    }
    return render(request, "dossiers/assignments/groups.html", context)


@page(
    Permission.MANAGE_ASSIGNMENTS,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def pupils(request: PortalRequest) -> HttpResponse:
    """Every pupil of the school with who counsels them; names typed here stay out of addresses."""
    school, schools = chosen_school(request)
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    data = form.cleaned_data
    sought = Sought(
        typed=data.get("q", ""),
        group=data.get("group"),
        without_counsellor=data.get("which") == "without",
        left=data.get("which") == "left",
    )
    if sought.typed:
        request.page.becomes(Kind.SEARCH)
    rows = sought_pupils(
        dossiers_kept_by(request.user, on=request.day), school, sought, on=request.day
    )
    shown = Paginator(rows, PER_PAGE).get_page(data.get("page"))
    lines = pupil_lines(list(shown.object_list), request.user, on=request.day)
    request.page.names(*(line.dossier for line in lines), ground=Ground.CUSTODIAN, unit=school.pk)
    context = frame(request, school, "pupils") | {
        "schools": schools,
        "sought": sought,
        "chosen": data.get("which", ""),
        "lines": lines,
        "found": shown,
        "groups": groups_kept_by(request.user, on=request.day)
        .filter(school=school, school_year__ends_on__gte=request.day)
        .order_by("school_year__starts_on", "name"),
    }
    return render(request, "dossiers/assignments/pupils.html", context)


@page(Permission.MANAGE_ASSIGNMENTS)
def people(request: PortalRequest) -> HttpResponse:
    """Colleagues with the number of dossiers each may open."""
    school, schools = chosen_school(request)
    rows = assignments_kept_by(request.user, on=request.day).filter(dossier__school=school)
    counts = pupils_per_person(rows, on=request.day)
    context = frame(request, school, "people") | {
        "schools": schools,
        "lines": [(one, counts.pop(one.user.pk, 0)) for one in staff_at(school, on=request.day)],
    }
    return render(request, "dossiers/assignments/people.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPILS)
def proposals(request: PortalRequest) -> HttpResponse:
    """Pupils who joined a group: the director confirms its counsellors, or declines."""
    school, schools = chosen_school(request)
    rows = list(
        proposals_kept_by(request.user, on=request.day)
        .filter(dossier__school=school)
        .order_by("group__name", "dossier__pupil__sort_name", "user__name")
    )
    request.page.names(*(row.dossier for row in rows), ground=Ground.CUSTODIAN, unit=school.pk)
    own = own_children(request.user)
    if request.method == "POST":
        allowed = {str(row.pk): row for row in rows if row.dossier.pupil_id not in own}
        chosen = [allowed[key] for key in request.POST.getlist("proposal") if key in allowed]
        _decide(request, chosen)
        return redirect(f"{reverse('assignment_proposals')}?school={school.pk}")
    context = frame(request, school, "proposals") | {
        "schools": schools,
        "rows": [(row, row.dossier.pupil_id in own) for row in rows],
    }
    return render(request, "dossiers/assignments/proposals.html", context)


def _decide(request: PortalRequest, chosen: list[AssignmentProposal]) -> None:
    if not chosen:
        messages.warning(request, _("Choose at least one proposal first. Nothing was changed."))
        return
    try:
        if request.POST.get("decision") == "confirm":
            confirm_proposals(proposals=chosen, by=request.user, on=request.day)
            messages.success(request, _("Confirmed. These counsellors can open the dossiers."))
        else:
            decline_proposals(proposals=chosen, by=request.user, on=request.day)
            messages.success(request, _("Declined. Nobody got access."))
    except Refused as refusal:
        messages.warning(request, str(refusal.sentence))


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"))
def medical(request: PortalRequest) -> HttpResponse:
    """Who keeps the medical part: the school doctor, and who stands in (P6)."""
    school, schools = chosen_school(request)
    keepers = staffing_of(school, on=request.day).keepers
    keeps = request.user.pk in keepers
    colleagues = [
        one
        for one in staff_at(school, on=request.day)
        if one.user.pk != request.user.pk and (one.user.pk in keepers) != keeps
    ]
    form = StandInForm(request.POST or None, colleagues=colleagues, on=request.day)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        named = attempt(
            form,
            lambda: name_stand_in(
                school=school,
                user=form.colleague,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                by=request.user,
                on=request.day,
            ),
        )
        if named is not None:
            messages.success(
                request, _("Named. Now assign this person to the pupils concerned, one by one.")
            )
            return redirect(f"{reverse('medical_stand_ins')}?school={school.pk}")
    return render(
        request, "dossiers/assignments/medical.html", _medical(request, school, schools, form)
    )


def _medical(request: PortalRequest, school: Any, schools: Any, form: Any) -> dict[str, Any]:
    rows = stand_ins_kept_by(request.user, on=request.day).filter(school=school)
    named = list(rows.order_by("-starts_on", "pk"))
    doctors = [one for one in staff_at(school, on=request.day) if one.is_doctor]
    open_ones = [row for row in named if row.ends_on is None or row.ends_on >= request.day]
    return frame(request, school, "medical") | {
        "schools": schools,
        "form": form,
        "doctors": doctors,
        "named": open_ones,
        "earlier": [row for row in named if row not in open_ones],
    }


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"))
def end_medical(request: PortalRequest, custodian_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then ends a stand-in and the medical assignments it carried."""
    row = get_object_or_404(stand_ins_kept_by(request.user, on=request.day), pk=custodian_id)
    back = f"{reverse('medical_stand_ins')}?school={row.school_id}"
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: end_stand_in(named=row, by=request.user, on=request.day),
            done=_("Ended. This person can open no medical part any more."),
        )
        return redirect(back)
    context = frame(request, row.school, "medical") | {"row": row, "back": back}
    return render(request, "dossiers/assignments/end_medical.html", context)
