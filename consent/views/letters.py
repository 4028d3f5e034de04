"""Letters and slips: who is to be written to, having letters made, and downloading them once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent.actions.letters import fetch_letters, pupils_of, start_letters
from consent.forms.letters import LettersForm, WhichForm
from consent.models import LetterRun
from consent.queries.kept import consent_schools_kept_by
from consent.queries.letters import (
    letter_runs_visible_to,
    own_letters_visible_to,
    people_to_write_to,
)
from consent.queries.reaching import Reach, ToTell
from consent.tasks import let_make_letters

PEOPLE_A_PAGE = 50


@page(Permission.RECORD_CONSENT, shows=Shows.PUPILS, kind=Kind.LIST)
def letters(request: PortalRequest) -> HttpResponse:
    """Everybody with something open whom mail does not reach, and the letters made before."""
    schools = list(consent_schools_kept_by(request.user, on=request.day).order_by("unit__name"))
    chosen = WhichForm(request.GET, schools=schools, on=request.day)
    school, group = chosen.school, chosen.group
    people = people_to_write_to(school, request.user, on=request.day, group=group) if school else []
    shown = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    request.page.names(
        *dict.fromkeys(pupil for one in shown for pupil in one.pupils),
        ground=Ground.ADMINISTRATION,
        unit=school.pk if school else None,
    )
    runs = letter_runs_visible_to(request.user, on=request.day).filter(school=school)
    context = {
        "chosen": chosen,
        "school": school,
        "group": group,
        "page": shown,
        "waiting": _waiting(people),
        "written": sum(one.is_told for one in people),
        "runs": runs[:10],
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "consent/letters/list.html", context)


@page(Permission.RECORD_CONSENT, methods=("POST",), kind=Kind.CHANGE)
def start_letter_run(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """Has letters or slips made, for the school or one group of it."""
    schools = consent_schools_kept_by(request.user, on=request.day)
    school = get_object_or_404(schools, pk=school_id)
    form = LettersForm(request.POST, school=school, on=request.day)
    if not form.is_valid():
        messages.error(request, _("Choose letters or slips, and a group of this school."))
        return redirect("letters")
    try:
        run = start_letters(
            school=school,
            kind=form.cleaned_data["kind"],
            group=form.cleaned_data["group"],
            is_again=form.cleaned_data["again"],
            by=request.user,
            on=request.day,
        )
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("letters")
    return _go_on(request, run)


@page(Permission.RECORD_CONSENT)
def letter_run(request: PortalRequest, letters_id: uuid.UUID) -> HttpResponse:
    """How far the letters are, and the files to download for who asked for them."""
    run = _run(request, letters_id)
    is_done = run.finished_at is not None
    if "HX-Request" in request.headers and is_done:
        return HttpResponse(headers={"HX-Refresh": "true"})  # progress ended: show the result
    if not is_done:
        request.page.repeats()  # the browser asks every two seconds how far it is
    files = own_letters_visible_to(request.user, on=request.day).filter(run=run)
    context = {
        "run": run,
        "is_done": is_done,
        "is_mine": run.started_by_id == request.user.pk,
        "files": files.order_by("number"),
    }
    return render(request, "consent/letters/run.html", context)


@page(Permission.RECORD_CONSENT, methods=("POST",), kind=Kind.CHANGE)
def carry_on_letters(request: PortalRequest, letters_id: uuid.UUID) -> HttpResponse:
    """Goes on with letters that stopped half-way; nobody gets two."""
    return _go_on(request, _run(request, letters_id))


@page(Permission.RECORD_CONSENT, methods=("POST",), shows=Shows.PUPILS, kind=Kind.EXPORT)
def download_letters(request: PortalRequest, letter_file_id: uuid.UUID) -> HttpResponse:
    """The letters of one file, once."""
    files = own_letters_visible_to(request.user, on=request.day)
    file = get_object_or_404(files, pk=letter_file_id)
    try:
        data = fetch_letters(file=file, by=request.user, on=request.day)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("letter_run", file.run_id)
    request.page.names(
        *pupils_of(file), ground=Ground.ADMINISTRATION, unit=file.run.school_id, target=file.pk
    )
    name = f"letters-{str(file.run_id)[:8]}-{file.number}.pdf"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/pdf", headers=disposition)


def _waiting(people: list[ToTell]) -> dict[str, int]:
    """How many letters and slips would be made for who was not written to yet."""
    left = [one.reach for one in people if not one.is_told]
    return {"letters": left.count(Reach.LETTER), "slips": left.count(Reach.SLIP)}


def _go_on(request: PortalRequest, run: LetterRun) -> HttpResponse:
    if run.finished_at is None:
        try:
            let_make_letters(run, by=request.user, on=request.day)
        except Refused as refused:
            messages.error(request, str(refused.sentence))
    return redirect("letter_run", run.pk)


def _run(request: PortalRequest, letters_id: uuid.UUID) -> LetterRun:
    return get_object_or_404(letter_runs_visible_to(request.user, on=request.day), pk=letters_id)
