"""What of a list must be decided anew before its review."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from retention.models import DestructionItem, DestructionList
from students.models import Parenthood


def decided_by_parents(made: DestructionList) -> QuerySet[DestructionItem]:
    """Items of a list decided by somebody who turned out to have a child on it: decided anew."""
    items = DestructionItem.objects.filter(list=made)
    links = Parenthood.objects.filter(
        withdrawn_at__isnull=True, pupil__dossiers__in=items.order_by().values("dossier_id")
    )
    return items.filter(decided_by__in=links.values("parent__user"))


@dataclass(frozen=True)
class Anew:
    """How many items must be decided anew, how many of them are kept, and who decided them."""

    items: int = 0
    kept: int = 0
    names: tuple[str, ...] = ()

    @property
    def destroyed(self) -> int:
        """How many of them are to be."""
        return self.items - self.kept


def anew_of(made: DestructionList) -> Anew:
    """What of a list is decided anew before its review; one query."""
    rows = decided_by_parents(made).order_by().values("decided_by__name")
    counted = rows.annotate(all=Count("pk"), kept=Count("pk", filter=Q(decision="keep")))
    found = sorted(counted.values_list("decided_by__name", "all", "kept"))
    names = tuple(name for name, _all, _kept in found)
    return Anew(sum(one[1] for one in found), sum(one[2] for one in found), names)
