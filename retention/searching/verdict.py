"""Whether a list is clean: what the newest pass found, and what people said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from retention.destroyer import as_destroyer
from retention.models import (
    DestructionItem,
    DestructionList,
    Gathered,
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

    A list of which nothing was destroyed has nothing that could be left.
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
    with as_destroyer():
        rows = said_of(Leftover.objects.filter(search=row))
        must_go = Q(is_hard=True) | Q(said=LeftoverJudgement.Outcome.LEFT)
        return rows.filter(must_go).exists() or rows.count() < row.hits


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
    done = _destroyed(made).aggregate(last=Max("done_at"))["last"]
    with as_destroyer():
        kept = Gathered.objects.filter(list=made).aggregate(last=Max("gathered_at"))["last"]
        rows = SearchPass.objects.filter(list=made, finished_at__isnull=False)
        for moment in (done, kept):
            if moment is not None:
                rows = rows.filter(begun_at__gte=moment)
        return rows.order_by("-begun_at").first()


def _destroyed(made: DestructionList) -> QuerySet[DestructionItem]:
    return DestructionItem.objects.filter(list=made, outcome=DestructionItem.Outcome.DESTROYED)


def _judged(row: SearchPass, outcome: str) -> int:
    """How many findings that are not hard were last judged so."""
    with as_destroyer():
        return said_of(Leftover.objects.filter(search=row)).filter(said=outcome).count()


def said_of(rows: QuerySet[Leftover]) -> QuerySet[Any]:
    """Findings with what was last `said` of them, or of the same found before; none yet: none."""
    judged = LeftoverJudgement.objects.filter(
        leftover=Coalesce(OuterRef("same_as"), OuterRef("pk"))
    )
    latest = judged.order_by("-judged_at", "-pk").values("outcome")[:1]
    return rows.annotate(said=Subquery(latest))
