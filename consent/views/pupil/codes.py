"""Codes for one person: which one stands, a new one to hand over, and ending one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions.codes import make_code, withdraw_code
from consent.models import Code
from consent.queries.people import Person
from consent.rules import PUPIL
from consent.views.pupil.frame import Kept, around, kept_pupil


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def give_code(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID, person: str
) -> HttpResponse:
    """A code for one person. Its words show once, on the page that answers, and never again."""
    kept = kept_pupil(request, pupil_id, school_id)
    named = _person(kept, person)
    codes = queries.codes_kept_by(request.user, on=request.day)
    context = around(request, kept) | {"named": named}
    if request.method == "POST":
        try:
            code, words = make_code(
                pupil=kept.pupil,
                parent=named.parent,
                school=kept.school,
                route=Code.Route.HANDED,
                by=request.user,
                on=request.day,
            )
        except Refused as refusal:
            messages.warning(request, str(refusal.sentence))
            return redirect(kept.address)
        address = request.build_absolute_uri(reverse("activate"))
        context |= {"code": code, "words": words, "activate_address": address}
        return render(request, "consent/pupil/code.html", context)
    context["code"] = codes.filter(pupil=kept.pupil, parent=named.parent).first()
    return render(request, "consent/pupil/give_code.html", context)


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, methods=("POST",), kind=Kind.CHANGE)
def withdraw_open_code(request: PortalRequest, code_id: uuid.UUID) -> HttpResponse:
    """A code that got lost, or went to the wrong person, opens nothing any more."""
    rows = queries.codes_kept_by(request.user, on=request.day)
    code = get_object_or_404(rows, pk=code_id)
    kept = kept_pupil(request, code.pupil_id, code.school_id)
    try:
        withdraw_code(code=code, by=request.user, on=request.day)
    except Refused as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.success(request, _("The code is withdrawn. It opens nothing any more."))
    return redirect(kept.address)


def _person(kept: Kept, slug: str) -> Person:
    """Whom the address names; 404 for who can have no code."""
    named = queries.person_named(slug, queries.people_of(kept.pupil).values())
    if named is None or not (named.who == PUPIL or (named.parent and named.is_linked)):
        raise Http404
    return named
