"""The notice on pictures of others: which version is in use, and who has not confirmed it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import NoticeConfirmation, PictureNotice
from consent.queries.stays import places_on, stays_on
from consent.rules import consent_year
from students.models import Group, Parent, Parenthood, Pupil, SchoolYear


@visibility_of(PictureNotice.objects.all)
def picture_notices_visible_to(
    rows: QuerySet[PictureNotice], user: User, day: date
) -> QuerySet[PictureNotice]:
    """Every version of the boards for which `user` writes it."""
    return rows.filter(board__in=user.units_with(Permission.SET_PURPOSES, day))


@visibility_of(PictureNotice.objects.all)
def notices_to_confirm_visible_to(
    rows: QuerySet[PictureNotice], user: User, day: date
) -> QuerySet[PictureNotice]:
    """Versions that came in use at the boards where `user` is known as a parent."""
    boards = Parent.objects.filter(user=user)
    return rows.filter(board__in=boards.values("board"), in_use_from__lte=day)


def notice_in_use(board_id: uuid.UUID, on: date) -> PictureNotice | None:
    """The version that counts on `on`."""
    rows = PictureNotice.objects.filter(board=board_id, in_use_from__lte=on)
    return rows.order_by("-in_use_from", "-number").first()


def year_begins(board_id: uuid.UUID, on: date) -> date:
    """The first day of the school year for which is confirmed."""
    return consent_year(SchoolYear.objects.filter(board=board_id), on).starts_on


@dataclass(frozen=True)
class OwnNotice:
    """The notice of one board as a parent finds it, and when it was confirmed, if it was.

    One person can be known as several parents there: `parents` are those with a child at school.
    """

    notice: PictureNotice
    parents: list[Parent]
    year_starts_on: date
    confirmations: list[NoticeConfirmation]

    @property
    def is_confirmed(self) -> bool:
        """Whether nothing is left to confirm this school year."""
        return len(self.confirmations) == len(self.parents)


def own_notices(user: User, *, on: date) -> list[OwnNotice]:
    """What `user` is asked to read as a parent: of each board with a child at school today."""
    at_school = stays_on(on).filter(
        pupil__parenthoods__parent=OuterRef("pk"), pupil__parenthoods__withdrawn_at__isnull=True
    )
    by_board: dict[uuid.UUID, list[Parent]] = {}
    for parent in Parent.objects.filter(Exists(at_school), user=user).order_by("board_id", "pk"):
        by_board.setdefault(parent.board_id, []).append(parent)
    found = []
    for board_id, parents in by_board.items():
        notice = notice_in_use(board_id, on)
        if notice is not None:
            begins = year_begins(board_id, on)
            rows = NoticeConfirmation.objects.filter(
                notice=notice, parent__in=parents, year_starts_on=begins
            )
            confirmed = list(rows.order_by("confirmed_at"))
            found.append(OwnNotice(notice, parents, begins, confirmed))
    return found


@visibility_of(lambda: Group.objects.select_related("school__unit", "school_year"))
def groups_of_notices_kept_by(rows: QuerySet[Group], user: User, day: date) -> QuerySet[Group]:
    """Groups of this school year at those schools."""
    return rows.filter(
        school__in=user.units_with(Permission.RECORD_CONSENT, day),
        school_year__starts_on__lte=day,
        school_year__ends_on__gte=day,
    )


@visibility_of(lambda: Parenthood.objects.select_related("parent", "pupil"))
def links_of_notices_kept_by(
    rows: QuerySet[Parenthood], user: User, day: date
) -> QuerySet[Parenthood]:
    """Parents of pupils who are today at those schools; never of an own child."""
    units = user.units_with(Permission.RECORD_CONSENT, day)
    own = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef("pupil"), withdrawn_at__isnull=True
    )
    stays = stays_on(day).filter(pupil=OuterRef("pupil"), school__in=units)
    return rows.filter(Exists(stays), ~Exists(own), withdrawn_at__isnull=True)


@dataclass(frozen=True)
class Unconfirmed:
    """A parent who has not confirmed, with the children in this group."""

    parent: Parent
    children: list[Pupil]


@dataclass(frozen=True)
class NoticeBoard:
    """One group: how many parents there are, and who has not confirmed."""

    parents: int
    missing: list[Unconfirmed]

    @property
    def confirmed(self) -> int:
        """How many have."""
        return self.parents - len(self.missing)


def notice_board(group: Group, notice: PictureNotice, user: User, *, on: date) -> NoticeBoard:
    """Who of the parents of a group has not confirmed for this school year, in four queries."""
    places = places_on(on).filter(group=group)
    links = links_of_notices_kept_by(user, on=on).filter(
        pupil__in=places.values("enrolment__pupil")
    )
    children: dict[uuid.UUID, list[Pupil]] = {}
    parents: dict[uuid.UUID, Parent] = {}
    for link in links.order_by("parent__sort_name", "parent_id", "pupil__sort_name", "pupil_id"):
        parents[link.parent_id] = link.parent
        children.setdefault(link.parent_id, []).append(link.pupil)
    confirmed = set(
        NoticeConfirmation.objects.filter(
            notice=notice,
            parent__in=parents,
            year_starts_on=year_begins(notice.board_id, on),
        ).values_list("parent_id", flat=True)
    )
    missing = [
        Unconfirmed(parent, children[key])
        for key, parent in parents.items()
        if key not in confirmed
    ]
    return NoticeBoard(len(parents), missing)


@dataclass(frozen=True)
class GroupNumbers:
    """How many parents a group has, and how many of them confirmed."""

    group: Group
    parents: int
    confirmed: int

    @property
    def missing(self) -> int:
        """How many have not."""
        return self.parents - self.confirmed


def notice_numbers(groups: list[Group], user: User, *, on: date) -> list[GroupNumbers]:
    """The same in numbers for many groups, in a fixed number of queries for each board."""
    places = places_on(on).filter(group__in=groups)
    in_group = list(places.values_list("group_id", "enrolment__pupil_id"))
    links = links_of_notices_kept_by(user, on=on).filter(
        pupil__in={pupil for _group, pupil in in_group}
    )
    of_pupil: dict[uuid.UUID, set[uuid.UUID]] = {}
    for pupil, parent in links.values_list("pupil_id", "parent_id"):
        of_pupil.setdefault(pupil, set()).add(parent)
    parents: dict[uuid.UUID, set[uuid.UUID]] = {group.pk: set() for group in groups}
    for group_id, pupil in in_group:
        parents[group_id] |= of_pupil.get(pupil, set())
    confirmed = _confirmed({group.school_year.board_id for group in groups}, on)
    return [
        GroupNumbers(group, len(parents[group.pk]), len(parents[group.pk] & confirmed))
        for group in groups
    ]


def _confirmed(boards: set[uuid.UUID], on: date) -> set[uuid.UUID]:
    """Parents who confirmed what is in use, for this school year."""
    found: set[uuid.UUID] = set()
    for board_id in boards:
        notice = notice_in_use(board_id, on)
        if notice is not None:
            rows = NoticeConfirmation.objects.filter(
                notice=notice, year_starts_on=year_begins(board_id, on)
            )
            found |= set(rows.values_list("parent_id", flat=True))
    return found
