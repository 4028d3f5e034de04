"""Signing exactly what was chosen, shown once more, by who confirmed who they are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.forms import ReauthenticateForm
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import confirming
from access.errors import Overtaken, Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.answering import answer
from consent.models import Answer, Request
from consent.views import waiting
from consent.views.waiting import Waiting
from consent.wording import words_of
from students.models import Pupil

OVERTAKEN, NOT_TAKEN = 409, 422


@dataclass(frozen=True)
class Line:
    """One answer as it is about to be signed."""

    request: Request
    title: str
    is_yes: bool
    was: str  # what this person said before: yes, no or nothing


@dataclass(frozen=True)
class Part:
    """The answers about one child."""

    pupil: Pupil
    lines: list[Line]


@page(Permission.ANSWER_CONSENT, methods=("GET", "POST"), shows=Shows.PUPILS)
def sign(request: PortalRequest, signing_id: uuid.UUID) -> HttpResponse:
    """Shows what was chosen, asks who it is unless that was confirmed just now, and signs."""
    waits = waiting.find(request, signing_id)
    if waits is None:
        request.page.names(ground=Ground.OWN)
        messages.info(request, _("These answers were not kept. Choose them again, please."))
        return redirect("my_children")
    if request.method != "POST":
        return _shown(request, signing_id, waits)
    request.page.becomes(Kind.CHANGE)
    try:
        form = confirming.confirm(request)
    except confirming.TooOften:
        request.page.names(ground=Ground.OWN)
        return render(request, "429.html", status=429)
    if form is not None:
        return _shown(request, signing_id, waits, form=form)
    return _signed(request, signing_id, waits)


def _signed(request: PortalRequest, signing_id: uuid.UUID, waits: Waiting) -> HttpResponse:
    try:
        rows = answer(
            choices=waits.choices,
            language=get_language() or "nl",
            by=request.user,
            on=request.day,
        )
    except Overtaken:
        key, anew = _anew(request, waits)
        return _shown(request, key, anew, is_overtaken=True, status=OVERTAKEN)
    except Refused as refusal:
        return _shown(request, signing_id, waits, refused=str(refusal.sentence), status=NOT_TAKEN)
    online = [row for row in rows if row.receipt_id]
    if not online:  # the school recorded the same answers on paper meanwhile
        messages.info(request, _("These answers stand already, as you gave them on paper."))
        return redirect("earlier_answers", waits.pupil)
    newest = max(online, key=lambda row: (row.answered_at, row.pk))
    return redirect("receipt", newest.receipt_id)


def _anew(request: PortalRequest, waits: Waiting) -> tuple[uuid.UUID, Waiting]:
    """The same choices beside what was said meanwhile; signing once more then means these."""
    now = _own_now(request, waits)
    seen = {key: last.pk if last else None for key, last in now.items()}
    choices = [replace(choice, seen=seen.get(choice.request)) for choice in waits.choices]
    return waiting.keep(request, waits.pupil, choices), Waiting(waits.pupil, choices)


def _shown(
    request: PortalRequest,
    signing_id: uuid.UUID,
    waits: Waiting,
    *,
    form: ReauthenticateForm | None = None,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    parts = _parts(request, waits)
    request.page.names(*(part.pupil for part in parts), ground=Ground.OWN)
    asked = confirming.asked_of(request, back=reverse("sign", args=[signing_id]), form=form)
    context = {
        "parts": parts,
        "signing_id": signing_id,
        "again": str(signing_id),
        "pupil_id": waits.pupil,
        "form": asked.form,
        "has_password": asked.has_password,
        "ways": asked.ways,
        "is_overtaken": False,
        "refused": "",
        **said,
    }
    return render(request, "consent/family/sign.html", context, status=status)


def _parts(request: PortalRequest, waits: Waiting) -> list[Part]:
    requests = _requests(request, waits)
    now = _own_now(request, waits)
    chosen = waits.chosen()
    parts: dict[uuid.UUID, Part] = {}
    for asked in requests:
        part = parts.setdefault(asked.pupil_id, Part(asked.pupil, []))
        last = now.get(asked.pk)
        was = "" if last is None else ("yes" if queries.is_yes(last) else "no")
        title = words_of(asked.text).title
        part.lines.append(Line(asked, title, chosen[asked.pk], was))
    # The child whose page it was comes first.
    return sorted(parts.values(), key=lambda part: part.pupil.pk != waits.pupil)


def _requests(request: PortalRequest, waits: Waiting) -> list[Request]:
    rows = queries.own_requests_visible_to(request.user, on=request.day)
    rows = rows.filter(pk__in=waits.chosen())
    return list(rows.order_by("pupil__sort_name", "counts_from", "purpose__code", "pk"))


def _own_now(request: PortalRequest, waits: Waiting) -> dict[uuid.UUID, Answer | None]:
    """By request the own answer that counts now."""
    requests = _requests(request, waits)
    given = queries.own_answers_visible_to(request.user, on=request.day).select_related(None)
    given = given.filter(pupil__in={asked.pupil_id for asked in requests})
    own = queries.own_answers(requests, queries.last_of_each(given), on=request.day)
    return {key: found.latest for key, found in own.items()}
