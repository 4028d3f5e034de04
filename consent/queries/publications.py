"""Publications, the tasks to take one down, and what is kept because of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from access.models import Membership, User
from access.permissions import Permission
from access.roles import ROLES
from access.visibility import visibility_of
from audit.damage import noticing
from consent.attachments import read_file
from consent.models import Publication, PublishedPupil, PurposeText, Removal, TakeDown
from consent.queries.damage import damage_of_removal
from consent.queries.family import children_known_where
from consent.queries.scans import Paper
from consent.queries.stays import not_over
from students.models import Parenthood, Pupil
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring

_PUBLISHING_ROLES = [
    role.code for role in ROLES.values() if Permission.CHECK_CONSENT in role.permissions
]


def _publications() -> QuerySet[Publication]:
    return Publication.objects.select_related(
        "school__unit", "purpose", "text__purpose", "published_by", "check_made"
    )


def _mine_or_kept(user: User, day: date, path: str = "") -> Q:
    """What `user` published where they still work, and all of the schools they keep."""
    works = user.units_with(Permission.CHECK_CONSENT, day)
    keeps = user.units_with(Permission.RECORD_CONSENT, day)
    return Q(**{f"{path}published_by": user, f"{path}school__in": works}) | Q(
        **{f"{path}school__in": keeps}
    )


@visibility_of(_publications)
def publications_visible_to(
    rows: QuerySet[Publication], user: User, day: date
) -> QuerySet[Publication]:
    """Publications by `user`, and those of the schools whose consent `user` keeps."""
    return rows.filter(_mine_or_kept(user, day))


@visibility_of(lambda: Removal.objects.select_related("publication__school__unit", "done_by"))
def removals_visible_to(rows: QuerySet[Removal], user: User, day: date) -> QuerySet[Removal]:
    """How something of those publications went; the database shows it to staff only."""
    return rows.filter(_mine_or_kept(user, day, "publication__"))


def _tasks() -> QuerySet[TakeDown]:
    return TakeDown.objects.select_related(
        "published__pupil",
        "published__publication__school__unit",
        "published__publication__text__purpose",
        "published__publication__purpose",
        "published__publication__published_by",
    )


def _without_own_child(rows: QuerySet[TakeDown], user: User) -> QuerySet[TakeDown]:
    """Nobody handles matters of their own child."""
    return rows.filter(~Exists(_parent_of(OuterRef("published__pupil")).filter(parent__user=user)))


def _parent_of(pupil: OuterRef) -> QuerySet[Parenthood]:
    return Parenthood.objects.filter(pupil=pupil, withdrawn_at__isnull=True)


@visibility_of(_tasks)
def take_downs_visible_to(rows: QuerySet[TakeDown], user: User, day: date) -> QuerySet[TakeDown]:
    """Tasks of the publications `user` sees; never about an own child."""
    seen = rows.filter(_mine_or_kept(user, day, "published__publication__"))
    return _without_own_child(seen, user)


def take_downs_waiting_for(user: User, *, on: date) -> list[TakeDown]:
    """Open tasks that `user` has to do something about, the most urgent first, in one query.

    Those about one's own publications. For a director also what is overdue, what was published by
    somebody who does not work there any more, and what the publisher may not handle.
    """
    works_there = Membership.objects.filter(
        not_over(on),
        user=OuterRef("published__publication__published_by"),
        unit=OuterRef("published__publication__school"),
        role__in=_PUBLISHING_ROLES,
        starts_on__lte=on,
        user__is_active=True,
    )
    is_family = _parent_of(OuterRef("published__pupil")).filter(
        parent__user=OuterRef("published__publication__published_by")
    )
    directs = user.units_with(Permission.DECIDE_CONSENT, on)
    rows = take_downs_visible_to(user, on=on).filter(
        Q(published__publication__published_by=user)
        | Q(published__publication__school__in=directs)
        & (Q(due_on__lt=on) | ~Exists(works_there) | Exists(is_family)),
        closed_at__isnull=True,
    )
    return list(rows.order_by("due_on", "asked_at", "pk"))


@visibility_of(
    lambda: PublishedPupil.objects.select_related(
        "publication__school__unit", "publication__text__purpose"
    )
)
def own_published_visible_to(
    rows: QuerySet[PublishedPupil], user: User, day: date
) -> QuerySet[PublishedPupil]:
    """Where `user` itself, or a child of `user`, was published; while the link stands."""
    link = _parent_of(OuterRef("pupil")).filter(parent__user=user)
    return rows.filter(Q(pupil__user=user) | Exists(link))


@dataclass(frozen=True)
class SeenByFamily:
    """One publication as a parent or the pupil reads it: no other pupil, nobody's answer."""

    text: PurposeText  # for its title
    place: str
    school_name: str
    published_on: date
    gone_on: date | None


