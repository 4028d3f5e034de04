"""Which rows of the log somebody may read, whom they may look for, and how rows are narrowed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import Membership, Unit, User
from access.permissions import Permission
from access.visibility import visibility_of
from audit import veils
from audit.models import LogCheck, LogEntry


@visibility_of(LogEntry.objects.all)
def log_rows_visible_to(rows: QuerySet[LogEntry], user: User, day: date) -> QuerySet[LogEntry]:
    """Rows of the schools whose log `user` reads; not those about their own child alone.

    Who reads for a board also sees rows that belong to no school, such as a failed sign-in.
    A parent's look at their own child's log is the parent's page, not the director's. But a row
    about the reader's own account always shows: who links a director to a child, so that the log
    of that child closes, does not do so unseen.
    """
    units = user.units_with(Permission.READ_LOG, day)
    reached = Unit.objects.filter(Q(pk__in=units) | Q(parent__in=units))
    kinds = dict(reached.order_by("pk").values_list("pk", "kind"))
    # Keys, not a subquery: for one school the index on (unit, moment) then leads to its rows.
    where = Q(unit__in=list(kinds))
    if Unit.Kind.BOARD in kinds.values():
        where |= Q(unit__isnull=True)
    own, the_reader = veils.keys_of_reader(user)
    if own:
        about_own = Q(subjects__contained_by=own, subjects__len__gt=0)
        rows = rows.exclude(about_own & ~Q(object_pk__in=the_reader))
    return rows.filter(where)


@visibility_of(User.objects.all)
def people_in_log_visible_to(rows: QuerySet[User], user: User, day: date) -> QuerySet[User]:
    """Who works or worked, or has a child, where `user` reads the log; and the board's people."""
    units = user.units_with(Permission.READ_LOG, day)
    here = Membership.objects.filter(user=OuterRef("pk")).filter(
        Q(unit__in=units) | Q(unit__parent__in=units) | Q(unit__units__in=units)
    )
    return rows.filter(Exists(here))


def family_names(rows: Iterable[LogEntry], user: User, *, on: date) -> dict[uuid.UUID, str]:
    """The names of parents and pupils who did something, as their accounts say now."""
    behind = veils.people_behind(rows)
    if not behind:
        return {}
    people = people_in_log_visible_to(user, on=on).filter(pk__in=set(behind.values()))
    names = dict(people.values_list("pk", "name"))
    return {key: names[person] for key, person in behind.items() if person in names}


def people_found(typed: str, user: User, *, on: date) -> QuerySet[User]:
    """People whose name or user name holds each typed word."""
    rows = people_in_log_visible_to(user, on=on)
    for word in typed.split():
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
    return rows.order_by("name", "pk")


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; empty means everything."""

    people: tuple[uuid.UUID, ...] | None = None  # none asked for, or the accounts found
    name: str = ""  # as it was written then: of a job, or of an account that is gone
    pupils: tuple[uuid.UUID, ...] | None = None  # none asked for, or those found (maybe nobody)
    event: str = ""
    outcome: str = ""
    ground: str = ""
    request: uuid.UUID | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_indexed(self) -> bool:
        """Whether an index leads straight to the few rows that fit."""
        return bool(self.people or self.pupils or self.request)


def narrowed(rows: QuerySet[LogEntry], wanted: Wanted) -> QuerySet[LogEntry]:
    """The rows that fit what the reader looks for, whenever they were written."""
    if wanted.people is not None:
        rows = rows.filter(actor__in=wanted.people)
    if wanted.name:
        rows = rows.filter(actor_name__icontains=wanted.name)
    if wanted.pupils is not None:
        rows = rows.filter(subjects__overlap=list(wanted.pupils)) if wanted.pupils else rows.none()
    exact = {"event": wanted.event, "outcome": wanted.outcome, "ground": wanted.ground}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows.filter(cid=str(wanted.request)) if wanted.request else rows


def rows_of_request(user: User, request_id: uuid.UUID, *, on: date) -> QuerySet[LogEntry]:
    """Everything that one request wrote, first things first."""
    rows = log_rows_visible_to(user, on=on).filter(cid=str(request_id))
    return rows.order_by("timestamp", "id")


@visibility_of(LogCheck.objects.all)
def log_checks_visible_to(rows: QuerySet[LogCheck], user: User, day: date) -> QuerySet[LogCheck]:
    """The checks that somebody asked for, and those of the night, for who reads a log."""
    if not user.units_with(Permission.READ_LOG, day):
        return rows.none()
    return rows.filter(Q(asked_by=user) | Q(asked_by=None))
