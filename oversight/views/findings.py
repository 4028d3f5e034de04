"""Findings, for who judges and who supervises."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from audit.lines import lines
from audit.subjects import Subject
from oversight.actions.findings_judging import judge_finding
from oversight.findings_words import RULES, shown
from oversight.forms.findings import JudgeForm
from oversight.models import Finding
from oversight.queries import findings as queries
from oversight.queries.findings_assent import schools_of_assent_visible_to, standing_assents

PER_PAGE = 30
ROWS_A_PAGE = 50


@page(Permission.READ_FINDINGS, kind=Kind.LIST)
def findings(request: PortalRequest) -> HttpResponse:
    """What stood out: first what nobody judged, the newest first."""
    user, day = request.user, request.day
    which = "judged" if request.GET.get("which") == "judged" else "open"
    rows = queries.findings_visible_to(user, on=day)
    waiting = queries.open_findings_visible_to(user, on=day)
    chosen = rows.exclude(pk__in=waiting.values("pk")) if which == "judged" else waiting
    ordered = queries.with_outcome(chosen).order_by(*queries.NEWEST_FIRST)
    found = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    schools = list(schools_of_assent_visible_to(user, on=day).order_by("unit__name"))
    agreed = standing_assents(schools)
    context = {
        "which": which,
        "page": found,
        "shown": [shown(row) for row in found],
        "judges": bool(user.memberships_with(Permission.JUDGE_FINDINGS, day)),
        "without_assent": [school for school in schools if school.pk not in agreed],
    }
    return render(request, "oversight/findings/list.html", context)


def rows_of(request: PortalRequest, finding: Finding, *, is_own: bool) -> dict[str, Any]:
    """The rows behind a finding in words, with the pupils that the reader may see named."""
    found: Page[Any] = Paginator(queries.rows_behind(finding), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    keys = {key for row in found for key in row.subjects}
    name = queries.own_pupils_named if is_own else queries.pupils_named
    made = lines(found, name(keys, request.user, on=request.day))
    names_pupils(request, finding, ground=Ground.OWN if is_own else Ground.OVERSIGHT)
    return {"page": found, "lines": made}


def names_pupils(request: PortalRequest, finding: Finding, *, ground: str) -> None:
    """What was said of a finding is said about its pupils, whichever rows the page shows."""
    pupils = [Subject(key, "") for key in finding.subjects]
    request.page.names(*pupils, ground=ground, unit=finding.unit_id, target=finding.pk)


def about(finding: Finding) -> dict[str, Any]:
    """A finding and its rule in words."""
    return {
        "one": shown(finding),
        "rule_words": RULES.get(finding.rule),
        "ground": Ground.OVERSIGHT.label,
    }


@page(Permission.READ_FINDINGS, shows=Shows.PUPILS)
def finding(request: PortalRequest, finding_id: uuid.UUID) -> HttpResponse:
    """One finding: what was counted, the rows, what was said, and how it was judged."""
    row = _found(request, finding_id)
    to_judge = queries.findings_to_judge_visible_to(request.user, on=request.day)
    context = {
        **about(row),
        **rows_of(request, row, is_own=False),
        "judgements": queries.judgements_of(row),
        "replies": queries.replies_of(row),
        "may_judge": to_judge.filter(pk=row.pk).exists(),
    }
    return render(request, "oversight/findings/finding.html", context)


@page(Permission.JUDGE_FINDINGS, methods=("GET", "POST"), shows=Shows.PUPILS)
def judge(request: PortalRequest, finding_id: uuid.UUID) -> HttpResponse:
    """Explained, to discuss, or an incident, with a note. It stays; another opinion is added."""
    to_judge = queries.findings_to_judge_visible_to(request.user, on=request.day)
    row = get_object_or_404(queries.with_outcome(to_judge), pk=finding_id)
    names_pupils(request, row, ground=Ground.OVERSIGHT)
    judged = queries.judgements_of(row)
    form = JudgeForm(request.POST or None, initial={"seen": len(judged)})
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _judge(request, row, form))
        if done is not None:
            messages.success(request, _("Judged. It stays as you wrote it."))
            return redirect("finding", row.pk)
    context = {
        **about(row),
        "form": form,
        "judgements": judged,
        "replies": queries.replies_of(row),
    }
    return render(request, "oversight/findings/judge.html", context)


def _judge(request: PortalRequest, row: Finding, form: JudgeForm) -> object:
    data = form.cleaned_data
    return judge_finding(
        finding=row,
        outcome=data["outcome"],
        note=data["note"],
        seen=data["seen"],
        by=request.user,
        on=request.day,
    )


def _found(request: PortalRequest, finding_id: uuid.UUID) -> Finding:
    rows = queries.with_outcome(queries.findings_visible_to(request.user, on=request.day))
    return get_object_or_404(rows, pk=finding_id)
