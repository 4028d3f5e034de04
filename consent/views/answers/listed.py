"""The pupils behind a number of the board, on the screen and as a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent.documents.answers import answers_csv
from consent.presenting import STATES, Shown, shown_states
from consent.queries.answers import Found, PupilLine
from consent.sentences import for_staff
from consent.views.answers.looking import Looked, look

PER_PAGE = 50


@page(
    Permission.READ_CONSENT,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def answering_pupils(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """Who stands there, and why; each with the way to all that was answered about the pupil.

    Searched by POST: no name in an address.
    """
    asked = request.POST if request.method == "POST" else request.GET.copy()
    if request.method == "POST":
        request.page.becomes(Kind.SEARCH)
    else:
        asked.pop("q", None)
    looked = look(request, school_id, asked)
    shown = Paginator(looked.chosen, PER_PAGE).get_page(request.POST.get("page"))
    _name(request, looked, shown.object_list)
    context = looked.for_page() | {
        "page": shown,
        "lines": [(line, _told(looked, line)) for line in shown.object_list],
        "states": shown_states(of_one=looked.purpose is not None),
        "total": looked.board.total(purpose=looked.purpose, group=looked.group),
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "consent/answers/pupils.html", context)


def _told(looked: Looked, line: PupilLine) -> list[tuple[Found, Shown, str]]:
    """What is told of a pupil: the question looked at, or those in the state looked at, or all."""
    if looked.purpose is not None:
        told = [line.found[looked.purpose]]
    else:
        every = list(line.found.values())
        told = [one for one in every if one.state is looked.state] or every
    return [(one, STATES[one.state], for_staff(one.effect)) for one in told]


@page(
    Permission.RECORD_CONSENT,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.EXPORT,
    reads_only=True,
)
def export_answers(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """The same pupils as a file for a spreadsheet: one row each, a word for each question."""
    looked = look(request, school_id, request.POST)
    if not looked.keeps:
        request.page.names(ground=Ground.NONE, unit=school_id)
        raise NotAllowed(_("You do not look after consent at that school."))
    _name(request, looked, looked.chosen)
    return HttpResponse(
        answers_csv(looked.board, looked.chosen),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="consent-{request.day}.csv"'},
    )


def _name(request: PortalRequest, looked: Looked, lines: Iterable[PupilLine]) -> None:
    request.page.names(
        *(line.pupil for line in lines),
        ground=Ground.ADMINISTRATION,
        unit=looked.board.school.pk,
        target=looked.purpose or "",
    )
