"""At which schools and in which groups pupils are, and for what that still counts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from consent.models import Request
from students.models import Enrolment, GroupMembership, Pupil, School


def not_over(day: date) -> Q:
    """What has not ended before `day`; it may begin later."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=day)


def stays_on(day: date) -> QuerySet[Enrolment]:
    """Enrolments that count on `day`."""
    return Enrolment.objects.filter(not_over(day), starts_on__lte=day)


def places_on(day: date) -> QuerySet[GroupMembership]:
    """Places in groups that count on `day`."""
    return GroupMembership.objects.filter(not_over(day), starts_on__lte=day)


def own_places(school: School, on: date) -> QuerySet[GroupMembership]:
    """The own groups of the pupils of a school: those they are in today or come in next."""
    return GroupMembership.objects.filter(
        not_over(on), enrolment__school=school, group__is_combined=False
    )


def group_names(pupils: Iterable[Pupil], school_id: uuid.UUID, *, on: date) -> dict[uuid.UUID, str]:
    """What the own group of each pupil at a school is called; of two the one that began last."""
    places = places_on(on).filter(
        enrolment__pupil__in=list(pupils), enrolment__school=school_id, group__is_combined=False
    )
    return dict(places.order_by("starts_on").values_list("enrolment__pupil_id", "group__name"))


@dataclass(frozen=True)
class Stays:
    """The enrolments of some pupils: one query for all."""

    rows: tuple[tuple[uuid.UUID, uuid.UUID, date, date | None], ...]

    @classmethod
    def of(cls, requests: Iterable[Request]) -> Stays:
        """Those of the pupils whom somebody is asked about."""
        rows = Enrolment.objects.filter(pupil__in={request.pupil_id for request in requests})
        return cls(tuple(rows.values_list("pupil_id", "school_id", "starts_on", "ends_on")))

    def is_at(self, pupil: uuid.UUID, school: uuid.UUID, *days: date) -> bool:
        """Whether the pupil has not left that school before the last of these days."""
        last = max(days)
        return any(
            (who, where) == (pupil, school) and (end is None or end >= last)
            for who, where, _start, end in self.rows
        )
