"""Looking at one matter with its words, and ending it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.models import User
from access.permissions import Permission
from consent import queries
from consent.actions import matters as actions
from consent.forms.words import EndForm, ReasonForm
from consent.queries.matters import Sort, stands_on, words_of
from consent.views.pupil.frame import Kept, Words, answer, around, kept_pupil
from vault.errors import Unreadable


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL)
def consent_matter(request: PortalRequest, sort: str, matter_id: uuid.UUID) -> HttpResponse:
    """One matter with its words, opened: each such look is a row in the log."""
    kind, row, kept = _matter(request, sort, matter_id)
    context = _of_matter(request, kind, row, kept)
    try:
        context["said"] = words_of(row)
    except Unreadable:
        return render(request, "consent/pupil/unreadable.html", context, status=500)
    return render(request, "consent/pupil/matter.html", context)


def _end(kind: Sort, row: Any, *, reason: str, by: User, on: date) -> None:
    match kind:
        case Sort.BLOCK:
            actions.lift_safety_block(block=row, reason=reason, by=by, on=on)
        case Sort.OBJECTION:
            actions.lift_objection(objection=row, reason=reason, by=by, on=on)
        case Sort.ORDER:
            actions.end_court_order(order=row, by=by, on=on)
        case Sort.UNABLE:
            actions.end_unable(decision=row, by=by, on=on)
        case Sort.UNREACHABLE:
            actions.end_unreachable(decision=row, by=by, on=on)


@page(Permission.DECIDE_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def end_matter(request: PortalRequest, sort: str, matter_id: uuid.UUID) -> HttpResponse:
    """The director lifts an objection or a block with a reason, or ends a decision or order."""
    kind, row, kept = _matter(request, sort, matter_id)
    is_lifted = kind in (Sort.BLOCK, Sort.OBJECTION)
    sent = request.POST if request.method == "POST" else None
    others = [] if is_lifted else queries.recorded_with(request.user, row, kind, on=request.day)
    form = ReasonForm(sent) if is_lifted else EndForm(sent, has_others=bool(others))

    def act() -> None:
        reason = form.cleaned_data.get("reason", "")
        with transaction.atomic():
            _end(kind, row, reason=reason, by=request.user, on=request.day)
            for other in others if isinstance(form, EndForm) and form.ends_all else ():
                _end(kind, other, reason=reason, by=request.user, on=request.day)

    context = _of_matter(request, kind, row, kept)
    return answer(request, form, act, words=_ENDS[kind], context=context)


_ENDS = {
    Sort.BLOCK: Words(
        _("Lift the safety block"),
        _("What everybody answered counts again at once, at every school of the board."),
        _("Lift the block"),
        _("The safety block is lifted."),
        is_grave=True,
    ),
    Sort.OBJECTION: Words(
        _("Lift the objection"),
        _("What everybody answered counts again at once. The reason is kept."),
        _("Lift the objection"),
        _("The objection is lifted."),
    ),
    Sort.ORDER: Words(
        _("End the court order"),
        _("For one that was recorded by mistake or replaced. It counts from today no more."),
        _("End the order"),
        _("The court order is ended."),
        is_grave=True,
    ),
    Sort.UNABLE: Words(
        _("The pupil decides again"),
        _("The pupil answers for itself again from today. What others answered stays readable."),
        _("End the decision"),
        _("The decision is ended."),
    ),
    Sort.UNREACHABLE: Words(
        _("This parent is back"),
        _("The answer of this parent is waited for again from today."),
        _("End the decision"),
        _("The decision is ended."),
    ),
}


def _matter(request: PortalRequest, sort: str, matter_id: uuid.UUID) -> tuple[Sort, Any, Kept]:
    if sort not in set(Sort):
        raise Http404
    kind = Sort(sort)
    row = get_object_or_404(
        queries.matters_of_sort(request.user, kind, on=request.day), pk=matter_id
    )
    schools = set(request.user.units_with(request.page.permission, request.day))
    if row.school_id in schools:
        return kind, row, kept_pupil(request, row.pupil_id, row.school_id)
    return kind, row, kept_pupil(request, row.pupil_id)


def _of_matter(request: PortalRequest, kind: Sort, row: Any, kept: Kept) -> dict[str, Any]:
    titles = queries.titles_of(kept.school.board_id)
    return around(request, kept) | {
        "kind": kind,
        "row": row,
        "text": titles.get(row.purpose_id) if row.purpose_id else None,
        "stands": stands_on(row, request.day),
    }
