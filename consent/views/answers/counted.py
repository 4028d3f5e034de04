"""The board of answers in numbers: per question and per group, with a way to each pupil."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render

from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from consent.presenting import shown_states
from consent.queries.answers import answering_schools_visible_to
from consent.views.answers.looking import look


@page(Permission.READ_CONSENT, kind=Kind.LIST)
def answers(request: PortalRequest) -> HttpResponse:
    """My schools; with one only, at once its board."""
    schools = answering_schools_visible_to(request.user, on=request.day)
    found = list(schools.order_by("unit__name"))
    if len(found) == 1:
        return redirect("school_answers", found[0].pk)
    return render(request, "consent/answers/schools.html", {"schools": found})


@page(Permission.READ_CONSENT, kind=Kind.LIST)
def school_answers(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """How many pupils stand where: in all, per question and per group."""
    looked = look(request, school_id, request.GET)
    board, purpose, group = looked.board, looked.purpose, looked.group
    context = looked.for_page() | {
        "total": board.total(purpose=purpose, group=group),
        "total_states": shown_states(of_one=purpose is not None),
        "purposes": [] if purpose else board.by_purpose(group=group),
        "groups": [] if group else board.by_group(purpose=purpose),
        "one_states": shown_states(of_one=True),
    }
    return render(request, "consent/answers/board.html", context)
