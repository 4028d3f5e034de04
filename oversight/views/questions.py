"""Questions of families about a look, for who answers them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from audit.lines import lines
from dossiers.views.damaged import says_when_unreadable
from oversight.actions.questions import answer_question
from oversight.forms.looks import ExplainForm
from oversight.looks_wording import kind_in_words, role_in_words
from oversight.models import LookQuestion
from oversight.queries.questions import (
    look_questions_handled_by,
    looks_asked_about,
    words_of,
)

ANSWER = Permission.ANSWER_LOOK_QUESTIONS
ROWS = 30


@page(ANSWER, shows=Shows.PUPILS, kind=Kind.LIST)
def look_questions(request: PortalRequest) -> HttpResponse:
    """What waits for an answer, the first last day on top; below it what was answered."""
    rows = look_questions_handled_by(request.user, on=request.day)
    waiting = list(rows.filter(answered_at__isnull=True).order_by("due_on", "asked_at", "pk"))
    answered = rows.filter(answered_at__isnull=False).order_by("-answered_at", "pk")
    shown = Paginator(answered, ROWS).get_page(request.GET.get("page"))
    named = [row.pupil for row in (*waiting, *shown)]
    request.page.names(*named, ground=Ground.CUSTODIAN)
    context = {
        "waiting": [_line(row, request) for row in waiting],
        "shown": shown,
        "answered": [_line(row, request) for row in shown],
        "ground": Ground.CUSTODIAN.label if named else "",
    }
    return render(request, "oversight/looks/questions.html", context)


@page(ANSWER, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def look_question(request: PortalRequest, question_id: uuid.UUID) -> HttpResponse:
    """One question with the looks it is about, and the answer."""
    rows = look_questions_handled_by(request.user, on=request.day)
    question = get_object_or_404(rows, pk=question_id)
    request.page.names(question, ground=Ground.CUSTODIAN, unit=question.school_id)
    form = None if question.answered_at else ExplainForm(request.POST or None)
    if request.method == "POST" and form is not None:
        request.page.becomes(Kind.CHANGE)
        if form.is_valid():
            said = form.cleaned_data["words"]
            done = attempt(
                form,
                lambda: answer_question(
                    question=question, words=said, by=request.user, on=request.day
                ),
            )
            if done is not None:
                messages.success(request, _("Answered. Whoever asked reads it on their page."))
                return redirect("look_questions")
    context = {
        **_line(question, request),
        "words": words_of([question])[question.pk],
        "form": form,
        "looks": lines(looks_asked_about(question), {}),
        "reads_log": request.user.memberships_with(Permission.READ_LOG, request.day),
        "ground": Ground.CUSTODIAN.label,
    }
    return render(request, "oversight/looks/answer.html", context)


def _line(row: LookQuestion, request: PortalRequest) -> dict[str, object]:
    return {
        "row": row,
        "who": role_in_words(row.role),
        "what": kind_in_words(row.kind),
        "is_overdue": row.answered_at is None and row.due_on < request.day,
        "is_pupils": row.asked_by_id == row.pupil.user_id,
    }