def publications_of(user: User, pupil: Pupil, *, on: date) -> list[SeenByFamily]:
    """Where pictures with this pupil were published, the newest first; empty for strangers.

    Says since when the pupil is not in it any more, and not why: somebody's no, or the end of it.
    Empty too for a parent who may not know at which school the child is: each of them tells it.
    """
    if pupil.user_id != user.pk and pupil.pk not in children_known_where(user, on=on):
        return []
    rows = own_published_visible_to(user, on=on).filter(pupil=pupil)
    return [
        SeenByFamily(
            text=row.publication.text,
            place=row.publication.place,
            school_name=row.publication.school.name,
            published_on=row.publication.published_on,
            gone_on=row.gone_on,
        )
        for row in rows.order_by("-publication__published_on", "-publication__published_at")
    ]


@dataclass(frozen=True)
class ProofNeeded:
    """The answers of this pupil, at this school for this purpose, and the check must be kept."""

    pupil_id: uuid.UUID
    school_id: uuid.UUID
    purpose_id: uuid.UUID
    publication_id: uuid.UUID
    check_id: uuid.UUID
    published_on: date


def proofs_needed(pupils: Iterable[uuid.UUID]) -> list[ProofNeeded]:
    """What proves the consent for pictures that the school still uses, for these pupils.

    For retention: such proof lives as long as the publication, and the certificate counts it.
    """
    rows = PublishedPupil.objects.filter(pupil__in=list(pupils), removal__isnull=True)
    values = rows.values_list(
        "pupil_id",
        "publication__school_id",
        "publication__purpose_id",
        "publication_id",
        "publication__check_made_id",
        "publication__published_on",
    )
    return [ProofNeeded(*value) for value in values.order_by("publication__published_on", "pk")]


def with_numbers(rows: QuerySet[Publication]) -> QuerySet[Any]:
    """The same publications, each with how many pupils are in it and how many tasks are open."""
    return rows.annotate(
        pupil_count=Count("pupils", filter=Q(pupils__removal__isnull=True), distinct=True),
        open_tasks=Count(
            "pupils__take_downs",
            filter=Q(pupils__take_downs__closed_at__isnull=True),
            distinct=True,
        ),
    )


@dataclass(frozen=True)
class PublishedLine:
    """One pupil of a publication, with the open task if there is one that `user` may handle."""

    published: PublishedPupil
    task: TakeDown | None


def published_lines(publication: Publication, user: User, *, on: date) -> list[PublishedLine]:
    """The pupils of a publication by name, in two queries."""
    tasks = {
        task.published_id: task
        for task in take_downs_visible_to(user, on=on).filter(
            published__publication=publication, closed_at__isnull=True
        )
    }
    rows = PublishedPupil.objects.filter(publication=publication).select_related("pupil")
    return [
        PublishedLine(row, tasks.get(row.pk))
        for row in rows.order_by("pupil__sort_name", "pupil_id")
    ]


@dataclass(frozen=True)
class OpenedRemoval:
    """How something went, with its words and the name of the file that shows it."""

    removal: Removal
    words: str
    file: Paper | None


def opened_removals(rows: QuerySet[Removal]) -> list[OpenedRemoval]:
    """Removals with what is sealed in them, in one query of keys. Unreadable ones say nothing."""
    found = list(rows)
    keys = keyring([row.pk for row in found])
    return [_opened(row, keys) for row in found]


def _opened(row: Removal, keys: Keyring) -> OpenedRemoval:
    try:
        with noticing(lambda: damage_of_removal(row)):
            data = keys.open_json(row.pk, row.place, row.sealed)
    except Unreadable:
        return OpenedRemoval(row, "", None)
    return OpenedRemoval(
        row, data["words"], Paper.from_json(data["file"]) if data["file"] else None
    )


def proof_of(removal: Removal) -> tuple[Paper, bytes]:
    """The file of a removal. Raises Unreadable when it is not there or was changed."""
    keys = keyring([removal.pk])
    opened = _opened(removal, keys)
    if opened.file is None or removal.blob is None:
        raise Unreadable("this removal has no file that can be read")
    with noticing(lambda: damage_of_removal(removal)):
        return opened.file, read_file(keys, removal.pk, removal.file_place, removal.blob)
