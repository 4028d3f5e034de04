"""Erasing part of a dossier on request: what waits, asking, and one request with its decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from retention import queries
from retention.actions.erasures import (
    approve_erasure,
    ask_erasure,
    refuse_erasure,
    steps_for,
    withdraw_erasure,
)
from retention.backups.expiring import makes_copies
from retention.forms.erasures import ARTICLES, AskForm, DecideForm, FindForm, in_words
from retention.models import Erasure
from retention.queries import erasures as found
from retention.queries.copies import copied_since
from retention.rules.erasures import State, Step, is_late
from retention.views.frame import ways

PER_PAGE = 30
GROUND = Ground.RETENTION


@page(Permission.SEE_ERASURES, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST,
      reads_only=True)  # fmt: skip
def erasures(request: PortalRequest) -> HttpResponse:
    """Requests with their state, what was withdrawn and still stands, and finding a dossier."""
    user, on = request.user, request.day
    may_ask = bool(user.memberships_with(Permission.ASK_ERASURE, on))
    form = FindForm(request.POST or None)
    typed = form.cleaned_data["q"] if request.method == "POST" and form.is_valid() else ""
    if typed:
        request.page.becomes(Kind.SEARCH)
    dossiers = list(found.found_to_erase_from(user, typed, on=on)[:PER_PAGE]) if typed else []
    rows = found.by_what_waits(found.erasures_visible_to(user, on=on))
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    withdrawn = found.withdrawn_and_kept() if may_ask else []
    visible = found.dossiers_to_erase_from_visible_to(user, on=on)
    theirs = visible.in_bulk({one.dossier_id for one in withdrawn[:PER_PAGE]})
    waiting = [(one, theirs[one.dossier_id]) for one in withdrawn if one.dossier_id in theirs]
    request.page.names(
        *(row.dossier for row in shown.object_list), *theirs.values(), *dossiers, ground=GROUND
    )
    context = {
        "shown": shown,
        "rows": [(row, _is_late(row, on)) for row in shown.object_list],
        "withdrawn": waiting,
        "more_withdrawn": len(withdrawn) - len(waiting),
        "may_ask": may_ask,
        "form": form,
        "typed": typed,
        "dossiers": dossiers,
        "ground": GROUND.label,
    }
    return render(request, "retention/erasures/list.html", context | ways(request))


@page(Permission.ASK_ERASURE, methods=("GET", "POST"), shows=Shows.PUPIL, kind=Kind.CHANGE)
def ask(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """What stands in a dossier, without what it says, and what is asked of it."""
    by, on = request.user, request.day
    rows = found.dossiers_to_erase_from_visible_to(by, on=on)
    dossier = get_object_or_404(rows, pk=dossier_id)
    request.page.names(dossier, ground=GROUND, unit=dossier.school_id, target=dossier.pk)
    headers = found.erasable_in(dossier)
    initial = {"what": request.GET.get("what", ""), "received_on": on}
    form = AskForm(request.POST or None, found=headers, on=on, initial=initial)
    if request.method == "POST" and form.is_valid():
        what, asked = form.what_and_asked()
        row = attempt(
            form, lambda: ask_erasure(dossier=dossier, what=what, asked=asked, by=by, on=on)
        )
        if row is not None:
            messages.success(request, _("Asked. A second person, of the board, decides now."))
            return redirect("erasure", row.pk)
    context = {
        "dossier": dossier,
        "form": form,
        "headers": headers,
        "is_held": queries.dossier_is_held(dossier.pk, on),
        "ground": GROUND.label,
    }
    return render(request, "retention/erasures/ask.html", context)


@page(Permission.SEE_ERASURES, methods=("GET", "POST"), shows=Shows.PUPIL)
def erasure(request: PortalRequest, erasure_id: uuid.UUID) -> HttpResponse:
    """One request with its words, its steps, and the decision of who may take it."""
    user, on = request.user, request.day
    rows = found.erasures_visible_to(user, on=on)
    rows = rows.select_related(
        *("dossier__pupil", "dossier__school__unit", "proposed_by", "approved_by", "ended_by")
    )
    row = get_object_or_404(rows, pk=erasure_id)
    request.page.names(row.dossier, ground=GROUND, unit=row.dossier.school_id, target=row.pk)
    sent = next((step for step in Step if step == request.POST.get("step")), None)
    forms = {
        step.value: DecideForm(request.POST if step is sent else None, step=step) for step in Step
    }
    if sent is not None and forms[sent].is_valid():
        _decide(request, row, sent, forms[sent].said)
        return redirect("erasure", row.pk)
    header = found.header_of(row)
    context = _of(row, on) | {
        "what": in_words(header) if header else "",
        "words": found.words_of(row, user, on=on),
        "may": {step.value: forms[step] for step in steps_for(row, user, on=on)},
        "is_own": row.proposed_by_id == user.pk,
        "nobody_decides": row.state is State.OPEN and not found.deciders_of(row, on=on),
    }
    return render(request, "retention/erasures/erasure.html", context)


def _decide(request: PortalRequest, row: Erasure, step: Step, words: str) -> None:
    by, on = request.user, request.day
    acts: dict[Step, tuple[Callable[[], None], str]] = {
        Step.APPROVE: (
            lambda: approve_erasure(erasure=row, by=by, on=on),
            _("Approved. A whole day follows in which you can take it back. Then it is erased."),
        ),
        Step.REFUSE: (
            lambda: refuse_erasure(erasure=row, words=words, by=by, on=on),
            _("Refused. The school tells who asked, with the reason."),
        ),
        Step.WITHDRAW: (
            lambda: withdraw_erasure(erasure=row, words=words, by=by, on=on),
            _("Taken back. Nothing was erased."),
        ),
    }
    act, done = acts[step]
    attempt_and_tell(request, act, done=done)


def _of(row: Erasure, on: date) -> dict[str, Any]:
    return {
        "erasure": row,
        "dossier": row.dossier,
        "state": row.state.value,
        "article": ARTICLES[row.because],
        "is_late": _is_late(row, on),
        "is_held": queries.dossier_is_held(row.dossier_id, on),
        "is_overdue": row.begins_on is not None and row.begins_on < on,
        "makes_copies": makes_copies(),
        "keys_copied": copied_since(row.done_at),
        "needs_letter": row.asker != Erasure.Asker.SCHOOL
        and row.state in (State.DONE, State.GONE, State.REFUSED, State.WITHDRAWN),
        "ground": GROUND.label,
    }


def _is_late(row: Erasure, on: date) -> bool:
    """Whether nobody decided about it within the days that the law gives."""
    return row.state is State.OPEN and is_late(row.received_on, on)
