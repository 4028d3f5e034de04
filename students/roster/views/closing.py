"""Approving, starting and cancelling."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from students.models import RosterImport
from students.roster import actions, queries
from students.roster.steps import STEPS
from students.tasks import apply_roster_import


@page(Permission.IMPORT_ROSTER, methods=("GET", "POST"), kind=Kind.CHANGE)
def roster_approve(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then approves and starts."""
    found = _found(request, import_id)
    if request.method == "GET":
        context = {"import": found, "steps": STEPS}
        return render(request, "students/roster/approve.html", context)
    try:
        actions.approve_import(roster_import=found, by=request.user, on=request.day)
        _start(request, found)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    return redirect("roster_import", import_id)


@page(Permission.IMPORT_ROSTER, methods=("POST",), kind=Kind.CHANGE)
def roster_start(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Starts an approved import again that stopped half-way: nothing of it was done."""
    found = _found(request, import_id)
    try:
        _start(request, found)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    return redirect("roster_import", import_id)


def _start(request: PortalRequest, roster_import: RosterImport) -> None:
    """Leaves the work to a worker where there is one; else does it now."""
    if queries.worker_is_there():
        apply_roster_import.defer(import_id=str(roster_import.pk), by_id=str(request.user.pk))
        messages.info(request, _("The import has started. You may leave this page."))
    else:
        actions.apply_import(import_id=roster_import.pk, by=request.user, on=request.day)
        messages.success(request, _("The import is done."))


@page(Permission.IMPORT_ROSTER, methods=("GET", "POST"), kind=Kind.CHANGE)
def roster_cancel(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then throws the plan away."""
    found = _found(request, import_id)
    if request.method == "GET":
        return render(request, "students/roster/cancel.html", {"import": found})
    try:
        actions.cancel_import(roster_import=found, by=request.user, on=request.day)
        messages.success(request, _("The plan is gone. Nothing was changed."))
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    return redirect("roster_imports")


def _found(request: PortalRequest, import_id: uuid.UUID) -> RosterImport:
    return get_object_or_404(queries.imports_visible_to(request.user, on=request.day), pk=import_id)
