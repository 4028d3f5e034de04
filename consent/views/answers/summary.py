"""One line about a round for the home of whoever keeps it; asked for after the page is there."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import PortalRequest, page
from access.permissions import Permission
from consent.queries.answers import board_of
from consent.queries.rounds import rounds_kept_by
from consent.rules.board import State


@page(Permission.RECORD_CONSENT)
def round_in_short(request: PortalRequest, round_id: uuid.UUID) -> HttpResponse:
    """Of how many pupils everything is answered, and of how many parents disagree."""
    row = get_object_or_404(rounds_kept_by(request.user, on=request.day), pk=round_id)
    request.page.repeats()  # each home asks for it
    total = board_of(row.school, row, request.user, on=request.day).total()
    context = {
        "complete": total.at(State.ANSWERED),
        "pupils": total.pupils,
        "conflicting": total.at(State.CONFLICTING),
    }
    return render(request, "consent/answers/_in_short.html", context)
