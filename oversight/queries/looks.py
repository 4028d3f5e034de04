"""Who looked at a dossier, as a family may read it: rows of the log, held back ones left out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access.models import User
from access.visibility import visibility_of
from audit.events import Outcome
from audit.models import LogEntry
from audit.queries import Wanted
from audit.searching import NEWEST_FIRST, Place, newest
from consent.queries import family_visible_to
from consent.queries.family import with_authority
from oversight.models import HoldBack, LookLeave, LookNames
from oversight.rules.looks import (
    EVENTS,
    FAMILY_ROLES,
    SHOWN,
    Leave,
    Line,
    Look,
    Reader,
    as_shown,
    may_see,
    merged,
    whole_days,
)
from students.models import Pupil, School

LINES = 30  # on a page, and then the rest of that day
_CHUNK = 400  # rows read at once


@dataclass(frozen=True)
class OwnDossier:
    """A child of a parent, or the pupil itself, and whether they see who looked."""

    pupil: Pupil
    is_self: bool
    sees: bool
    holds_authority: bool = False


def own_dossiers(user: User, *, on: date) -> list[OwnDossier]:
    """Each child of `user`, or the pupil itself, in three queries."""
    pupils = list(family_visible_to(user, on=on).order_by("birth_date", "sort_name", "pk"))
    holding = with_authority(pupils, user, on)
    leaves = _leaves(pupils, user)
    found = []
    for pupil in pupils:
        is_self = pupil.user_id == user.pk
        holds = pupil.pk in holding
        sees = may_see(
            Reader.PUPIL if is_self else Reader.PARENT,
            pupil.birth_date,
            on,
            holds_authority=holds,
            leave=leaves.get(pupil.pk),
        )
        found.append(OwnDossier(pupil, is_self, sees, holds))
    return found


@visibility_of(lambda: Pupil.objects.select_related("board__unit"))
def looked_at_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils of whom `user` sees who looked: own children by the rule of ages, or itself."""
    return rows.filter(pk__in=[own.pupil.pk for own in own_dossiers(user, on=day) if own.sees])


def _leaves(pupils: Iterable[Pupil], user: User) -> dict[uuid.UUID, Leave]:
    """What each pupil last said about `user`; one who is known as two parents: the latest yes."""
    rows = LookLeave.objects.filter(
        pupil__in=list(pupils),
        parent__user=user,
        parent__children__pupil=F("pupil"),
        parent__children__withdrawn_at__isnull=True,
    )
    latest = rows.order_by("pupil", "parent", "-said_at", "-pk").distinct("pupil", "parent")
    found: dict[uuid.UUID, Leave] = {}
    for row in latest:
        if row.is_given or row.pupil_id not in found:
            found[row.pupil_id] = Leave(row.is_given, row.day)
    return found


@dataclass(frozen=True)
class Held:
    """What is held back from a family today."""

    rows: list[Q] = field(default_factory=list)
    unnamed: set[uuid.UUID] = field(default_factory=set)


def held_back_from(pupil: Pupil, *, is_self: bool) -> Held:
    """What a family does not read of this pupil today; the database says what, never why."""
    held = Held()
    with connection.cursor() as cursor:
        cursor.execute("select * from looks_held_back(%s)", [pupil.pk])
        found = cursor.fetchall()
    for what, colleague, first, last, is_from_pupil_too, by in found:
        if is_self and not is_from_pupil_too:
            continue
        if what == HoldBack.What.NAME:
            held.unnamed.add(colleague)
        else:
            whose = Q(actor=colleague) if colleague else ~Q(actor=by)  # nobody hides themselves
            held.rows.append(_between(first, last) & whose)
    return held


def _between(first: date | None, last: date | None) -> Q:
    found = Q(timestamp__isnull=False)
    if first:
        found &= Q(timestamp__gte=midnight(first))
    if last:
        found &= Q(timestamp__lt=midnight(last + timedelta(days=1)))
    return found


def midnight(day: date) -> datetime:
    """The beginning of a day at school."""
    return timezone.make_aware(datetime.combine(day, time.min))


def are_named(board_id: uuid.UUID) -> bool:
    """Whether families of this board read names; roles only until the board chose."""
    latest = LookNames.objects.filter(board=board_id).order_by("-chosen_at", "-pk").first()
    return latest is not None and latest.is_by_name


