"""The organisation: a board's schools and school years, a school's locations and groups."""

from __future__ import annotations

import uuid

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from students import queries, seen
from students.actions import organisation as actions
from students.forms import organisation as forms
from students.models import Group, School, SchoolYear
from students.views.changing import Words, answer


@page(Permission.SEE_ORGANISATION, kind=Kind.LIST)
def organisation(request: PortalRequest) -> HttpResponse:
    """The schools and school years of the boards this user works for."""
    schools = list(
        queries.organisations_visible_to(request.user, on=request.day)
        .prefetch_related("locations")
        .order_by("unit__name")
    )
    years = queries.school_years_visible_to(request.user, on=request.day).order_by("-starts_on")
    mine = set(request.user.units_with(Permission.MANAGE_BOARD, request.day))
    boards = {school.board_id: school.board for school in schools}
    return render(
        request,
        "students/organisation.html",
        {
            "boards": [
                {
                    "board": board,
                    "schools": [s for s in schools if s.board_id == key],
                    "years": [y for y in years if y.board_id == key],
                    "is_mine": key in mine,
                }
                for key, board in boards.items()
            ],
            "today": request.day,
        },
    )


@page(Permission.SEE_ORGANISATION)
def school(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """One school: its locations, and its groups per school year."""
    found = _school(request, school_id)
    counts = Count(
        "places",
        filter=Q(places__starts_on__lte=request.day)
        & (Q(places__ends_on__isnull=True) | Q(places__ends_on__gte=request.day)),
    )
    groups = list(
        queries.groups_visible_to(request.user, on=request.day)
        .filter(school=found)
        .annotate(pupils_now=counts)
        .order_by("-school_year__starts_on", "name", "pk")
    )
    years = queries.school_years_visible_to(request.user, on=request.day).filter(
        board=found.board_id
    )
    return render(
        request,
        "students/school.html",
        {
            "school": found,
            "locations": queries.locations_visible_to(request.user, on=request.day)
            .filter(school=found)
            .order_by("name"),
            "years": [
                (year, [g for g in groups if g.school_year_id == year.pk])
                for year in years.order_by("-starts_on")
            ],
            "manages": found.pk in request.user.units_with(Permission.MANAGE_GROUPS, request.day),
            "serves": found.board_id
            in request.user.units_with(Permission.MANAGE_BOARD, request.day),
            "today": request.day,
        },
    )


@page(Permission.MANAGE_GROUPS, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_location(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """A new building of a school."""
    found = _managed(request, school_id)
    form = forms.LocationForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: actions.save_location(
            school=found, name=form.cleaned_data["name"], by=request.user, on=request.day
        ),
        words=Words(
            _("Add a location"),
            _("A location is a building of the school."),
            _("Add the location"),
            _("The location is added."),
        ),
        back=reverse("school", args=[found.pk]),
    )


@page(Permission.MANAGE_GROUPS, methods=("GET", "POST"), kind=Kind.CHANGE)
def rename_location(request: PortalRequest, location_id: uuid.UUID) -> HttpResponse:
    """Another name for a building."""
    location = get_object_or_404(
        queries.locations_visible_to(request.user, on=request.day), pk=location_id
    )
    found = _managed(request, location.school_id)
    form = forms.LocationForm(request.POST or None, initial={"name": location.name})
    return answer(
        request,
        form,
        lambda: actions.save_location(
            school=found,
            location=location,
            name=form.cleaned_data["name"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Rename the location"),
            _("Pupils stay at this location."),
            _("Save"),
            _("The location has another name."),
        ),
        back=reverse("school", args=[found.pk]),
    )


@page(Permission.MANAGE_GROUPS, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_group(request: PortalRequest, school_id: uuid.UUID, year_id: uuid.UUID) -> HttpResponse:
    """A new group in a school year."""
    found = _managed(request, school_id)
    year = _year(request, year_id)
    form = forms.GroupForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: actions.add_group(
            school=found, year=year, **form.cleaned_data, by=request.user, on=request.day
        ),
        words=Words(
            _("Add a group"),
            _("A group exists for one school year. Pupils and counsellors come next."),
            _("Add the group"),
            _("The group is added."),
        ),
        back=reverse("school", args=[found.pk]),
    )


@page(Permission.MANAGE_GROUPS, methods=("GET", "POST"), kind=Kind.CHANGE)
def rename_group(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Another name for a group."""
    group: Group = get_object_or_404(
        queries.groups_visible_to(request.user, on=request.day), pk=group_id
    )
    found = _managed(request, group.school_id)
    initial = {"name": group.name, "seen": seen.of_fields(group, "name")}
    form = forms.RenameForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: actions.rename_group(
            group=group,
            name=form.cleaned_data["name"],
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Rename the group"),
            _("Pupils and counsellors stay with the group."),
            _("Save"),
            _("The group has another name."),
        ),
        back=reverse("school", args=[found.pk]),
    )


def _school(request: PortalRequest, school_id: uuid.UUID) -> School:
    rows = queries.organisations_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=school_id)


def _managed(request: PortalRequest, school_id: uuid.UUID) -> School:
    found = _school(request, school_id)
    if found.pk not in request.user.units_with(Permission.MANAGE_GROUPS, request.day):
        raise NotAllowed
    return found


def _year(request: PortalRequest, year_id: uuid.UUID) -> SchoolYear:
    rows = queries.school_years_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=year_id)
