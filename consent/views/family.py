"""What a parent or pupil is asked: the children, the questions of one child, earlier answers."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.forms.answering import AnswerForm
from consent.models import Answer
from consent.views import waiting
from consent.wording import words_of
from students.models import Pupil

ANSWER = Permission.ANSWER_CONSENT
ROWS = 30


@page(ANSWER, shows=Shows.PUPILS, kind=Kind.LIST)
def my_children(request: PortalRequest) -> HttpResponse:
    """Each child: what is asked, what was answered, what holds. A pupil sees itself."""
    children = queries.children_of(request.user, on=request.day)
    request.page.names(*(child.pupil for child in children), ground=Ground.OWN)
    context = {
        "children": children,
        "asked": queries.asked_now(children),
    }
    return render(request, "consent/family/children.html", context)


@page(ANSWER, methods=("GET", "POST"), shows=Shows.PUPIL)
def questions(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """All questions about one child on one page; changing and withdrawing happen here too."""
    pupil = _own(request, pupil_id)
    children = queries.children_of(request.user, on=request.day)
    child = next(child for child in children if child.pupil.pk == pupil.pk)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        child=child,
        others=children,
        again=_again(request, pupil),
    )
    if request.method == "POST":
        request.page.becomes(Kind.CHANGE)
        if form.is_valid():
            key = waiting.keep(request, pupil.pk, form.choices())
            return redirect("sign", key)
    boards = {place.school.board_id for place in child.places}
    free = queries.those_free(boards, request.day) if child.questions else []
    request.page.names(pupil, *(s.child.pupil for s in form.siblings), ground=Ground.OWN)
    context = {
        "child": child,
        "form": form,
        "name": pupil.said_first,
        "free": [{"words": words_of(text), "ground": text.free_ground} for text in free],
    }
    return render(request, "consent/family/questions.html", context)


@page(ANSWER, shows=Shows.PUPIL, kind=Kind.LIST)
def earlier_answers(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Everything I answered about this child, the newest first, each with its receipt."""
    pupil = _own(request, pupil_id)
    rows = queries.earlier_answers(pupil, request.user, on=request.day)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page", 1))
    request.page.names(pupil, ground=Ground.OWN)
    context = {
        "name": pupil.said_first,
        "pupil": pupil,
        "shown": shown,
        "lines": [_line(row) for row in shown],
    }
    return render(request, "consent/family/earlier.html", context)


@page(ANSWER, shows=Shows.PUPILS)
def my_data(request: PortalRequest) -> HttpResponse:
    """What the school keeps about me: contact data, my children's names, and how to correct it."""
    found = queries.kept_about(request.user, on=request.day)
    request.page.names(*(child.pupil for child in found.children), ground=Ground.OWN)
    return render(request, "consent/family/my_data.html", {"about": found})


def _line(row: Answer) -> dict[str, object]:
    return {"row": row, "title": words_of(row.text).title}


def _own(request: PortalRequest, pupil_id: uuid.UUID) -> Pupil:
    return get_object_or_404(queries.family_visible_to(request.user, on=request.day), pk=pupil_id)


def _again(request: PortalRequest, pupil: Pupil) -> dict[uuid.UUID, bool]:
    """What was chosen already, for who comes back from signing to change it."""
    try:
        waits = waiting.find(request, uuid.UUID(request.GET.get("again", "")))
    except ValueError:
        return {}
    return waits.chosen() if waits and waits.pupil == pupil.pk else {}
