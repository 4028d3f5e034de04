"""Rounds: which there are, starting one, and how far it is."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from consent.actions.rounds import start_round
from consent.forms.rounds import RoundForm
from consent.models import Round
from consent.queries import rounds as queries
from consent.queries.kept import consent_schools_kept_by
from consent.rules.round_days import proposed_days
from consent.tasks import let_carry_out
from students.models import School, SchoolYear


@page(Permission.RECORD_CONSENT, kind=Kind.LIST)
def consent_rounds(request: PortalRequest) -> HttpResponse:
    """Each school year of each of my schools: its round, or the way to start it."""
    years = queries.years_to_ask(request.user, on=request.day)
    context = {"years": years, "many_schools": len({one.school.pk for one in years}) > 1}
    return render(request, "consent/rounds/list.html", context)


@page(Permission.RECORD_CONSENT, methods=("GET", "POST"), kind=Kind.CHANGE)
def start_consent_round(
    request: PortalRequest, school_id: uuid.UUID, year_id: uuid.UUID
) -> HttpResponse:
    """Says what will be asked and about how many; the days are proposed, a person decides."""
    school, year = _school_year(request, school_id, year_id)
    started = _round_of(request, school, year)
    if started is not None:
        if request.method == "POST":
            messages.info(request, _("The round for this school year was started already."))
        return redirect("consent_round", started.pk)
    counts_from = max(request.day, year.starts_on)
    initial = vars(proposed_days(year.starts_on, request.day))
    form = RoundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        begun = attempt(form, lambda: _start(request, school, year, form))
        if begun is not None:
            return redirect("consent_round", begun.pk)
    context = {
        "form": form,
        "school": school,
        "year": year,
        "counts_from": counts_from,
        "asks": queries.would_ask(school, counts_from),
        "is_over": year.ends_on < request.day,
    }
    return render(request, "consent/rounds/start.html", context)


def _start(request: PortalRequest, school: School, year: SchoolYear, form: RoundForm) -> Round:
    row = start_round(
        school=school,
        school_year=year,
        dates=form.round_dates(),
        by=request.user,
        on=request.day,
    )
    _carry_out(request, row)
    return row


def _carry_out(request: PortalRequest, row: Round) -> None:
    """Leaves the work to a worker or to the day on which it opens; else does it now."""
    is_left = let_carry_out(row, by=request.user, on=request.day)
    if row.opens_on > request.day:
        messages.success(request, _("The round is ready. It opens by itself on its day."))
    elif is_left:
        messages.info(request, _("The round has started. You may leave this page."))
    else:
        messages.success(request, _("Everybody is asked."))


@page(Permission.RECORD_CONSENT)
def consent_round(request: PortalRequest, round_id: uuid.UUID) -> HttpResponse:
    """One round: its days, what is asked, and while it is carried out how far it is."""
    row = _round(request, round_id)
    is_done = row.carried_out_at is not None
    is_waiting = not is_done and row.opens_on > request.day
    if "HX-Request" in request.headers and is_done:
        return HttpResponse(headers={"HX-Refresh": "true"})  # progress ended: show the result
    if not is_done and not is_waiting:
        request.page.repeats()  # the browser asks every two seconds how far it is
    context = {
        "round": row,
        "is_done": is_done,
        "is_waiting": is_waiting,
        "is_going_on": not is_done and queries.is_being_carried_out(row),
        "asks": queries.would_ask(row.school, row.counts_from),
    }
    return render(request, "consent/rounds/round.html", context)


@page(Permission.RECORD_CONSENT, methods=("POST",), kind=Kind.CHANGE)
def carry_on_consent_round(request: PortalRequest, round_id: uuid.UUID) -> HttpResponse:
    """Goes on with a round that stopped half-way; nobody is asked twice."""
    row = _round(request, round_id)
    if row.carried_out_at is not None:
        messages.info(request, _("This round was carried out already."))
    elif row.opens_on > request.day:
        messages.info(request, _("This round opens by itself on its day."))
    elif queries.is_being_carried_out(row):
        messages.info(request, _("This round goes on already. You may leave this page."))
    else:
        _carry_out(request, row)
    return redirect("consent_round", round_id)


def _round(request: PortalRequest, round_id: uuid.UUID) -> Round:
    return get_object_or_404(queries.rounds_kept_by(request.user, on=request.day), pk=round_id)


def _school_year(
    request: PortalRequest, school_id: uuid.UUID, year_id: uuid.UUID
) -> tuple[School, SchoolYear]:
    schools = consent_schools_kept_by(request.user, on=request.day)
    school = get_object_or_404(schools, pk=school_id)
    return school, get_object_or_404(queries.year_of(school, year_id))


def _round_of(request: PortalRequest, school: School, year: SchoolYear) -> Round | None:
    rows = queries.rounds_kept_by(request.user, on=request.day)
    return rows.filter(school=school, school_year=year).first()
