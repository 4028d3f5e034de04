"""The pupils behind a number of the board, on the screen and as a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent.documents.answers import answers_csv
from consent.forms.checking import title_of
from consent.presenting import STATES, Shown, shown_states
from consent.queries.answers import PupilLine
from consent.rules.board import State
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
        "ground": _ground(looked).label,
    }
    return render(request, "consent/answers/pupils.html", context)


@dataclass(frozen=True)
class Told:
    """A word about a pupil: of one question with why, or of several questions with their names."""

    shown: Shown
    why: str = ""
    titles: str = ""
    is_all: bool = False


def _told(looked: Looked, line: PupilLine) -> list[Told]:
    """The question that is looked at; else the questions by where they stand, or those asked for.

    Without a state asked for, and for who is complete, all of them.
    """
    if looked.purpose is not None:
        found = line.found[looked.purpose]
        return [Told(STATES[found.state], for_staff(found.effect))]
    is_one = looked.state not in {None, State.ANSWERED}
    told = []
    for state, shown in STATES.items():
        titles = [title_of(one.text) for one in line.found.values() if one.state is state]
        if titles and (state is looked.state or not is_one):
            is_all = len(titles) == len(line.found)
            told.append(Told(shown, titles=", ".join(titles), is_all=is_all))
    return told


def _ground(looked: Looked) -> Ground:
    """Why the pupils are seen: by who keeps consent, or by a colleague who must know."""
    return Ground.ADMINISTRATION if looked.keeps else Ground.CHECK


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
        ground=_ground(looked),
        unit=looked.board.school.pk,
        target=looked.purpose or "",
    )
