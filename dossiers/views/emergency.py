"""The emergency card: changing it, and opening one in an emergency."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.errors import Overtaken, Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries
from dossiers.actions.emergency import open_card_in_an_emergency, write_card
from dossiers.forms.emergency import CardForm, EmergencyReasonForm, FindCardForm
from dossiers.models import Dossier, DossierPart, PartKind
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.reading import on_ground_of
from students.queries import named_like

AT_MOST = 12  # pupils found by one search


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def change(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """A new version of the card; who was overtaken sees both and keeps what they typed."""
    part = get_object_or_404(
        queries.parts_writable_by(request.user, on=request.day),
        dossier=dossier_id,
        kind=PartKind.EMERGENCY,
    )
    context = on_ground_of(request, part.dossier, part.kind)
    card = queries.newest_card(request.user, part, on=request.day)
    first = {**(card.text or {}), "seen": card.version.number} if card else {"seen": 0}
    context |= {"is_damaged": card is not None and card.is_damaged}
    form = CardForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, part, form)
        except Overtaken:
            return _overtaken(request, part, context)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The emergency card is saved."))
            return redirect("dossier_part", dossier_id, part.kind)
    return render(request, "dossiers/change_card.html", context | {"form": form})


def _write(request: PortalRequest, part: DossierPart, form: CardForm) -> None:
    write_card(
        part=part,
        text=form.card_text(),
        seen_number=form.cleaned_data["seen"],
        by=request.user,
        on=request.day,
    )


def _overtaken(request: PortalRequest, part: DossierPart, context: dict[str, Any]) -> HttpResponse:
    card = queries.newest_card(request.user, part, on=request.day)
    typed = request.POST.copy()
    typed["seen"] = str(card.version.number if card else 0)
    context |= {"form": CardForm(typed), "other": card}
    return render(request, "dossiers/change_card.html", context, status=409)


@page(
    Permission.READ_EMERGENCY_CARD,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def find(request: PortalRequest) -> HttpResponse:
    """Finds a pupil of my school by name: no more than that shows before there is a reason."""
    form = FindCardForm(request.POST or None)
    found: list[Dossier] = []
    if request.method == "POST" and form.is_valid():
        request.page.becomes(Kind.SEARCH)
        rows = queries.dossiers_found_in_an_emergency(request.user, on=request.day)
        found = list(
            named_like(rows, form.cleaned_data["q"], path="pupil__").order_by("pupil__sort_name")[
                : AT_MOST + 1
            ]
        )
    request.page.names(*found[:AT_MOST], ground=Ground.EMERGENCY)
    groups = queries.group_names(found, on=request.day)
    context = {
        "form": form,
        "ground": Ground.EMERGENCY.label,
        "searched": request.method == "POST" and form.is_valid(),
        "found": [(dossier, groups.get(dossier.pk, "")) for dossier in found[:AT_MOST]],
        "more": len(found) > AT_MOST,
    }
    return render(request, "dossiers/find_card.html", context)


@page(Permission.READ_EMERGENCY_CARD, methods=("GET", "POST"), shows=Shows.PUPIL)
def ask(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Asks why; then the card opens for today and the director is told."""
    found = get_object_or_404(
        queries.dossiers_found_in_an_emergency(request.user, on=request.day), pk=dossier_id
    )
    is_open = _open_part(request, dossier_id) is not None
    if is_open and request.method == "POST":
        return redirect("emergency_card", dossier_id)
    request.page.names(found, ground=Ground.EMERGENCY, unit=found.school_id)
    form = EmergencyReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = attempt(
            form,
            lambda: open_card_in_an_emergency(
                dossier=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.day,
            ),
        )
        if opened is not None:
            return redirect("emergency_card", dossier_id)
    group = queries.group_names([found], on=request.day).get(found.pk, "")
    context = {
        "form": form,
        "dossier": found,
        "group": group,
        "ground": Ground.EMERGENCY.label,
        "is_open": is_open,
    }
    return render(request, "dossiers/ask_card.html", context)


@page(Permission.READ_EMERGENCY_CARD, shows=Shows.PUPIL)
def card(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """The card of a pupil that is open to me, today in an emergency or as counsellor."""
    part = _open_part(request, dossier_id)
    if part is None:
        raise Http404
    context = on_ground_of(request, part.dossier, part.kind)
    context |= {"card": queries.newest_card(request.user, part, on=request.day)}
    return render(request, "dossiers/card.html", context)


def _open_part(request: PortalRequest, dossier_id: uuid.UUID) -> DossierPart | None:
    rows = queries.parts_visible_to(request.user, on=request.day)
    return (
        rows.select_related("dossier__pupil", "dossier__school__unit")
        .filter(dossier=dossier_id, kind=PartKind.EMERGENCY)
        .first()
    )
