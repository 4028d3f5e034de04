"""The page of one pupil: what holds and why, who answered what, and what stands beside it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions.asking import ask_about
from consent.models import Request
from consent.queries.matters import Sort
from consent.views.pupil.frame import around, kept_pupil
from students.models import Representative
from students.rules import Speaks, age_on, who_consents


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL)
def pupil_consent(
    request: PortalRequest, pupil_id: uuid.UUID, school_id: uuid.UUID | None = None
) -> HttpResponse:
    """One pupil at one school, for who keeps consent there; never an own child."""
    kept = kept_pupil(request, pupil_id, school_id)
    pupil, school, day = kept.pupil, kept.school, request.day
    found = queries.consent_of(pupil, school, request.user, on=day)
    matters = queries.matters_of(pupil, school, request.user, on=day)
    covered = queries.coverage_of(pupil)
    ordered = [
        (person, covered.get(person.representative.pk, []))
        for person in found.people.values()
        if person.representative and person.representative.kind != Representative.Kind.VOOGD
    ]
    context = around(request, kept) | {
        "found": found,
        "standing": [line for line in matters if line.stands],
        "past": [line for line in matters if not line.stands],
        "blocked": any(line.stands and line.sort is Sort.BLOCK for line in matters),
        "ordered": ordered,
        "titles": queries.titles_of(school.board_id) if ordered else {},
        "others": kept.others,
        "age": age_on(pupil.birth_date, day) if pupil.birth_date else None,
        "may_be_unable": who_consents(pupil.birth_date, day) is not Speaks.PARENTS,
    }
    return render(request, "consent/pupil/page.html", context)


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, methods=("POST",), kind=Kind.CHANGE)
def ask_about_pupil(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """Asks everybody who decides about this pupil and was not asked yet."""
    kept = kept_pupil(request, pupil_id, school_id)
    made = ask_about(
        pupil=kept.pupil,
        school=kept.school,
        occasion=Request.Occasion.SINGLE,
        by=request.user,
        on=request.day,
    )
    if made:
        words = ngettext("%(count)s question is asked.", "%(count)s questions are asked.", made)
        messages.success(request, words % {"count": made})
    else:
        messages.info(request, _("Everybody who decides was asked already."))
    return redirect(kept.address)
