"""The register of lesson recordings (P14): for own teaching, never published, deleted in time."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.recordings import (
    delete_recording,
    enter_recording,
    last_day_for,
    set_recording_term,
)
from consent.forms.recordings import ChooseLessonForm, DeletedForm, RecordingForm, TermForm
from consent.queries.purposes import boards_that_ask_visible_to
from students.models import Group

PER_PAGE = 30


@page(Permission.CHECK_CONSENT)
def recordings(request: PortalRequest) -> HttpResponse:
    """My recordings; for who keeps consent, those of everybody at the school."""
    is_deleted = request.GET.get("which") == "deleted"
    rows = queries.recordings_visible_to(request.user, on=request.day)
    rows = queries.with_pupils_out(rows.filter(deleted_at__isnull=not is_deleted))
    ordered = rows.order_by("ends_on", "-recorded_on", "pk")
    found = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "is_deleted": is_deleted,
        "today": request.day,
        "keeps": bool(request.user.memberships_with(Permission.RECORD_CONSENT, request.day)),
    }
    return render(request, "consent/recordings/recordings.html", context)


@page(Permission.CHECK_CONSENT)
def choose_recording(request: PortalRequest) -> HttpResponse:
    """For which group, on which day; the next page says who must stay out of view."""
    groups = list(
        queries.groups_to_check_visible_to(request.user, on=request.day).order_by(
            "school__unit__name", "name", "pk"
        )
    )
    sent = request.GET if "group" in request.GET else None
    form = ChooseLessonForm(sent, groups=groups, today=request.day)
    if sent is not None and form.is_valid():
        address = reverse("add_recording", args=[form.cleaned_data["group"]])
        return redirect(f"{address}?day={form.cleaned_data['day'].isoformat()}")
    context = {"form": form, "has_groups": bool(groups)}
    return render(request, "consent/recordings/choose.html", context)


@page(Permission.CHECK_CONSENT, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST)
def add_recording(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Who of the group may be recorded on that day, and the entry in the register."""
    groups = queries.groups_to_check_visible_to(request.user, on=request.day)
    group = get_object_or_404(groups, pk=group_id)
    day = _day_of(request)
    in_group = queries.those_in_group(group, request.user, day=day, on=request.day)
    request.page.names(
        *(one.pupil for one in in_group),
        ground=Ground.CHECK,
        unit=group.school_id,
        target=group.pk,
    )
    form = _form(request, group, day, in_group)
    if request.method == "POST" and form.is_valid():
        row = attempt(
            form,
            lambda: enter_recording(lesson=form.lesson(), by=request.user, on=request.day),
        )
        if row is not None:
            messages.success(request, _("Entered. You are reminded to delete it in time."))
            return redirect("recording", row.pk)
    context = {
        "form": form,
        "group": group,
        "day": day,
        "total": len(in_group),
        "without": [one for one in in_group if not one.is_allowed],
        "is_asked": bool(queries.recording_texts(group.school_year.board_id, day)),
        "last_day": last_day_for(group, day),
        "ground": Ground.CHECK.label,
    }
    return render(request, "consent/recordings/add.html", context)


def _form(
    request: PortalRequest, group: Group, day: date, in_group: list[queries.InGroup]
) -> RecordingForm:
    return RecordingForm(
        request.POST or None,
        group=group,
        day=day,
        without=[one.pupil for one in in_group if not one.is_allowed],
        last_day=last_day_for(group, day),
    )


def _day_of(request: PortalRequest) -> date:
    """The day in the address; today when there is none. 404 for what is no day of our time."""
    typed = request.GET.get("day", "")
    try:
        day = parse_date(typed) if typed else request.day
    except ValueError:
        day = None
    if day is None or abs(day - request.day) > timedelta(days=400):
        raise Http404
    return day


@page(Permission.CHECK_CONSENT, shows=Shows.PUPILS)
def recording(request: PortalRequest, recording_id: uuid.UUID) -> HttpResponse:
    """One recording: who was kept out of view, and for whom that has changed."""
    rows = queries.recordings_visible_to(request.user, on=request.day)
    row = get_object_or_404(rows, pk=recording_id)
    lines = queries.recorded_lines(row, on=request.day)
    request.page.names(
        *(line.pupil for line in lines), ground=Ground.CHECK, unit=row.school_id, target=row.pk
    )
    context = {
        "row": row,
        "in_view": sum(not line.is_out_of_view for line in lines),
        "out": [line.pupil for line in lines if line.is_out_of_view],
        "refused": [line.pupil for line in lines if line.is_refused_now and not row.deleted_on],
        "is_due": row.deleted_on is None and row.ends_on <= request.day,
        "ground": Ground.CHECK.label,
    }
    return render(request, "consent/recordings/recording.html", context)


@page(Permission.CHECK_CONSENT, methods=("GET", "POST"))
def end_recording(request: PortalRequest, recording_id: uuid.UUID) -> HttpResponse:
    """The recording was deleted: on which day."""
    rows = queries.recordings_visible_to(request.user, on=request.day)
    row = get_object_or_404(rows, pk=recording_id)
    form = DeletedForm(request.POST or None, today=request.day)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["deleted_on"]
        done = attempt(
            form,
            lambda: delete_recording(
                recording=row, deleted_on=day, by=request.user, on=request.day
            ),
        )
        if done is not None:
            messages.success(request, _("Recorded that it is deleted."))
            return redirect("recordings")
    return render(request, "consent/recordings/delete.html", {"row": row, "form": form})


@page(Permission.SET_PURPOSES, methods=("GET", "POST"))
def recording_term(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """How long the schools of a board keep lesson recordings at most."""
    boards = boards_that_ask_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards.select_related("unit"), pk=board_id)
    form = TermForm(request.POST or None, initial={"days": queries.days_kept(board.pk)})
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        set_recording_term(board=board, days=days, by=request.user, on=request.day)
        messages.success(request, _("Saved. It counts for recordings entered from now on."))
        return redirect("recording_term", board.pk)
    return render(request, "consent/recordings/term.html", {"board": board, "form": form})
