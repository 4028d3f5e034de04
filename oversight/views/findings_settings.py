"""The rules as the board set them, and the assent of the staff section."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from oversight.actions.findings_settings import record_assent, set_rule, withdraw_assent
from oversight.findings_words import RULES, rules_shown
from oversight.forms.findings import AssentForm, RuleForm, WithdrawAssentForm
from oversight.queries import findings_assent as queries
from oversight.queries.findings_facts import settings_of
from oversight.rules.findings import BY_CODE


@page(Permission.SEE_OWN_FINDINGS)
def finding_rules(request: PortalRequest) -> HttpResponse:
    """What is looked for, for everybody who works here: nobody is watched in secret."""
    user, day = request.user, request.day
    schools = list(queries.schools_of_staff_visible_to(user, on=day).order_by("unit__name"))
    agreed = queries.standing_assents(schools)
    setting = queries.boards_setting_rules_visible_to(user, on=day)
    boards = {school.board_id: school.board for school in schools}
    boards |= {board.pk: board for board in setting}
    mine = {board.pk for board in setting}
    context = {
        "boards": [
            {"board": board, "rules": rules_shown(settings_of(key)), "may_set": key in mine}
            for key, board in boards.items()
        ],
        "schools": [(school, agreed.get(school.pk)) for school in schools],
    }
    return render(request, "oversight/findings/rules.html", context)


@page(Permission.SET_FINDING_RULES, methods=("GET", "POST"), kind=Kind.CHANGE)
def finding_rule(request: PortalRequest, board_id: uuid.UUID, rule: str) -> HttpResponse:
    """How the board sets one rule. It counts for the days after today."""
    boards = queries.boards_setting_rules_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards, pk=board_id)
    form = RuleForm(request.POST or None, rule=BY_CODE[rule], setting=settings_of(board.pk)[rule])
    if request.method == "POST" and form.is_valid():
        by, on, wanted = request.user, request.day, form.setting()
        changed = attempt(
            form, lambda: set_rule(board=board, rule=rule, setting=wanted, by=by, on=on)
        )
        if changed:
            messages.success(request, _("Saved. It counts for the days after today."))
        elif changed is False:
            messages.info(request, _("Nothing was different, so nothing was changed."))
        if changed is not None:
            return redirect("finding_rules")
    context = {"board": board, "words": RULES[rule], "form": form}
    return render(request, "oversight/findings/rule.html", context)


@page(Permission.READ_FINDINGS, kind=Kind.LIST)
def assents(request: PortalRequest) -> HttpResponse:
    """At which schools the staff section agreed, with its proof, and what was withdrawn."""
    user, day = request.user, request.day
    schools = list(queries.schools_of_assent_visible_to(user, on=day).order_by("unit__name"))
    kept = set(queries.schools_of_assent_kept_by(user, on=day).values_list("pk", flat=True))
    ended = set(queries.schools_of_assent_ended_by(user, on=day).values_list("pk", flat=True))
    by_school: dict[uuid.UUID, list[queries.AssentLine]] = {}
    for line in queries.assent_lines(user, on=day):
        by_school.setdefault(line.row.school_id, []).append(line)
    context = {
        "schools": [
            {
                "school": school,
                "lines": by_school.get(school.pk, []),
                "stands": any(
                    line.row.withdrawn_at is None for line in by_school.get(school.pk, [])
                ),
                "may_keep": school.pk in kept,
                "may_end": school.pk in ended,
            }
            for school in schools
        ]
    }
    return render(request, "oversight/findings/assents.html", context)


@page(Permission.KEEP_STAFF_ASSENT, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_assent(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """Records that the staff section agreed: from tomorrow on findings about people are made."""
    schools = queries.schools_of_assent_kept_by(request.user, on=request.day)
    school = get_object_or_404(schools, pk=school_id)
    form = AssentForm(request.POST or None, today=request.day)
    if request.method == "POST" and form.is_valid():
        by, on, decided = request.user, request.day, form.decided()
        row = attempt(form, lambda: record_assent(school=school, decided=decided, by=by, on=on))
        if row is not None:
            messages.success(
                request, _("Recorded. From tomorrow on findings are about people too.")
            )
            return redirect("staff_assents")
    return render(request, "oversight/findings/add_assent.html", {"school": school, "form": form})


@page(Permission.KEEP_STAFF_ASSENT, methods=("GET", "POST"), kind=Kind.CHANGE)
def end_assent(request: PortalRequest, assent_id: uuid.UUID) -> HttpResponse:
    """Records that it was withdrawn: no findings about people of later days."""
    row = get_object_or_404(queries.assents_ended_by(request.user, on=request.day), pk=assent_id)
    form = WithdrawAssentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, on, reason = request.user, request.day, form.cleaned_data["reason"]
        ended = attempt(form, lambda: withdraw_assent(assent=row, reason=reason, by=by, on=on))
        if ended is not None:
            messages.success(
                request, _("Recorded. Of the days after today no findings about people are made.")
            )
            return redirect("staff_assents")
    return render(request, "oversight/findings/end_assent.html", {"row": row, "form": form})
