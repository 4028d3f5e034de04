"""What families read of who looked: the board's choice, and what is held back in one case."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from oversight.actions.looks import choose_names, give_free, hold_back
from oversight.forms.looks import FindPupilForm, HoldBackForm, NamesForm
from oversight.looks_wording import shown
from oversight.queries import looks as look_queries
from oversight.queries import looks_allowed as queries

HOLD = Permission.HOLD_BACK_LOOKS


@page(Permission.MANAGE_BOARD, methods=("GET", "POST"), kind=Kind.CHANGE)
def look_names(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """The board chooses whether families read names or roles only; what it chose before stays."""
    boards = queries.boards_that_choose_names_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards, pk=board_id)
    now = "names" if look_queries.are_named(board.pk) else "roles"
    form = NamesForm(request.POST or None, initial={"show": now})
    if request.method == "POST" and form.is_valid():
        with_names = form.cleaned_data["show"] == "names"
        choose_names(board=board, with_names=with_names, by=request.user, on=request.day)
        messages.success(request, _("Saved. Families read it so from now on."))
        return redirect("look_names", board.pk)
    context = {"board": board, "form": form, "now": now, "choices": queries.choices_of(board)}
    return render(request, "oversight/looks/names.html", context)


@page(HOLD, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST, reads_only=True)
def held_back(request: PortalRequest) -> HttpResponse:
    """What is held back now, the first last day on top; and finding a pupil by name."""
    form = FindPupilForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        request.page.becomes(Kind.SEARCH)
        typed = form.cleaned_data["typed"]
        found = queries.pupils_named(typed, request.user, on=request.day)
    rows = queries.held_back_visible_to(request.user, on=request.day)
    running = list(queries.running_on(rows, request.day).order_by("ends_on", "pk"))
    request.page.names(*(row.pupil for row in running), *(found or ()), ground=Ground.OVERSIGHT)
    soon = request.day + queries.REVIEWED_WITHIN
    context = {
        "form": form,
        "found": found,
        "running": [{"row": row, "is_soon": row.ends_on <= soon} for row in running],
        "ground": Ground.OVERSIGHT.label if running or found else "",
    }
    return render(request, "oversight/looks/held_back.html", context)


@page(HOLD, methods=("GET", "POST"), shows=Shows.PUPIL)
def hold_back_looks(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """One case: who looked, with names; what is held back, why and until when; holding back."""
    user, day = request.user, request.day
    pupil = get_object_or_404(queries.pupils_held_back_by(user, on=day), pk=pupil_id)
    before = _day(request.GET.get("before"))
    seen = look_queries.everything_looked(pupil, on=day, before=before)
    looks = [look for line in seen.lines for look in line.looks if look.who != user.pk]
    people = {look.who: look.name for look in looks}
    form = HoldBackForm(request.POST or None, colleagues=people)
    request.page.names(pupil, ground=Ground.OVERSIGHT)
    if request.method == "POST":
        request.page.becomes(Kind.CHANGE)
        if form.is_valid():
            wanted = form.wanted()
            if attempt(form, lambda: hold_back(pupil=pupil, wanted=wanted, by=user, on=day)):
                messages.success(request, _("Held back. The family's page shows no trace of it."))
                return redirect("hold_back_looks", pupil.pk)
    rows = queries.held_back_visible_to(user, on=day).filter(pupil=pupil)
    held = list(rows.order_by("-recorded_at", "pk"))
    reasons = queries.reasons_of(held)
    context = {
        "pupil": pupil,
        "lines": shown(seen.lines, schools=seen.schools),
        "seen": seen,
        "form": form,
        "held": [
            {"row": row, "why": reasons[row.pk], "is_running": queries.is_running(row, day)}
            for row in held
        ],
        "ground": Ground.OVERSIGHT.label,
    }
    return render(request, "oversight/looks/hold_back.html", context)


@page(HOLD, methods=("GET", "POST"), shows=Shows.PUPIL, kind=Kind.CHANGE)
def give_looks_free(request: PortalRequest, held_id: uuid.UUID) -> HttpResponse:
    """Ends holding back at once, after asking once more."""
    rows = queries.held_back_visible_to(request.user, on=request.day)
    row = get_object_or_404(rows, pk=held_id)
    request.page.names(row, ground=Ground.OVERSIGHT)
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: give_free(row=row, by=request.user, on=request.day),
            done=_("Ended. The family reads it again."),
        )
        return redirect("hold_back_looks", row.pupil_id)
    return render(request, "oversight/looks/give_free.html", {"row": row})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
