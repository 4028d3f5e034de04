"""Answering what a plan asks."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students.models import RosterImport
from students.roster import actions, queries
from students.roster.forms import DecisionForm
from students.roster.plan import Answer
from students.roster.presenting import QUESTIONS, shown

QUESTIONS_A_PAGE = 20


@page(Permission.IMPORT_ROSTER, shows=Shows.PUPILS, kind=Kind.LIST)
def roster_questions(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """The doubtful or the missing of one plan, each with its answers."""
    found = _planned(request, import_id)
    change = request.GET.get("show", "doubtful")
    if change not in QUESTIONS:
        raise Http404
    rows = queries.lines_visible_to(request.user, on=request.day).filter(
        roster_import=found, change=change
    )
    ordered = rows.select_related("roster_import").order_by("place")
    shown_page = Paginator(ordered, QUESTIONS_A_PAGE).get_page(request.GET.get("page"))
    people = queries.people_on(list(shown_page), request.user, on=request.day)
    request.page.names(
        *people.pupils.values(),
        *(link.pupil for one in people.parents.values() for link in one.children.all()),
        ground=Ground.ADMINISTRATION,
        unit=found.school_id,
        target=found.pk,
    )
    context = {
        "import": found,
        "change": change,
        "title": QUESTIONS[change],
        "counts": queries.questions_of(found, request.user, on=request.day).get(change),
        "page": shown_page,
        "lines": [shown(row, people) for row in shown_page],
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "students/roster/questions.html", context)


@page(Permission.IMPORT_ROSTER, methods=("POST",), kind=Kind.CHANGE)
def roster_decide(request: PortalRequest, import_id: uuid.UUID, place: int) -> HttpResponse:
    """Keeps the answer to one question."""
    line = get_object_or_404(
        queries.lines_visible_to(request.user, on=request.day).select_related(
            "roster_import__school"
        ),
        roster_import=import_id,
        place=place,
        change__in=QUESTIONS,
    )
    form = DecisionForm(request.POST, line=line)
    if form.is_valid():
        try:
            actions.decide(line=line, **form.cleaned_data, by=request.user, on=request.day)
        except Refused as refused:
            messages.error(request, str(refused.sentence))
    else:
        messages.error(request, _("Choose an answer."))
    address = reverse("roster_questions", args=[import_id])
    number = request.POST.get("page", "1")
    number = number if number.isdigit() else "1"
    return redirect(f"{address}?show={line.change}&page={number}#line-{place}")


@page(Permission.IMPORT_ROSTER, methods=("POST",), kind=Kind.CHANGE)
def roster_decide_all(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """One answer for all clear cases, or for all who are missing."""
    found = _planned(request, import_id)
    change = "doubtful"
    try:
        if request.POST.get("answer") == Answer.SAME:
            count = actions.decide_single_candidates(
                roster_import=found, by=request.user, on=request.day
            )
        else:
            change = "missing"
            try:
                answer = Answer(request.POST.get("answer", ""))
            except ValueError:
                raise Refused(_("Choose an answer.")) from None
            count = actions.answer_all_missing(
                roster_import=found, answer=answer, by=request.user, on=request.day
            )
        words = ngettext("%(count)s line was answered.", "%(count)s lines were answered.", count)
        messages.success(request, words % {"count": count})
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    return redirect(f"{reverse('roster_questions', args=[import_id])}?show={change}")


def _planned(request: PortalRequest, import_id: uuid.UUID) -> RosterImport:
    return get_object_or_404(
        queries.imports_visible_to(request.user, on=request.day),
        pk=import_id,
        state=RosterImport.State.PLANNED,
    )
