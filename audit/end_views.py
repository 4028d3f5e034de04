"""The log's own end: what the term is, which months may leave, and the two who decide it."""

from __future__ import annotations

import uuid
from datetime import date

from allauth.account.forms import ReauthenticateForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import confirming
from access.attempts import attempt, attempt_and_tell
from access.errors import Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from audit import ending, ends, rules
from audit.forms import LogTermForm
from audit.models import LogEnd

NOT_TAKEN = 422


@page(Permission.SEE_LOG_END)
def log_end(request: PortalRequest) -> HttpResponse:
    """The term, the months whose term is over, and those that left."""
    boards = ends.boards_of_log_visible_to(request.user, on=request.day)
    user, day = request.user, request.day
    context = {
        "boards": [(board, ends.term_of(board)) for board in boards.order_by("name")],
        "longest": ends.longest_term(),
        "default": rules.YEARS,
        "due": ends.months_due(user, on=day),
        "following": ends.next_month_due(on=day),
        "left": ends.months_left(),
        "may_decide": bool(user.memberships_with(Permission.DECIDE_LOG_END, day)),
        "may_sign": bool(user.memberships_with(Permission.SIGN_LOG_END, day)),
        "may_read": bool(user.memberships_with(Permission.READ_LOG, day)),
    }
    return render(request, "audit/end.html", context)


@page(Permission.DECIDE_LOG_END, methods=("GET", "POST"), kind=Kind.CHANGE)
def set_log_term(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """How long the board needs the log, and by which law."""
    boards = ends.boards_of_log_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards, pk=board_id)
    term = ends.term_of(board)
    now = {"years": term.years, "source": term.source} if term else {"years": rules.YEARS}
    form = LogTermForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> object:
            return ending.set_log_term(
                board=board,
                years=data["years"],
                source=data["source"],
                by=request.user,
                on=request.day,
            )

        if attempt(form, act):
            return redirect("log_end")
    return render(request, "audit/end_term.html", {"form": form, "board": board})


@page(Permission.DECIDE_LOG_END, methods=("POST",), kind=Kind.CHANGE)
def decide_log_end(
    request: PortalRequest, board_id: uuid.UUID, year: int, month: int
) -> HttpResponse:
    """The first of the two persons decides."""
    boards = ends.boards_of_log_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards, pk=board_id)
    first = _month(year, month)
    attempt_and_tell(
        request,
        lambda: ending.decide_log_end(board=board, month=first, by=request.user, on=request.day),
        done=_("Decided. Now a board officer signs it."),
    )
    return redirect("log_end")


@page(Permission.SIGN_LOG_END, methods=("GET", "POST"), kind=Kind.CHANGE)
def sign_log_end(request: PortalRequest, end_id: uuid.UUID) -> HttpResponse:
    """Shows what leaves, asks who it is unless that was confirmed just now, and signs."""
    end = _end(request, end_id)
    if request.method != "POST":
        return _to_sign(request, end)
    try:
        form = confirming.confirm(request)
    except confirming.TooOften:
        return render(request, "429.html", status=429)
    if form is not None:
        return _to_sign(request, end, form=form)
    try:
        ending.sign_log_end(end=end, by=request.user, on=request.day)
    except Refused as refusal:
        return _to_sign(request, end, refused=str(refusal.sentence))
    return redirect("log_end")


@page(Permission.DECIDE_LOG_END, methods=("POST",), kind=Kind.CHANGE)
def withdraw_log_end(request: PortalRequest, end_id: uuid.UUID) -> HttpResponse:
    """Takes a decision back as long as the month is there."""
    end = _end(request, end_id)
    attempt_and_tell(
        request,
        lambda: ending.withdraw_log_end(end=end, by=request.user, on=request.day),
        done=_("Taken back. The month stays."),
    )
    return redirect("log_end")


def _to_sign(
    request: PortalRequest,
    end: LogEnd,
    *,
    form: ReauthenticateForm | None = None,
    refused: str = "",
) -> HttpResponse:
    asked = confirming.asked_of(request, back=reverse("sign_log_end", args=[end.pk]), form=form)
    context = {
        "end": end,
        "rows": ends.months_with_rows().get(end.month, 0),
        "term": ends.term_of(end.board),
        "asked": asked,
        "refused": refused,
        "name": date_format(end.month, "F Y"),
    }
    return render(request, "audit/end_sign.html", context, status=NOT_TAKEN if refused else 200)


def _end(request: PortalRequest, end_id: uuid.UUID) -> LogEnd:
    return get_object_or_404(ends.log_ends_visible_to(request.user, on=request.day), pk=end_id)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError:
        raise Http404 from None
