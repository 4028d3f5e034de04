"""Parents who ask to film at school, and the children who may not be filmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import Channel, FilmingRequest
from consent.queries.checking import pupils_chosen
from consent.queries.effects import effects_of
from consent.queries.family import children_known_where
from consent.queries.stays import group_names, stays_on
from consent.queries.texts import texts_in_use
from students.models import Group, Parent, Pupil, School


def _requests() -> QuerySet[FilmingRequest]:
    return FilmingRequest.objects.select_related("school__unit", "parent", "decided_by")


@visibility_of(_requests)
def own_filming_visible_to(
    rows: QuerySet[FilmingRequest], user: User, day: date
) -> QuerySet[FilmingRequest]:
    """What `user` asked as a parent."""
    return rows.filter(parent__user=user)


@visibility_of(_requests)
def filming_kept_by(
    rows: QuerySet[FilmingRequest], user: User, day: date
) -> QuerySet[FilmingRequest]:
    """What parents asked at the schools where `user` decides; never the own question."""
    units = user.units_with(Permission.DECIDE_CONSENT, day)
    return rows.filter(school__in=units).exclude(parent__user=user)


def filming_to_decide(user: User, *, on: date) -> int:
    """How many requests wait for `user`, of days that are not over."""
    return filming_kept_by(user, on=on).filter(decision="", day__gte=on).count()


def as_parent_at(user: User, school: School, *, on: date) -> Parent | None:
    """As which parent `user` is known at a school where a child of theirs is today.

    Of a child of whom they know the school: with authority (see `knows_where`).
    """
    stays = stays_on(on).filter(
        school=school,
        pupil__in=children_known_where(user, on=on),
        pupil__parenthoods__parent=OuterRef("pk"),
        pupil__parenthoods__withdrawn_at__isnull=True,
    )
    return Parent.objects.filter(Exists(stays), user=user).order_by("pk").first()


def children_behind(request: FilmingRequest, *, on: date) -> list[Pupil]:
    """The children of whoever asks who are at that school: the log names them."""
    stays = stays_on(on).filter(school=request.school_id)
    return list(
        Pupil.objects.filter(
            pk__in=stays.values("pupil"),
            parenthoods__parent=request.parent_id,
            parenthoods__withdrawn_at__isnull=True,
        ).order_by("pk")
    )


def is_parent_at_a_school(user: User, *, on: date) -> bool:
    """Whether a child of `user` is at school today; tells not where."""
    rows = stays_on(on).filter(
        pupil__parenthoods__parent__user=user,
        pupil__parenthoods__withdrawn_at__isnull=True,
    )
    return rows.exists()


@visibility_of(lambda: School.objects.select_related("unit"))
def schools_of_children_visible_to(
    rows: QuerySet[School], user: User, day: date
) -> QuerySet[School]:
    """Schools where a child of `user` is today, as far as `user` may know where that is."""
    stays = stays_on(day).filter(pupil__in=children_known_where(user, on=day))
    return rows.filter(pk__in=stays.values("school"))


@dataclass(frozen=True)
class NotFilmed:
    """A pupil who may not be filmed on a day."""

    pupil: Pupil
    group: str


@dataclass(frozen=True)
class FilmingList:
    """Who may not be filmed, of how many; nothing asked means nobody may be."""

    is_asked: bool
    total: int
    lines: list[NotFilmed]


def those_not_filmed(
    user: User, *, on: date, school: School, groups: Iterable[Group], day: date
) -> FilmingList:
    """The children of a school or of some groups who may not be filmed; open is no."""
    pupils = list(pupils_chosen(user, on=on, school=school, groups=groups, typed=""))
    texts = [t for t in texts_in_use(school.board_id, day) if t.purpose.channel == Channel.FILMING]
    effects = effects_of(pupils, texts, school_id=school.pk, on=day)
    names = group_names(pupils, school.pk, on=day)
    lines = [
        NotFilmed(pupil, names.get(pupil.pk, ""))
        for pupil in pupils
        if not texts or not all(effects[pupil.pk, t.purpose_id].is_allowed for t in texts)
    ]
    lines.sort(key=lambda line: (line.group, line.pupil.sort_name, str(line.pupil.pk)))
    return FilmingList(bool(texts), len(pupils), lines)
