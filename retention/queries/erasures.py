"""Requests to erase: which somebody sees, their words, and what could be asked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from access.models import Membership, User
from access.permissions import Permission
from access.visibility import visibility_of
from dossiers.models import Dossier
from dossiers.models.dossiers import PartKind
from retention.models import Erasure, ErasureWords
from retention.queries.holds import own_child
from retention.queries.lists import roles_around
from retention.rules.erasures import DECIDERS, PROPOSERS, State, Step, Who, no_to
from students.models import School
from students.queries import is_own_child, named_like
from vault.errors import Unreadable
from vault.sealing import keyring


def _schools(user: User, permission: Permission, day: date) -> QuerySet[School]:
    units = user.units_with(permission, day)
    return School.objects.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_to_erase_from_visible_to(
    rows: QuerySet[Dossier], user: User, day: date
) -> QuerySet[Dossier]:
    """Dossiers of which `user` may ask to erase something, never of an own child."""
    here = _schools(user, Permission.ASK_ERASURE, day).values("pk")
    return rows.filter(~own_child(user, "pupil"), school__in=here)


@visibility_of(lambda: Erasure.objects.select_related("dossier__pupil", "dossier__school__unit"))
def erasures_visible_to(rows: QuerySet[Erasure], user: User, day: date) -> QuerySet[Erasure]:
    """Requests at the schools where `user` handles or supervises them, never about an own child."""
    here = _schools(user, Permission.SEE_ERASURES, day).values("pk")
    return rows.filter(~own_child(user, "dossier__pupil"), dossier__school__in=here)


@visibility_of(ErasureWords.objects.all)
def erasure_words_visible_to(
    rows: QuerySet[ErasureWords], user: User, day: date
) -> QuerySet[ErasureWords]:
    """The words of those requests."""
    return rows.filter(asked__in=erasures_visible_to(user, on=day)) | rows.filter(
        ended__in=erasures_visible_to(user, on=day)
    )


def by_what_waits(rows: QuerySet[Erasure]) -> QuerySet[Erasure]:
    """What waits for a decision first, the one to be answered first on top; then what is over."""
    place = Case(
        When(ended="", approved_on__isnull=True, then=Value(0)),
        When(ended="", done_at__isnull=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    waiting = Case(When(place__lt=2, then=F("received_on")))
    over = F("proposed_at").desc()
    return rows.annotate(place=place).order_by("place", waiting.asc(), over, "pk")


def found_to_erase_from(user: User, typed: str, *, on: date) -> QuerySet[Dossier]:
    """Dossiers found by the pupil's name; nothing typed finds nothing."""
    rows = dossiers_to_erase_from_visible_to(user, on=on)
    if not typed.strip():
        return rows.none()
    return named_like(rows, typed, path="pupil__").order_by("pupil__sort_name", "pk")


def erasures_to_decide(user: User, *, on: date) -> int:
    """How many requests wait for a decision of somebody like `user`."""
    if not user.memberships_with(Permission.SEE_ERASURES, on):
        return 0
    if not any(one.role in DECIDERS for one in user.memberships_on(on)):
        return 0
    rows = erasures_visible_to(user, on=on).filter(ended="", approved_on__isnull=True)
    return rows.exclude(proposed_by=user).count()


def who_is_around(row: Erasure, user: User, *, on: date) -> Who:
    """What `user` is around a request, for the rule that says which steps are theirs."""
    return Who(
        roles=frozenset(roles_around(user, row.dossier.school, on)),
        is_own_child=is_own_child(user, row.dossier.pupil),
        proposed_it=row.proposed_by_id == user.pk,
        approved_it=row.approved_by_id == user.pk,
        family_asked=row.asker != Erasure.Asker.SCHOOL,
    )


def deciders_of(row: Erasure, *, on: date) -> list[User]:
    """Who may decide about a request that is open."""
    return [
        user
        for user in _people_of(row, DECIDERS, on)
        if no_to(Step.APPROVE, State.OPEN, who_is_around(row, user, on=on)) is None
    ]


