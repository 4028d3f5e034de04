"""Finding parents: candidates to link by a person, and parents whose last child is gone."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access.models import User
from students import names
from students.models import Parent, Parenthood, Pupil
from students.queries.visible import (
    named_like,
    parenthoods_visible_to,
    parents_visible_to,
)

MOST_CANDIDATES = 20


def candidates_visible_to(
    user: User, *, on: date, typed: str, for_pupil: Pupil
) -> QuerySet[Parent]:
    """Parents by name, each with the children `user` may see, to tell two of a name apart.

    Two parents are never merged by name: a person looks and links.
    """
    linked = Parenthood.objects.filter(
        parent=OuterRef("pk"), pupil=for_pupil, withdrawn_at__isnull=True
    )
    found = named_like(parents_visible_to(user, on=on), typed)
    return _with_children(found.exclude(Exists(linked)), user, on).order_by("sort_name", "pk")


def same_name_visible_to(
    user: User, *, on: date, first_name: str, surname: str, for_pupil: Pupil
) -> QuerySet[Parent]:
    """Parents with exactly this name: a person says whether it is somebody else."""
    rows = parents_visible_to(user, on=on).filter(
        sort_name=names.sort_text(surname, first_name)[:270], board=for_pupil.board_id
    )
    return _with_children(rows, user, on).order_by("sort_name", "pk")


def _with_children(rows: QuerySet[Parent], user: User, on: date) -> QuerySet[Parent]:
    children = parenthoods_visible_to(user, on=on).order_by("pupil__sort_name")
    return rows.prefetch_related(Prefetch("children", queryset=children, to_attr="children_seen"))


def parents_without_children() -> QuerySet[Parent]:
    """Parents who are linked to no pupil any more: their data go with their last child (P11)."""
    links = Parenthood.objects.filter(parent=OuterRef("pk"), withdrawn_at__isnull=True)
    return Parent.objects.filter(~Exists(links))


def is_family(user: User) -> bool:
    """Whether this account belongs to a parent or a pupil, whatever else its owner does."""
    return Parent.objects.filter(user=user).exists() or Pupil.objects.filter(user=user).exists()
