"""Who looked, for parents and pupils: the lines, asking why, and a pupil's leave."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers.views.damaged import says_when_unreadable
from oversight.actions.looks import say_leave
from oversight.actions.questions import ask_why as ask
from oversight.forms.looks import AskWhyForm
from oversight.looks_wording import kind_in_words, role_in_words, shown
from oversight.queries import looks as queries
from oversight.queries.looks_allowed import parents_to_allow
from oversight.queries.questions import (
    asked_about,
    newest_asked,
    own_look_questions_visible_to,
    words_of,
)
from oversight.rules.looks import Line, may_give_leave
from oversight.rules.questions import due_on
from students.models import Pupil

SEE = Permission.SEE_WHO_LOOKED


@page(SEE, shows=Shows.PUPILS, kind=Kind.LIST)
def who_looked_children(request: PortalRequest) -> HttpResponse:
    """Each child, and whether one sees who looked."""
    own = queries.own_dossiers(request.user, on=request.day)
    request.page.names(*(one.pupil for one in own), ground=Ground.OWN)
    return render(request, "oversight/looks/children.html", {"own": own})


@page(SEE, shows=Shows.PUPIL)
def who_looked(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Who opened the dossier, newest first, a number of whole days on each page."""
    user, day = request.user, request.day
    pupil = _pupil(request, pupil_id)
    before = _day(request.GET.get("before", ""))
    seen = queries.who_looked(pupil, user, on=day, before=before)
    asked = asked_about(pupil, user, (line.key for line in seen.lines))
    is_self = pupil.user_id == user.pk
    request.page.names(pupil, ground=Ground.OWN)
    context = {
        "pupil": pupil,
        "is_self": is_self,
        "seen": seen,
        "lines": shown(seen.lines, schools=seen.schools, asked=asked),
        "is_first": before is None,
        "questions": _own_questions(request, pupil) if before is None else [],
        "parents": (
            parents_to_allow(pupil, user, on=day)
            if is_self and may_give_leave(pupil.birth_date, day)
            else []
        ),
    }
    return render(request, "oversight/looks/who_looked.html", context)


@page(SEE, methods=("POST",), shows=Shows.PUPIL, kind=Kind.CHANGE)
def let_see_who_looked(
    request: PortalRequest, pupil_id: uuid.UUID, parent_id: uuid.UUID
) -> HttpResponse:
    """A pupil from 16 lets a parent see who looked, or takes that back: one click each way."""
    pupil = _pupil(request, pupil_id)
    if pupil.user_id != request.user.pk:
        raise Http404
    allowed = parents_to_allow(pupil, request.user, on=request.day)
    parent = next((one.parent for one in allowed if one.parent.pk == parent_id), None)
    if parent is None:
        raise Http404
    given = request.POST.get("see") == "yes"
    attempt_and_tell(
        request,
        lambda: say_leave(
            pupil=pupil, parent=parent, is_given=given, by=request.user, on=request.day
        ),
        done=_("Saved. You can change this at any time."),
    )
    return redirect("who_looked", pupil.pk)


@page(SEE, methods=("GET", "POST"), shows=Shows.PUPIL)
def ask_why(request: PortalRequest, pupil_id: uuid.UUID, look_id: uuid.UUID) -> HttpResponse:
    """Asks the school why somebody looked; what was asked already is shown instead."""
    pupil = _pupil(request, pupil_id)
    line = _line(request, pupil, look_id)
    before = asked_about(pupil, request.user, [line.key]).get(line.key)
    if before is not None:
        return redirect("own_look_question", before.pk)
    form = AskWhyForm(request.POST or None)
    request.page.names(pupil, ground=Ground.OWN)
    if request.method == "POST":
        request.page.becomes(Kind.CHANGE)
        if form.is_valid():
            words = form.cleaned_data["words"]
            row = attempt(
                form,
                lambda: ask(
                    pupil=pupil, look=look_id, words=words, by=request.user, on=request.day
                ),
            )
            if row is not None:
                messages.success(request, _("Your question is sent. You read the answer here."))
                return redirect("own_look_question", row.pk)
    context = {
        "pupil": pupil,
        "is_self": pupil.user_id == request.user.pk,
        "line": shown([line], schools={})[0],
        "form": form,
        "due": due_on(request.day),
    }
    return render(request, "oversight/looks/ask.html", context)


@page(SEE, shows=Shows.PUPIL)
@says_when_unreadable
def own_look_question(request: PortalRequest, question_id: uuid.UUID) -> HttpResponse:
    """What I asked about a look, until when the school answers, and the answer."""
    rows = own_look_questions_visible_to(request.user, on=request.day)
    question = get_object_or_404(rows, pk=question_id)
    request.page.names(question.pupil, ground=Ground.OWN)
    context = {
        "question": question,
        "words": words_of([question])[question.pk],
        "who": role_in_words(question.role),
        "what": kind_in_words(question.kind),
        "is_overdue": question.answered_at is None and question.due_on < request.day,
    }
    return render(request, "oversight/looks/question.html", context)


def _pupil(request: PortalRequest, pupil_id: uuid.UUID) -> Pupil:
    rows = queries.looked_at_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=pupil_id)


def _line(request: PortalRequest, pupil: Pupil, look_id: uuid.UUID) -> Line:
    line = queries.line_of(pupil, request.user, look_id, on=request.day)
    if line is None:
        raise Http404
    return line


def _own_questions(request: PortalRequest, pupil: Pupil) -> list[dict[str, object]]:
    return [
        {
            "row": row,
            "what": kind_in_words(row.kind),
            "is_overdue": row.answered_at is None and row.due_on < request.day,
        }
        for row in newest_asked(pupil, request.user)
    ]


def _day(text: str) -> date | None:
    """The day before which a page begins; what is none begins at the newest."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
