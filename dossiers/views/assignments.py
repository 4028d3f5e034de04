"""Who may open one pupil's dossier: for its keeper, and read-only for its counsellors."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.errors import NotAllowed
from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries
from dossiers.actions.assignments import assign, change_end, withdraw_assignment
from dossiers.actions.giving import Weighing
from dossiers.forms.assigning import AssignForm, EndForm
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier
from dossiers.queries.choosing import Colleague, counsellors_at, medical_readers_at
from dossiers.queries.kept import assignments_kept_by, assignments_visible_to, colleagues_kept_by
from dossiers.queries.readers import sort_readers
from dossiers.rules.assigning import DAYS_AFTER_LEAVING_SCHOOL
from dossiers.views.keeper_frame import frame, is_own, kept_dossier


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPIL)
def of_pupil(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Who may open this dossier now, who will, and who could: for its keeper."""
    found = kept_dossier(request, dossier_id)
    rows = assignments_kept_by(request.user, on=request.day).filter(dossier=found)
    rows = rows.order_by("starts_on", "user__name")
    context = frame(request, found.school, "pupils") | {
        "dossier": found,
        "readers": sort_readers(queries.with_reasons(rows), on=request.day),
        "is_own_child": is_own(request, found),
        "left_on": _left_on(request, found),
        "may_change": not is_own(request, found),
        "sees_headers": not is_own(request, found)
        and request.user.memberships_with(Permission.WITHDRAW_NOTE, request.day),
    }
    return render(request, "dossiers/assignments/of_pupil.html", context)


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def readers(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The same for the pupil's counsellors, who change nothing here."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    assignment = queries.assignment_of(request.user, found, on=request.day)
    ground = assignment.ground if assignment else Ground.NONE
    request.page.names(found, ground=ground, unit=found.school_id, target=found.pk)
    rows = assignments_visible_to(request.user, on=request.day).filter(dossier=found)
    rows = rows.order_by("starts_on", "user__name")
    context = {
        "dossier": found,
        "assignment": assignment,
        "ground": ground.label,
        "readers": sort_readers(queries.with_reasons(rows), on=request.day),
        "may_change": False,
    }
    return render(request, "dossiers/assignments/readers.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPIL)
def assign_to_pupil(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """A counsellor or a substitute for one pupil; a few days once the pupil left."""
    found = kept_dossier(request, dossier_id)
    kinds = [AssignmentKind.COUNSELLOR, AssignmentKind.SUBSTITUTE]
    left_on = _left_on(request, found)
    if left_on and request.day > left_on:
        kinds = [*kinds, AssignmentKind.SHORT]
        if request.day > left_on + DAYS_AFTER_LEAVING_SCHOOL:
            kinds = [AssignmentKind.SHORT]
    colleagues = counsellors_at(found.school, on=request.day)
    return _assign(request, found, colleagues, kinds, "dossiers/assignments/assign.html")


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPIL)
def assign_medical(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The medical part, for the school doctor or a stand-in (P6)."""
    found = kept_dossier(request, dossier_id)
    colleagues = medical_readers_at(found.school, on=request.day)
    kinds = [AssignmentKind.MEDICAL]
    return _assign(request, found, colleagues, kinds, "dossiers/assignments/assign_medical.html")


def _assign(
    request: PortalRequest,
    dossier: Dossier,
    colleagues: list[Colleague],
    kinds: list[AssignmentKind],
    template: str,
) -> HttpResponse:
    if is_own(request, dossier):
        raise NotAllowed
    choosable = _choosable(request, dossier, colleagues)
    form = AssignForm(request.POST or None, colleagues=choosable, kinds=kinds, on=request.day)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted()
        given = attempt(
            form,
            lambda: assign(
                dossier=dossier,
                user=form.colleague,
                kind=wanted.kind,
                starts_on=wanted.starts_on,
                ends_on=wanted.ends_on,
                reason=wanted.reason,
                by=request.user,
                on=request.day,
            ),
        )
        if given is not None:
            messages.success(request, _("The assignment is made. You can withdraw it at any time."))
            return redirect("pupil_assignments", dossier.pk)
    context = frame(request, dossier.school, "pupils") | {
        "dossier": dossier,
        "form": form,
        "nobody": not choosable,
        "back": reverse("pupil_assignments", args=[dossier.pk]),
        "left_on": _left_on(request, dossier),
    }
    return render(request, template, context)


def _choosable(
    request: PortalRequest, dossier: Dossier, colleagues: list[Colleague]
) -> list[Colleague]:
    """The colleagues whom this keeper may assign to this pupil."""
    weighing = Weighing.of(dossier.school, [dossier], on=request.day)
    return [
        one
        for one in colleagues
        if weighing.why_not_by(request.user, one.user.pk, dossier, request.day) is None
    ]


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPIL)
def withdraw(request: PortalRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then closes the door: it works on that person's next click."""
    row = _kept(request, assignment_id)
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: withdraw_assignment(assignment=row, by=request.user, on=request.day),
            done=_("Withdrawn. This person can no longer open the dossier."),
        )
        return redirect("pupil_assignments", row.dossier_id)
    return render(request, "dossiers/assignments/withdraw.html", _about(request, row))


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPIL)
def change(request: PortalRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """Another last day: the old assignment stays as history."""
    row = _kept(request, assignment_id)
    (row,) = queries.with_reasons([row])
    first = {"ends_on": row.ends_on, "reason": row.reason}
    form = EndForm(request.POST or None, initial=first, on=request.day)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: change_end(
                assignment=row,
                ends_on=form.cleaned_data["ends_on"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.day,
            ),
        )
        if changed is not None:
            messages.success(request, _("The last day is changed. The earlier one is kept."))
            return redirect("pupil_assignments", row.dossier_id)
    context = _about(request, row) | {"form": form}
    return render(request, "dossiers/assignments/change_end.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPILS)
def of_person(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """Which dossiers a colleague may open, at the schools I keep."""
    person = get_object_or_404(colleagues_kept_by(request.user, on=request.day), pk=user_id)
    rows = assignments_kept_by(request.user, on=request.day).filter(user=person)
    found = sort_readers(rows.order_by("dossier__pupil__sort_name", "starts_on"), on=request.day)
    shown = [*found.now, *found.coming, *found.earlier[:100]]
    unit = shown[0].dossier.school_id if shown else None
    dossiers = [row.dossier for row in shown]
    request.page.names(*dossiers, ground=Ground.CUSTODIAN, unit=unit, target=person.pk)
    school = shown[0].dossier.school if shown else None
    context: dict[str, Any] = {
        "colleague": person,
        "readers": found,
        "earlier": found.earlier[:100],
    }
    if school is not None:
        context |= frame(request, school, "people")
    context["ground"] = Ground.CUSTODIAN.label
    return render(request, "dossiers/assignments/of_person.html", context)


def _kept(request: PortalRequest, assignment_id: uuid.UUID) -> Assignment:
    """An assignment of a dossier in my care; 403 where the board officer decides."""
    row = get_object_or_404(assignments_kept_by(request.user, on=request.day), pk=assignment_id)
    request.page.names(
        row.dossier, ground=Ground.CUSTODIAN, unit=row.dossier.school_id, target=row.pk
    )
    if is_own(request, row.dossier) or row.user_id == request.user.pk:
        raise NotAllowed
    if row.kind == AssignmentKind.EMERGENCY.value:
        raise Http404
    return row


def _about(request: PortalRequest, row: Assignment) -> dict[str, Any]:
    back = reverse("pupil_assignments", args=[row.dossier_id])
    return frame(request, row.dossier.school, "pupils") | {
        "dossier": row.dossier,
        "row": row,
        "back": back,
    }


def _left_on(request: PortalRequest, dossier: Dossier) -> Any:
    weighing = Weighing.of(dossier.school, [dossier], on=request.day)
    return weighing.left.get(dossier.pupil_id)
