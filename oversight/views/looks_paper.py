"""Who looked, on paper: the director gives it to who has no account."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from oversight.forms.looks import FindPupilForm, LookPaperForm
from oversight.looks_documents import looks_paper
from oversight.queries.looks_paper import (
    looks_given_on_paper_by,
    pupils_with_a_paper,
    readers_of,
)
from pdf.errors import NotMade

GIVE = Permission.ANSWER_LOOK_QUESTIONS
_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@page(GIVE, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST, reads_only=True)
def look_papers(request: PortalRequest) -> HttpResponse:
    """Finds the pupil whose family asks for a paper."""
    form = FindPupilForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        request.page.becomes(Kind.SEARCH)
        found = pupils_with_a_paper(form.cleaned_data["typed"], request.user, on=request.day)
    request.page.names(*(found or ()), ground=Ground.CUSTODIAN)
    context = {"form": form, "found": found, "ground": Ground.CUSTODIAN.label if found else ""}
    return render(request, "oversight/looks/papers.html", context)


@page(GIVE, methods=("GET", "POST"), shows=Shows.PUPIL, reads_only=True)
def look_paper(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Chooses for whom, and makes the paper: what that person would read on the screen."""
    rows = looks_given_on_paper_by(request.user, on=request.day)
    pupil = get_object_or_404(rows, pk=pupil_id)
    readers = {person.slug: person for person in readers_of(pupil, on=request.day)}
    form = LookPaperForm(request.POST or None, readers=readers)
    request.page.names(pupil, ground=Ground.CUSTODIAN)
    status = 200
    if request.method == "POST" and form.is_valid():
        person = readers[form.cleaned_data["person"]]
        try:
            data = looks_paper(pupil, person, language=get_language() or "nl", on=request.day)
        except NotMade as refusal:
            form.add_error(None, str(refusal.sentence))
            status = 503
        else:
            request.page.becomes(Kind.PRINT)
            return _served(data, f"who-looked-{request.day.isoformat()}.pdf")
    context = {
        "pupil": pupil,
        "readers": readers,
        "form": form,
        "ground": Ground.CUSTODIAN.label,
    }
    return render(request, "oversight/looks/give_paper.html", context, status=status)


def _served(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": _ALONE,
            "X-Content-Type-Options": "nosniff",
        },
    )
