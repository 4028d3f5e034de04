"""Whether the log is whole: the newest seal, checks, and what they found. Names no pupil."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from audit.check_forms import CheckForm
from audit.checking import ask_check
from audit.heads import newest_head
from audit.queries import log_checks_visible_to
from audit.tasks import check_log
from audit.verdicts import Side

SHOWN = 20


@page(Permission.READ_LOG, methods=("GET", "POST"))
def log_checks(request: PortalRequest) -> HttpResponse:
    """The newest head and the checks so far; a new check is left to the worker."""
    form = CheckForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        check = ask_check(
            first=asked["first_day"],
            last=asked["last_day"],
            head=asked["head"],
            by=request.user,
            on=request.day,
        )
        check_log.defer(check_id=str(check.pk))
        return redirect("log_check", check.pk)
    checks = log_checks_visible_to(request.user, on=request.day)[:SHOWN]
    context = {"form": form, "checks": checks, "head": newest_head()}
    return render(request, "audit/checks.html", context)


@page(Permission.READ_LOG, kind=Kind.LOOK)
def log_check(request: PortalRequest, check_id: uuid.UUID) -> HttpResponse:
    """How far a check is, or what it found."""
    checks = log_checks_visible_to(request.user, on=request.day)
    check = get_object_or_404(checks, pk=check_id)
    if request.GET.get("again"):
        request.page.repeats()
    verdict = check.verdict
    context: dict[str, Any] = {"check": check, "verdict": verdict, "answers": []}
    if verdict is not None:
        context["answers"] = [
            {
                "side": side,
                "is_good": side.value not in verdict.first,
                "first": verdict.first.get(side.value),
                "found": verdict.found_on(side),
            }
            for side in Side
        ]
    return render(request, "audit/check.html", context)
