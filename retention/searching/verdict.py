"""Whether a list is clean: what the newest pass found, and what people said of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, UUIDField

from retention.models import (
    DestructionItem,
    DestructionList,
    Leftover,
    LeftoverJudgement,
    SearchPass,
)


@dataclass(frozen=True)
class Summary:
    """What the pass that counts read and found, for the certificate: numbers alone."""

    searched_at: datetime
    columns: int
    rows: int
    files: int
    jobs: int
    marks: int
    hits: int
    names_judged: int


def is_clean(made: DestructionList) -> bool:
    """Whether a whole pass, begun after the last destruction, left nothing open.

    Asked by a job, or by who sees the list. One of which nothing was destroyed leaves nothing.
    """
    if not _destroyed(made).exists():
        return True
    row = newest_pass(made)
    return row is not None and row.hits == _judged(row, LeftoverJudgement.Outcome.NAMESAKE)


def needs_search(made: DestructionList) -> bool:
    """Whether only another pass can tell: there is none that counts, or something had to go.

    Where all that was found waits for somebody's word, another pass would tell nothing new.
    """
    if not _destroyed(made).exists():
        return False
    row = newest_pass(made)
    if row is None:
        return True
    must_go = Q(is_hard=True) | Q(said=LeftoverJudgement.Outcome.LEFT)
    return said_of(Leftover.objects.filter(search=row)).filter(must_go).exists()


def summary(made: DestructionList) -> Summary | None:
    """What the newest whole pass read and found; none when there is none."""
    row = newest_pass(made)
    if row is None:
        return None
    return Summary(
        searched_at=row.begun_at,
        columns=row.columns,
        rows=row.rows,
        files=row.files,
        jobs=row.jobs,
        marks=row.marks,
        hits=row.hits,
        names_judged=_judged(row, LeftoverJudgement.Outcome.NAMESAKE),
    )


def newest_pass(made: DestructionList) -> SearchPass | None:
    """The newest pass that ended and began after all was destroyed and all marks were kept."""
    return newest_passes([made.pk]).first()


def newest_passes(lists: Iterable[uuid.UUID]) -> QuerySet[SearchPass]:
    """Of each of these lists the one pass that counts, as the database's locks know it."""
    counts = Func(F("list_id"), function="retention_newest_pass", output_field=UUIDField())
    return SearchPass.objects.filter(list__in=list(lists), pk=counts)


def _destroyed(made: DestructionList) -> QuerySet[DestructionItem]:
    return DestructionItem.objects.filter(list=made, outcome=DestructionItem.Outcome.DESTROYED)


def _judged(row: SearchPass, outcome: str) -> int:
    """How many findings that are not hard were last judged so."""
    rows = Leftover.objects.filter(search=row, is_hard=False)
    return said_of(rows).filter(said=outcome).count()


def said_of(rows: QuerySet[Leftover]) -> QuerySet[Any]:
    """Findings with what was last `said` of them, or of the same found before; none yet: none."""
    # It was said where it was found first. A coalesce in its place keeps the database from using
    # the index below row-level security.
    judged = LeftoverJudgement.objects.filter(
        Q(leftover=OuterRef("pk")) | Q(leftover=OuterRef("same_as"))
    )
    latest = judged.order_by("-judged_at", "-pk").values("outcome")[:1]
    return rows.annotate(said=Subquery(latest))
