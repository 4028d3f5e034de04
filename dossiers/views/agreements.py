"""Making, renewing and closing agreements. They are read on the page of their part."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import queries
from dossiers.actions.agreements import close_agreement, make_agreement, renew_agreement
from dossiers.forms.agreements import AgreementForm
from dossiers.models import Agreement, PartKind
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.reading import on_ground_of
from vault.sealing import keyring

_WEEKS_UNTIL_REVIEW = timedelta(weeks=8)


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def make(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """A new agreement."""
    part = get_object_or_404(
        queries.parts_writable_by(request.user, on=request.day),
        dossier=dossier_id,
        kind=PartKind.AGREEMENTS,
    )
    context = on_ground_of(request, part.dossier, part.kind)
    first = {"made_on": request.day, "review_on": request.day + _WEEKS_UNTIL_REVIEW}
    form = AgreementForm(request.POST or None, initial=first, on=request.day)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: make_agreement(part=part, **_asked(request, form)))
        if done is not None:
            messages.success(request, _("The agreement is saved."))
            return redirect("dossier_part", dossier_id, part.kind)
    return render(request, "dossiers/make_agreement.html", context | {"form": form})


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def renew(request: PortalRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Another text or another day: a new agreement replaces the old one, which is kept."""
    agreement = get_object_or_404(
        queries.agreements_visible_to(request.user, on=request.day), pk=agreement_id
    )
    part = agreement.part
    if request.method == "GET" and agreement.closed_at is not None:
        messages.info(request, _("This agreement was renewed or closed already."))
        return redirect("dossier_part", part.dossier_id, part.kind)
    context = on_ground_of(request, part.dossier, part.kind) | {"agreement": agreement}
    text = _text_of(agreement)
    first = {**text, "made_on": request.day, "review_on": request.day + _WEEKS_UNTIL_REVIEW}
    form = AgreementForm(request.POST or None, initial=first, on=request.day)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: renew_agreement(agreement=agreement, **_asked(request, form)))
        if done is not None:
            messages.success(request, _("The agreement is renewed. The earlier one is kept."))
            return redirect("dossier_part", part.dossier_id, part.kind)
    status = 409 if form.non_field_errors() else 200
    context |= {"form": form, "text": text}
    return render(request, "dossiers/renew_agreement.html", context, status=status)


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def close(request: PortalRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then ends an agreement."""
    agreement = get_object_or_404(
        queries.agreements_changeable_by(request.user, on=request.day), pk=agreement_id
    )
    part = agreement.part
    context = on_ground_of(request, part.dossier, part.kind)
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: close_agreement(agreement=agreement, by=request.user, on=request.day),
            done=_("The agreement is closed. It stays among the earlier ones."),
        )
        return redirect("dossier_part", part.dossier_id, part.kind)
    context |= {"agreement": agreement, "text": _text_of(agreement)}
    return render(request, "dossiers/close_agreement.html", context)


def _asked(request: PortalRequest, form: AgreementForm) -> dict[str, Any]:
    return {
        "text": form.agreement_text(),
        "made_on": form.cleaned_data["made_on"],
        "review_on": form.cleaned_data["review_on"],
        "by": request.user,
        "on": request.day,
    }


def _text_of(agreement: Agreement) -> dict[str, str]:
    return queries.opened_text(agreement, keyring([agreement.part_id]))
