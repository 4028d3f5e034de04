"""Who reads, judges and answers which findings, and what is told of them.

About who keeps the dossiers of a school, or serves the board, the board officer judges; so too
where every keeper of the school is the person or a parent. Privacy officer and FG read them all.
Nobody reads here what is about their own child; what is about themselves has a door of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from access.models import Membership, Unit, User
from access.permissions import Permission
from access.visibility import visibility_of
from audit.models import LogEntry
from audit.subjects import Subject, own_children
from dossiers.queries import dossiers_visible_to
from oversight.models import Finding, FindingRow, Judgement, Reply
from oversight.queries.findings_sealed import note_or_none, text_or_none
from students.models import Enrolment, Parenthood, Pupil
from vault.sealing import keyring

NEWEST_FIRST = ("-day", "-made_at", "-pk")


_KEEPERS = ("director", "deputy")
_OF_THE_BOARD = ("board-officer", "privacy-officer", "fg")


def _for_the_board(rows: QuerySet[Finding], day: date) -> QuerySet[Finding]:
    """`is_for_board`: whether the board officer judges it, as things stand on the door's day.

    The same function keeps the rows in the database (migration 0004). It is asked only
    of those for which it may say yes: of nearly all, four sets say at once that it does not.
    """
    kept = Membership.objects.filter(role__in=_KEEPERS)
    now = kept.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    answering = Membership.objects.filter(role__in=(*_KEEPERS, *_OF_THE_BOARD))
    children = Parenthood.objects.filter(parent__user__in=kept.values("user"))
    may_be = (
        Q(unit__kind=Unit.Kind.BOARD)
        | Q(person__in=answering.values("user"))
        | ~Q(unit__in=now.values("unit"))
        | Q(subjects__overlap=ArraySubquery(children.values("pupil__log_key")))
    )
    told = (F(name) for name in ("unit", "person", "day", "subjects"))
    exactly = Func(*told, function="oversight_is_for_board", output_field=BooleanField())
    return rows.annotate(is_for_board=Case(When(may_be, then=exactly), default=Value(False)))


def _reach(user: User, day: date, *, only_judging: bool) -> Q:
    """Where `user` reads findings, and which of them there."""
    where = Q(pk__in=[])
    for held in user.memberships_with(Permission.READ_FINDINGS, day):
        place = Q(unit=held.unit_id) | Q(unit__parent=held.unit_id)
        if Permission.JUDGE_FINDINGS in held.role_class.permissions:
            where |= place & Q(is_for_board=held.unit.kind == Unit.Kind.BOARD)
        elif not only_judging:
            where |= place
    return where


def _narrowed(
    rows: QuerySet[Finding], user: User, day: date, *, only_judging: bool
) -> QuerySet[Finding]:
    own = own_children(user)
    if own:
        rows = rows.exclude(subjects__overlap=own)
    rows = _for_the_board(rows, day).filter(_reach(user, day, only_judging=only_judging))
    return rows.filter(Q(person__isnull=True) | ~Q(person=user))


@visibility_of(lambda: Finding.objects.select_related("unit", "person"))
def findings_visible_to(rows: QuerySet[Finding], user: User, day: date) -> QuerySet[Finding]:
    """Findings that `user` supervises; not those about themselves or their own child."""
    return _narrowed(rows, user, day, only_judging=False)


@visibility_of(lambda: Finding.objects.select_related("unit", "person"))
def findings_to_judge_visible_to(
    rows: QuerySet[Finding], user: User, day: date
) -> QuerySet[Finding]:
    """Of those, the findings that are for `user` to judge."""
    return _narrowed(rows, user, day, only_judging=True)


@visibility_of(lambda: Finding.objects.select_related("unit", "person"))
def own_findings_visible_to(rows: QuerySet[Finding], user: User, day: date) -> QuerySet[Finding]:
    """Findings about `user`, whatever role they have."""
    return rows.filter(person=user)


@visibility_of(LogEntry.objects.all)
def own_rows_visible_to(rows: QuerySet[LogEntry], user: User, day: date) -> QuerySet[LogEntry]:
    """What the log says that `user` did, at whatever school."""
    return rows.filter(actor=user)


def with_outcome(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """`outcome`: the newest judgement, empty when there is none; `row_count`: rows behind it."""
    newest = Judgement.objects.filter(finding=OuterRef("pk")).order_by("-judged_at", "-pk")
    behind = FindingRow.objects.filter(finding=OuterRef("pk")).order_by().values("finding")
    return rows.annotate(
        outcome=Subquery(newest.values("outcome")[:1]),
        row_count=Coalesce(Subquery(behind.annotate(number=Count("pk")).values("number")), 0),
    )


def not_judged(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """Findings of which nobody said anything yet."""
    return rows.filter(~Exists(Judgement.objects.filter(finding=OuterRef("pk"))))


def open_findings_visible_to(user: User, *, on: date) -> QuerySet[Finding]:
    """Findings that `user` supervises and nobody judged yet."""
    return not_judged(findings_visible_to(user, on=on))


def findings_waiting_for(user: User, *, on: date) -> int:
    """How many findings `user` has to judge."""
    return not_judged(findings_to_judge_visible_to(user, on=on)).count()


def own_findings_waiting(user: User, *, on: date) -> int:
    """How many findings about `user` nobody judged yet."""
    return not_judged(own_findings_visible_to(user, on=on)).count()


def rows_behind(finding: Finding) -> QuerySet[LogEntry]:
    """The rows of the log that a finding rests on, first things first, as far as they are left."""
    rows = FindingRow.objects.filter(finding=finding)
    times = list(rows.order_by("row_time").values_list("row_time", flat=True))
    if not times:
        return LogEntry.objects.none()
    # With their moments the database looks into the months of these rows only.
    found = LogEntry.objects.filter(
        pk__in=rows.values("row"), timestamp__range=(times[0], times[-1])
    )
    return found.order_by("timestamp", "pk")


@visibility_of(Pupil.objects.all)
def pupils_in_findings_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils, now or earlier, of the schools whose findings `user` reads; not their own child."""
    units = user.units_with(Permission.READ_FINDINGS, day)
    here = Enrolment.objects.filter(Q(school__in=units) | Q(school__board__in=units))
    return rows.filter(pk__in=here.values("pupil")).exclude(parenthoods__parent__user=user)


