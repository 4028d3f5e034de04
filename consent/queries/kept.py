"""Pupils whose consent somebody keeps, and what is recorded about one: rows, before words."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import VisibleTo, visibility_of
from consent.models import (
    Answer,
    Code,
    CourtOrder,
    Objection,
    SafetyBlock,
    UnableDecision,
    UnreachableDecision,
)
from consent.models.matters import Matter
from consent.queries.stays import not_over
from students.models import Enrolment, Parenthood, Pupil, Representative, School

M = TypeVar("M", bound=Matter)
R = TypeVar("R", bound=Model)


def _units(user: User, day: date) -> list[uuid.UUID]:
    return user.units_with(Permission.RECORD_CONSENT, day)


def not_own_child(rows: QuerySet[R], user: User, pupil: str = "pupil") -> QuerySet[R]:
    """Without what is about a child of `user`: there stands what the other parent answered."""
    links = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef(pupil), withdrawn_at__isnull=True
    )
    return rows.filter(~Exists(links))


@visibility_of(Pupil.objects.all)
def consent_pupils_kept_by(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils, now or earlier, of schools where `user` keeps consent; never an own child."""
    stays = Enrolment.objects.filter(pupil=OuterRef("pk"), school__in=_units(user, day))
    return not_own_child(rows.filter(Exists(stays)), user, "pk")


@visibility_of(lambda: School.objects.select_related("unit"))
def consent_schools_kept_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools where `user` keeps consent."""
    return rows.filter(pk__in=_units(user, day))


def schools_keeping(pupil: Pupil, user: User, *, on: date) -> list[School]:
    """Schools of the pupil where `user` keeps consent; the one where the pupil is comes first."""
    kept = {school.pk: school for school in consent_schools_kept_by(user, on=on)}
    stays = Enrolment.objects.filter(pupil=pupil, school__in=kept).order_by("-starts_on", "pk")
    rows = sorted(stays, key=lambda stay: stay.ends_on is not None and stay.ends_on < on)
    return list(dict.fromkeys(kept[stay.school_id] for stay in rows))


@visibility_of(lambda: Representative.objects.select_related("pupil"))
def represented_pupils_kept_by(
    rows: QuerySet[Representative], user: User, day: date
) -> QuerySet[Representative]:
    """Who represents pupils of schools where `user` keeps consent."""
    stays = Enrolment.objects.filter(pupil=OuterRef("pupil"), school__in=_units(user, day))
    return not_own_child(rows.filter(Exists(stays)), user)


@visibility_of(
    lambda: Answer.objects.select_related("text", "recorded_by", "pupil", "school__unit")
)
def answers_kept_by(rows: QuerySet[Answer], user: User, day: date) -> QuerySet[Answer]:
    """Every answer given at a school where `user` keeps consent; never about an own child."""
    return not_own_child(rows.filter(school__in=_units(user, day)), user)


@visibility_of(lambda: Code.objects.select_related("pupil", "school__unit", "made_by", "parent"))
def codes_kept_by(rows: QuerySet[Code], user: User, day: date) -> QuerySet[Code]:
    """Codes that open something still, at schools where `user` keeps consent; never the words."""
    open_ones = rows.filter(
        school__in=_units(user, day),
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_on__gte=day,
    )
    return not_own_child(open_ones, user)


def _matters_kept(model: type[M], name: str) -> VisibleTo[M]:
    """A visibility query over one kind of matter.

    Where it was recorded, and for what follows the pupil also where the pupil is now.
    """

    def check(rows: QuerySet[M], user: User, day: date) -> QuerySet[M]:
        units = _units(user, day)
        here = Enrolment.objects.filter(
            not_over(day),
            pupil=OuterRef("pupil"),
            school__in=units,
        )
        wanted = Q(school__in=units)
        if model in (CourtOrder, SafetyBlock):
            wanted |= Q(Exists(here))
        return not_own_child(rows.filter(wanted), user)

    check.__name__ = name
    return visibility_of(
        lambda: model._default_manager.select_related(
            "pupil", "school__unit", "purpose", "recorded_by"
        )
    )(check)


objections_kept_by = _matters_kept(Objection, "objections_kept_by")
safety_blocks_kept_by = _matters_kept(SafetyBlock, "safety_blocks_kept_by")
court_orders_kept_by = _matters_kept(CourtOrder, "court_orders_kept_by")
unable_decisions_kept_by = _matters_kept(UnableDecision, "unable_decisions_kept_by")
unreachable_decisions_kept_by = _matters_kept(UnreachableDecision, "unreachable_decisions_kept_by")
