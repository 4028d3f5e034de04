"""Schools of a board, their locations, school years and groups."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import Unit, User
from access.permissions import Permission
from audit.actions import record
from audit.events import Event
from students import events, rules, seen
from students.models import Board, Group, Location, School, SchoolYear


@transaction.atomic
def add_school(*, board: Board, name: str, brin: str, region: str, by: User, on: date) -> School:
    """Adds a school to a board; a BRIN code belongs to one school."""
    _must_serve(by, Permission.MANAGE_BOARD, {board.pk}, on)
    _one_at_a_time(board.pk)
    if School.objects.filter(brin=brin).exists():
        raise Refused(_("There is already a school with this BRIN code."))
    unit = Unit.objects.create(kind=Unit.Kind.SCHOOL, parent=board.unit, name=name)
    school = School.objects.create(unit=unit, board=board, brin=brin, region=region)
    _record(events.SCHOOL_ADDED, school, unit=school.pk, by=by)
    return school


@transaction.atomic
def change_region(*, school: School, region: str, by: User, on: date) -> bool:
    """Changes the holiday region of a school; False when it already was that one."""
    _must_serve(by, Permission.MANAGE_BOARD, {school.board_id}, on)
    if school.region == region:
        return False
    school.region = region
    school.save(update_fields=["region"])
    _record(events.SCHOOL_CHANGED, school, unit=school.pk, by=by, changed="region")
    return True


@transaction.atomic
def save_location(
    *, school: School, name: str, by: User, on: date, location: Location | None = None
) -> bool:
    """Adds a location to a school, or renames one; False when the name already was that one."""
    _must_serve(by, Permission.MANAGE_GROUPS, {school.pk}, on)
    _one_at_a_time(school.pk)
    if location is not None and location.name == name:
        return False
    others = Location.objects.filter(school=school, name__iexact=name)
    if location is not None:
        others = others.exclude(pk=location.pk)
    if others.exists():
        raise Refused(_("There is already a location with this name."))
    if location is None:
        location = Location.objects.create(school=school, name=name)
        _record(events.LOCATION_ADDED, location, unit=school.pk, by=by)
    else:
        location.name = name
        location.save(update_fields=["name"])
        _record(events.LOCATION_RENAMED, location, unit=school.pk, by=by, changed="name")
    return True


@transaction.atomic
def add_group(
    *, school: School, year: SchoolYear, name: str, year_group: str, by: User, on: date
) -> Group:
    """Adds a group to a school for one school year."""
    _must_serve(by, Permission.MANAGE_GROUPS, {school.pk}, on)
    _one_at_a_time(school.pk)
    if year.board_id != school.board_id:
        raise Refused(_("This school year is of another board."))
    if Group.objects.filter(school=school, school_year=year, name__iexact=name).exists():
        raise Refused(_("There is already a group with this name in this school year."))
    group = Group.objects.create(school=school, school_year=year, name=name, year_group=year_group)
    _record(events.GROUP_ADDED, group, unit=school.pk, by=by)
    return group


@transaction.atomic
def rename_group(*, group: Group, name: str, seen_before: str, by: User, on: date) -> bool:
    """Gives a group another name; pupils and counsellors stay with it. False when unchanged."""
    _must_serve(by, Permission.MANAGE_GROUPS, {group.school_id}, on)
    now = Group.objects.select_for_update().get(pk=group.pk)
    seen.must_be_unchanged(seen.of_fields(now, "name"), seen_before)
    if now.name == name:
        return False
    others = Group.objects.filter(
        school=now.school_id, school_year=now.school_year_id, name__iexact=name
    )
    if others.exclude(pk=now.pk).exists():
        raise Refused(_("There is already a group with this name in this school year."))
    now.name = name
    now.save(update_fields=["name"])
    _record(events.GROUP_RENAMED, now, unit=now.school_id, by=by, changed="name")
    return True


@transaction.atomic
def add_school_year(
    *, board: Board, starts_on: date, ends_on: date, by: User, on: date
) -> SchoolYear:
    """Adds a school year to a board; two school years never share a day."""
    _must_serve(by, Permission.MANAGE_BOARD, {board.pk}, on)
    _one_at_a_time(board.pk)
    _must_fit(board.pk, starts_on, ends_on)
    year = SchoolYear.objects.create(
        board=board,
        name=rules.school_year_name(starts_on),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _record(events.SCHOOL_YEAR_ADDED, year, unit=board.pk, by=by)
    return year


@transaction.atomic
def change_school_year(
    *,
    year: SchoolYear,
    starts_on: date,
    ends_on: date,
    seen_before: str,
    by: User,
    on: date,
) -> bool:
    """Sets other dates for a school year; False when nothing changed."""
    _must_serve(by, Permission.MANAGE_BOARD, {year.board_id}, on)
    _one_at_a_time(year.board_id)
    now = SchoolYear.objects.get(pk=year.pk)
    seen.must_be_unchanged(seen.of_fields(now, "starts_on", "ends_on"), seen_before)
    if (now.starts_on, now.ends_on) == (starts_on, ends_on):
        return False
    _must_fit(now.board_id, starts_on, ends_on, but=now)
    now.starts_on, now.ends_on = starts_on, ends_on
    now.name = rules.school_year_name(starts_on)
    now.save(update_fields=["name", "starts_on", "ends_on"])
    _record(events.SCHOOL_YEAR_CHANGED, now, unit=now.board_id, by=by, changed="dates")
    return True


def _must_fit(
    board: uuid.UUID, starts_on: date, ends_on: date, *, but: SchoolYear | None = None
) -> None:
    if ends_on <= starts_on:
        raise Refused(_("The last day comes before the first day."))
    if not 200 <= (ends_on - starts_on).days <= 500:
        raise Refused(_("A school year lasts about a year. Check the dates."))
    others = SchoolYear.objects.filter(board=board)
    if but is not None:
        others = others.exclude(pk=but.pk)
    days = rules.Days(starts_on, ends_on)
    for other in others:
        if rules.overlap(days, other):
            raise Refused(_("These dates overlap with another school year."))
        if other.name == rules.school_year_name(starts_on):
            raise Refused(_("There is already a school year with this name."))


def _must_serve(by: User, permission: Permission, units: set[uuid.UUID], on: date) -> None:
    if not units & set(by.units_with(permission, on)):
        raise NotAllowed


def _one_at_a_time(unit: uuid.UUID) -> None:
    """Others who change the same board or school wait until this transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(unit)])


def _record(what: Event, target: Model, *, unit: uuid.UUID, by: User, changed: str = "") -> None:
    record(what, by=by, unit=unit, target=target, changed=[changed] if changed else [])
