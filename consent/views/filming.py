"""Filming at school by parents (P15): asked, decided, and who may not be filmed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.filming import ask_to_film, decide_filming
from consent.forms.filming import AskToFilmForm, DecideFilmingForm, FilmingListForm

EARLIER_SHOWN = 30


@page(Permission.ANSWER_CONSENT, methods=("GET", "POST"))
def ask_filming(request: PortalRequest) -> HttpResponse:
    """A parent asks the director to film at school, and sees what was decided."""
    schools = list(
        queries.schools_of_children_visible_to(request.user, on=request.day).order_by("unit__name")
    )
    asked = queries.own_filming_visible_to(request.user, on=request.day)
    if not asked.exists() and not queries.is_parent_at_a_school(request.user, on=request.day):
        raise PermissionDenied  # a pupil, or a parent whose children all left
    form = AskToFilmForm(request.POST or None, schools=schools) if schools else None
    if request.method == "POST" and form is not None and form.is_valid():
        school, occasion = form.chosen_school, form.wanted()
        row = attempt(
            form,
            lambda: ask_to_film(school=school, occasion=occasion, by=request.user, on=request.day),
        )
        if row is not None:
            messages.success(request, _("Asked. The director decides; you read it here."))
            return redirect("ask_filming")
    context = {"form": form, "asked": asked.order_by("-day", "-asked_at")[:EARLIER_SHOWN]}
    return render(request, "consent/filming/ask.html", context)


@page(Permission.DECIDE_CONSENT)
def filming_requests(request: PortalRequest) -> HttpResponse:
    """What parents asked: first what waits, then what was decided."""
    rows = queries.filming_kept_by(request.user, on=request.day)
    waiting = rows.filter(decision="", day__gte=request.day).order_by("day", "asked_at")
    earlier = rows.exclude(pk__in=waiting.values("pk")).order_by("-day", "-asked_at")
    context = {"waiting": waiting, "earlier": earlier[:EARLIER_SHOWN]}
    return render(request, "consent/filming/requests.html", context)


@page(Permission.DECIDE_CONSENT, methods=("GET", "POST"), shows=Shows.PUPILS)
def decide_filming_request(request: PortalRequest, filming_id: uuid.UUID) -> HttpResponse:
    """The director says yes, no, or on which conditions."""
    rows = queries.filming_kept_by(request.user, on=request.day)
    row = get_object_or_404(rows, pk=filming_id)
    request.page.names(
        *queries.children_behind(row, on=request.day),
        ground=Ground.ADMINISTRATION,
        unit=row.school_id,
        target=row.pk,
    )
    form = DecideFilmingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = attempt(
            form,
            lambda: decide_filming(
                request=row,
                decision=data["decision"],
                said=data["said"],
                by=request.user,
                on=request.day,
            ),
        )
        if done is not None:
            messages.success(request, _("Decided. The parent reads it on the own page."))
            return redirect("filming_requests")
    context = {"row": row, "form": form, "is_over": row.day < request.day}
    return render(request, "consent/filming/decide.html", context)


@page(Permission.CHECK_CONSENT, shows=Shows.PUPILS, kind=Kind.LIST)
def filming_list(request: PortalRequest) -> HttpResponse:
    """Who may not be filmed by other parents on a day: for staff only, on one page of paper."""
    schools = sorted(
        queries.schools_to_check_visible_to(request.user, on=request.day),
        key=lambda school: school.name,
    )
    groups = queries.groups_to_check_visible_to(request.user, on=request.day)
    form = FilmingListForm(
        {"day": request.day.isoformat(), "school": schools[0].pk, **request.GET.dict()}
        | {"groups": request.GET.getlist("groups")},
        schools=schools,
        groups=list(groups.order_by("school__unit__name", "name", "pk")),
        today=request.day,
    )
    found, school = None, schools[0]
    if form.is_valid():
        school = form.chosen_school
        found = queries.those_not_filmed(
            request.user,
            on=request.day,
            school=school,
            groups=form.chosen_groups,
            day=form.cleaned_data["day"],
        )
    request.page.names(
        *(line.pupil for line in (found.lines if found else [])),
        ground=Ground.CHECK,
        unit=school.pk,
    )
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "school": school,
        "groups": form.chosen_groups if found else [],
        "day": form.cleaned_data.get("day"),
        "ground": Ground.CHECK.label,
    }
    return render(request, "consent/filming/list.html", context)
