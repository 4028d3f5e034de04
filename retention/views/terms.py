"""How long each kind of record is kept, and setting another term: always two people."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.gate import Kind as PageKind
from access.gate import PortalRequest, page
from access.permissions import Permission
from retention import queries
from retention.actions.terms import approve_term, propose_term, withdraw_term
from retention.forms.terms import TermForm
from retention.kinds import Kind
from retention.models import TermChange
from retention.queries.unsaid import terms_not_said
from retention.terms import KINDS
from retention.views.calendar import months_ahead
from retention.views.frame import ways
from students.models import Board


@page(Permission.SEE_RETENTION)
def retention_terms(request: PortalRequest) -> HttpResponse:
    """Every kind of record: its term, its start, its source, and what is destroyed."""
    boards = queries.boards_with_terms_visible_to(request.user, on=request.day)
    sets = set(request.user.units_with(Permission.SET_TERMS, request.day))
    shown = [
        {
            "board": board,
            "lines": queries.lines_of(board),
            "may_set": board.pk in sets,
            "unsaid": terms_not_said([board.pk]),
        }
        for board in boards.order_by("unit__name")
    ]
    context = {"boards": shown, "may_set_any": bool(sets)}
    return render(request, "retention/terms/list.html", context | ways(request))


@page(Permission.SET_TERMS, methods=("GET", "POST"), kind=PageKind.CHANGE)
def propose_retention_term(
    request: PortalRequest, board_id: uuid.UUID, kind_code: str
) -> HttpResponse:
    """Another term for one kind of record; nothing changes before a second person approved."""
    board = _board(request, board_id)
    kind = _kind(kind_code)
    now = queries.terms_of([board.pk])[board.pk].span(kind)
    initial = {"years": now.years, "starts": now.start}
    form = TermForm(request.POST or None, kind=kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        by, on = request.user, request.day
        row = attempt(
            form,
            lambda: propose_term(board=board, kind=kind, proposal=form.proposal(), by=by, on=on),
        )
        if row is not None:
            messages.success(request, _("Proposed. Below you see what it would change."))
            return redirect("term_change", row.pk)
    context = {"board": board, "kind": kind, "now": now, "form": form}
    return render(request, "retention/terms/propose.html", context)


@page(Permission.SEE_RETENTION)
def term_change(request: PortalRequest, change_id: uuid.UUID) -> HttpResponse:
    """A proposed term with what it would change: per school and month, and what is held."""
    change = _change(request, change_id)
    visible = queries.schools_falling_due_visible_to(request.user, on=request.day)
    schools = list(visible.filter(board=change.board_id).order_by("unit__name"))
    sets = change.board_id in request.user.units_with(Permission.SET_TERMS, request.day)
    until = months_ahead(request.day)
    context = {
        "change": change,
        "kind": change.kind_of_record,
        "is_own": change.proposed_by_id == request.user.pk,
        "may_set": sets and change.is_open,
        "until": until,
        "many_schools": len(schools) > 1,
    }
    if change.is_open:
        now = queries.terms_of([change.board_id])[change.board_id].span(change.kind_of_record)
        found = queries.what_if(change, schools, on=request.day, until=until)
        context |= {"now": now, "now_from": TermChange.Starts(now.start).label, "found": found}
    return render(request, "retention/terms/change.html", context)


@page(Permission.SET_TERMS, methods=("POST",), kind=PageKind.CHANGE)
def approve_retention_term(request: PortalRequest, change_id: uuid.UUID) -> HttpResponse:
    """The second person's yes: the term counts from now on."""
    return _decide(request, change_id, approve_term, _("Approved. The term counts from now on."))


@page(Permission.SET_TERMS, methods=("POST",), kind=PageKind.CHANGE)
def withdraw_retention_term(request: PortalRequest, change_id: uuid.UUID) -> HttpResponse:
    """A no, or taken back by who proposed it: the term that counted goes on."""
    return _decide(request, change_id, withdraw_term, _("The term is not changed."))


def _decide(
    request: PortalRequest, change_id: uuid.UUID, act: Callable[..., object], done: str
) -> HttpResponse:
    change = _change(request, change_id)
    attempt_and_tell(
        request, lambda: act(change=change, by=request.user, on=request.day), done=done
    )
    return redirect("term_change", change.pk)


def _board(request: PortalRequest, board_id: uuid.UUID) -> Board:
    boards = queries.boards_with_terms_visible_to(request.user, on=request.day)
    return get_object_or_404(boards, pk=board_id)


def _kind(code: str) -> Kind:
    kind = KINDS.get(code)
    if kind is None or not kind.may_be_set:
        raise Http404
    return kind


def _change(request: PortalRequest, change_id: uuid.UUID) -> TermChange:
    rows = queries.term_changes_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=change_id)
