"""What a board decides: its schools, their regions, and the school years."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from students import queries, rules, seen
from students.actions import organisation as actions
from students.forms import organisation as forms
from students.forms.pupils import day_of
from students.models import Board, School, SchoolYear
from students.views.changing import Words, answer

YEAR_WORDS = Words(
    _("Dates of a school year"),
    _("A school year runs from 1 August to 31 July, unless the board sets other dates."),
    _("Save the school year"),
    _("The school year is saved."),
)


@page(Permission.MANAGE_BOARD, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_school(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """A new school of the board."""
    board = _board(request, board_id)
    form = forms.SchoolForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: actions.add_school(
            board=board, **form.cleaned_data, by=request.user, on=request.day
        ),
        words=Words(
            _("Add a school"),
            _("The school starts empty. Name its director next."),
            _("Add the school"),
            _("The school is added."),
        ),
        back=reverse("organisation"),
    )


@page(Permission.MANAGE_BOARD, methods=("GET", "POST"), kind=Kind.CHANGE)
def change_region(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """The holiday region of a school."""
    found = _school(request, school_id)
    form = forms.RegionForm(request.POST or None, initial={"region": found.region})
    return answer(
        request,
        form,
        lambda: actions.change_region(
            school=found, region=form.cleaned_data["region"], by=request.user, on=request.day
        ),
        words=Words(
            _("Change the holiday region"),
            _("The region decides which school holidays count."),
            _("Save"),
            _("The holiday region is changed."),
        ),
        back=reverse("school", args=[found.pk]),
    )


@page(Permission.MANAGE_BOARD, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_school_year(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """A new school year; 1 August to 31 July is filled in."""
    board = _board(request, board_id)
    latest = (
        queries.school_years_visible_to(request.user, on=request.day)
        .filter(board=board)
        .order_by("-starts_on")
        .first()
    )
    days = rules.school_year_days(latest.ends_on.year if latest else request.day.year)
    initial = {"starts_on": days.starts_on, "ends_on": days.ends_on}
    form = forms.SchoolYearForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: actions.add_school_year(
            board=board,
            starts_on=day_of(form, "starts_on"),
            ends_on=day_of(form, "ends_on"),
            by=request.user,
            on=request.day,
        ),
        words=YEAR_WORDS,
        back=reverse("organisation"),
    )


@page(Permission.MANAGE_BOARD, methods=("GET", "POST"), kind=Kind.CHANGE)
def change_school_year(request: PortalRequest, year_id: uuid.UUID) -> HttpResponse:
    """Other dates for a school year."""
    year = _year(request, year_id)
    _board(request, year.board_id)
    initial = {
        "starts_on": year.starts_on,
        "ends_on": year.ends_on,
        "seen": seen.of_fields(year, "starts_on", "ends_on"),
    }
    form = forms.SchoolYearForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: actions.change_school_year(
            year=year,
            starts_on=day_of(form, "starts_on"),
            ends_on=day_of(form, "ends_on"),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=YEAR_WORDS,
        back=reverse("organisation"),
    )


def _school(request: PortalRequest, school_id: uuid.UUID) -> School:
    rows = queries.organisations_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=school_id)


def _year(request: PortalRequest, year_id: uuid.UUID) -> SchoolYear:
    rows = queries.school_years_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=year_id)


def _board(request: PortalRequest, board_id: uuid.UUID) -> Board:
    rows = queries.boards_served_by(request.user, on=request.day)
    return get_object_or_404(rows, pk=board_id)