def pupils_named(keys: Iterable[uuid.UUID], user: User, *, on: date) -> dict[uuid.UUID, Subject]:
    """Who supervises sees the pupils named."""
    found = pupils_in_findings_visible_to(user, on=on).filter(log_key__in=list(keys))
    return {pupil.log_key: Subject(pupil.log_key, pupil.name) for pupil in found}


def own_pupils_named(
    keys: Iterable[uuid.UUID], user: User, *, on: date
) -> dict[uuid.UUID, Subject]:
    """The person sees those pupils named whose dossier opens to them today."""
    rows = dossiers_visible_to(user, on=on).filter(pupil__log_key__in=list(keys))
    pupils = [dossier.pupil for dossier in rows]
    return {pupil.log_key: Subject(pupil.log_key, pupil.name) for pupil in pupils}


@dataclass(frozen=True)
class Said:
    """A judgement with its note, or a reply: who said what when; none when it can't be opened."""

    row: Any
    words: str | None


def judgements_of(finding: Finding) -> list[Said]:
    """Every judgement with its note, the newest first: for who supervises."""
    rows = list(
        Judgement.objects.filter(finding=finding)
        .select_related("judged_by", "note")
        .order_by("-judged_at", "-pk")
    )
    keys = keyring([row.pk for row in rows])
    return [Said(row, note_or_none(keys, row, finding.unit_id)) for row in rows]


def outcomes_of(finding: Finding) -> QuerySet[Judgement]:
    """How it was judged and when, the newest first: for the person, without the notes."""
    rows = Judgement.objects.filter(finding=finding).select_related("judged_by")
    return rows.order_by("-judged_at", "-pk")


def replies_of(finding: Finding) -> list[Said]:
    """What the person said, first things first."""
    rows = list(
        Reply.objects.filter(finding=finding)
        .select_related("replied_by")
        .order_by("replied_at", "pk")
    )
    keys = keyring([row.pk for row in rows])
    return [Said(row, text_or_none(keys, row, finding.unit_id)) for row in rows]


def number_of_judgements(finding: Finding) -> int:
    """How often it was judged: a form says which it was made for."""
    return Judgement.objects.filter(finding=finding).count()