def askers_of(row: Erasure, *, on: date) -> list[User]:
    """Who asked; and once they may not ask any more, who may ask there now."""
    people = [
        user for user in _people_of(row, PROPOSERS, on) if not is_own_child(user, row.dossier.pupil)
    ]
    return [user for user in people if user.pk == row.proposed_by_id] or people


def _people_of(row: Erasure, roles: Collection[str], on: date) -> list[User]:
    """Who has one of these roles at the school of a request, or at its board."""
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        unit__in=[row.dossier.school_id, row.dossier.school.board_id],
        role__in=roles,
        starts_on__lte=on,
        user__is_active=True,
    )
    users = {one.user_id: one.user for one in held.select_related("user").order_by("user__name")}
    return list(users.values())


@dataclass(frozen=True)
class Words:
    """What was asked, and why it ended; empty where it can't be opened any more."""

    asked: str
    ended: str


def words_of(row: Erasure, user: User, *, on: date) -> Words:
    """The words of one request, opened: each such look is a row in the log."""
    keys = [row.words_id, *([row.ended_words_id] if row.ended_words_id else [])]
    opened = _opened(erasure_words_visible_to(user, on=on).filter(pk__in=keys))
    ended = opened.get(row.ended_words_id, "") if row.ended_words_id else ""
    return Words(opened.get(row.words_id, ""), ended)


def _opened(rows: Iterable[ErasureWords]) -> dict[uuid.UUID, str]:
    found = list(rows)
    keys = keyring(row.pk for row in found)
    words: dict[uuid.UUID, str] = {}
    for row in found:
        try:
            words[row.pk] = str(keys.open_json(row.pk, row.place, row.sealed)["words"])
        except Unreadable:
            words[row.pk] = ""
    return words


@dataclass(frozen=True)
class Header:
    """That a note, file or agreement stands somewhere: by whom and when; never what it says."""

    sort: str
    id: uuid.UUID
    kind: str
    author_name: str
    day: date | None
    created_at: datetime
    withdrawn_at: datetime | None
    versions: int
    files: int

    @property
    def key(self) -> tuple[str, uuid.UUID]:
        """What tells it from any other."""
        return self.sort, self.id

    @property
    def sort_label(self) -> str:
        """What it is, in words."""
        return str(Erasure.Sort(self.sort).label)

    @property
    def part_label(self) -> str:
        """The part in words."""
        return str(PartKind(self.kind).label)


def erasable_in(dossier: Dossier) -> list[Header]:
    """What somebody may ask to erase, the newest first; the database gives it to who may ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.sort, e.id, e.part_kind, u.name, e.day, e.created_at, e.withdrawn_at,"
            " e.versions, e.files"
            " from retention_erasable(%s) e join access_user u on u.id = e.author_id"
            " order by e.created_at desc, e.id",
            [dossier.pk],
        )
        return [Header(*row) for row in cursor.fetchall()]


def header_of(row: Erasure) -> Header | None:
    """What a request is about, while it stands as it stood when it was asked."""
    wanted = (row.sort, row.target)
    return next((one for one in erasable_in(row.dossier) if one.key == wanted), None)


@dataclass(frozen=True)
class Withdrawn:
    """A note or file that was withdrawn, for which nobody asked to erase it."""

    dossier_id: uuid.UUID
    sort: str
    id: uuid.UUID
    kind: str
    author_name: str
    withdrawn_at: datetime

    @property
    def sort_label(self) -> str:
        """What it is, in words."""
        return str(Erasure.Sort(self.sort).label)

    @property
    def part_label(self) -> str:
        """The part in words."""
        return str(PartKind(self.kind).label)


def withdrawn_and_kept() -> list[Withdrawn]:
    """What was withdrawn and still stands, the oldest first; the database knows for whom."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.dossier_id, w.sort, w.id, w.part_kind, u.name, w.withdrawn_at"
            " from retention_withdrawn() w join access_user u on u.id = w.author_id"
            " order by w.withdrawn_at, w.id"
        )
        return [Withdrawn(*row) for row in cursor.fetchall()]