def looks_about(pupil: Pupil) -> QuerySet[LogEntry]:
    """Every row that is a look at this pupil's dossier, by somebody of staff."""
    rows = LogEntry.objects.filter(
        subjects__overlap=[pupil.log_key],
        outcome=Outcome.SUCCESS,
        event__in=EVENTS,
        actor__isnull=False,
        additional_data__page__in=list(SHOWN),
    )
    return rows.exclude(actor_role__in=FAMILY_ROLES)


@dataclass(frozen=True)
class Seen:
    """One page of lines, and the day before which the next page begins."""

    lines: list[Line]
    following: date | None
    with_names: bool
    schools: dict[uuid.UUID | None, str]
    is_cut_off: bool = False  # the log was too slow to give even one whole day

    @property
    def has_several_schools(self) -> bool:
        """Whether the lines are about dossiers of more than one school."""
        return len(self.schools) > 1


def who_looked(pupil: Pupil, user: User, *, on: date, before: date | None = None) -> Seen:
    """A page of who looked, as `user` may read it."""
    return as_family_reads(pupil, is_self=pupil.user_id == user.pk, on=on, before=before)


def as_family_reads(pupil: Pupil, *, is_self: bool, on: date, before: date | None = None) -> Seen:
    """A page as parents, or the pupil itself, read it: held back rows leave no trace or count."""
    held = held_back_from(pupil, is_self=is_self)
    rows = looks_about(pupil)
    for one in held.rows:
        rows = rows.exclude(one)
    found, has_more = _newest(rows, pupil, before, on)
    named = are_named(pupil.board_id)
    looks = [as_shown(look, with_names=named, unnamed=held.unnamed) for look in found]
    return _page(looks, has_more, with_names=named)


def everything_looked(pupil: Pupil, *, on: date, before: date | None = None) -> Seen:
    """The same page with all names and nothing held back: for who decides what is."""
    looks, has_more = _newest(looks_about(pupil), pupil, before, on)
    return _page(looks, has_more, with_names=True)


def _page(looks: list[Look], has_more: bool, *, with_names: bool) -> Seen:
    """Whole days, newest first, merged into lines."""
    lines, following = whole_days(merged(looks), LINES)
    if following is None and has_more and lines:
        following = lines[-1].day
    keys = {line.school for line in lines if line.school}
    names = School.objects.filter(pk__in=keys).values_list("pk", "unit__name")
    return Seen(lines, following, with_names, dict(names), has_more and not lines)


def line_of(pupil: Pupil, user: User, look: uuid.UUID, *, on: date) -> Line | None:
    """The line that this look stands in, as `user` reads it; none when there is none for them."""
    held = held_back_from(pupil, is_self=pupil.user_id == user.pk)
    rows = looks_about(pupil)
    for one in held.rows:
        rows = rows.exclude(one)
    moment = rows.filter(pk=look).values_list("timestamp", flat=True).first()
    if moment is None:
        return None
    day = timezone.localtime(moment).date()
    named = are_named(pupil.board_id)
    of_day = (as_shown(one, with_names=named, unnamed=held.unnamed) for one in _of_day(rows, day))
    lines = merged(of_day)
    return next((line for line in lines if any(one.key == look for one in line.looks)), None)


def _newest(
    rows: QuerySet[LogEntry], pupil: Pupil, before: date | None, on: date
) -> tuple[list[Look], bool]:
    """The newest looks of whole days, and whether there are older ones.

    As every search of the log: from the newest month back, and stopped after some seconds (ADR 31).
    """
    after = Place(midnight(before)) if before else None
    wanted = Wanted(pupils=(pupil.log_key,))
    found = newest(rows, wanted, size=_CHUNK, on=on, after=after)
    looks = [_look(row) for row in found.rows]
    if found.following is None:
        return looks, False
    last = timezone.localtime(found.following.moment).date()
    whole = [look for look in looks if look.day > last]
    if whole or found.stopped_at is not None:
        return whole, True
    return _of_day(rows, last), rows.filter(timestamp__lt=midnight(last)).exists()


def _of_day(rows: QuerySet[LogEntry], day: date) -> list[Look]:
    return [_look(row) for row in rows.filter(_between(day, day)).order_by(*NEWEST_FIRST)]


def _look(row: LogEntry) -> Look:
    assert row.actor_id is not None
    detail = row.additional_data or {}
    return Look(
        key=row.pk,
        day=timezone.localtime(row.timestamp).date(),
        who=row.actor_id,
        name=row.actor_name,
        role=row.actor_role,
        ground=row.ground,
        page=str(detail["page"]),
        school=row.unit,
    )
