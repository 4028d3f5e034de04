"""Codes for one person: which one stands, a new one on its way, and ending one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions.codes import make_code, may_have_code, withdraw_code
from consent.actions.letters import write_letter
from consent.actions.sending import send_code
from consent.models import Code
from consent.queries.people import Person
from consent.rules import PUPIL
from consent.views.pupil.frame import Kept, around, kept_pupil
from pdf.errors import NotMade


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def give_code(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID, person: str
) -> HttpResponse:
    """A code for one person: shown once on the page that answers, mailed, or in a letter."""
    kept = kept_pupil(request, pupil_id, school_id)
    named = _person(request, kept, person)
    context = around(request, kept) | {"named": named}
    if request.method == "POST":
        ways = {"hand": _shown, "mail": _mailed, "letter": _written}
        try:
            return ways.get(request.POST.get("way", ""), _shown)(request, kept, named)
        except (Refused, NotMade) as refusal:
            context["refused"] = str(refusal.sentence)
    user = named.parent.user if named.parent else kept.pupil.user
    rows = queries.codes_kept_by(request.user, on=request.day)
    context |= {
        "code": rows.filter(pupil=kept.pupil, parent=named.parent).first(),
        "has_account": bool(user and user.is_active and user.has_usable_password()),
        "has_address": bool(named.parent and named.parent.email),
    }
    return render(request, "consent/pupil/give_code.html", context)


def _shown(request: PortalRequest, kept: Kept, named: Person) -> HttpResponse:
    """The words on a page, this once."""
    code, words = make_code(
        pupil=kept.pupil,
        parent=named.parent,
        school=kept.school,
        route=Code.Route.HANDED,
        by=request.user,
        on=request.day,
    )
    context = around(request, kept) | {
        "named": named,
        "code": code,
        "words": words,
        "activate_address": request.build_absolute_uri(reverse("activate")),
    }
    return render(request, "consent/pupil/code.html", context)


def _mailed(request: PortalRequest, kept: Kept, named: Person) -> HttpResponse:
    send_code(
        pupil=kept.pupil,
        parent=named.parent,
        school=kept.school,
        by=request.user,
        on=request.day,
    )
    messages.success(request, _("The code is on its way by e-mail. The mail names no child."))
    return redirect(kept.address)


def _written(request: PortalRequest, kept: Kept, named: Person) -> HttpResponse:
    """The letter, or for a pupil the slip, given once and kept nowhere."""
    data = write_letter(
        pupil=kept.pupil,
        parent=named.parent,
        school=kept.school,
        by=request.user,
        on=request.day,
        language=request.user.language,
    )
    request.page.becomes(Kind.PRINT)
    answer = HttpResponse(data, content_type="application/pdf")
    disposition = content_disposition_header(True, f"{_('letter')}.pdf")
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer


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


def _person(request: PortalRequest, kept: Kept, slug: str) -> Person:
    """Whom the address names; 404 for who can have no code."""
    named = queries.person_named(slug, queries.people_of(kept.pupil).values())
    if named is None or not ((named.is_linked and named.parent) or named.who == PUPIL):
        raise Http404
    if named.who == PUPIL and not may_have_code(kept.pupil, request.day):
        raise Http404
    return named
