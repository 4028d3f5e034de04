"""Saying of what a search found whose it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken
from access.models import User
from audit.actions import record
from retention.events import LEFTOVER_JUDGED
from retention.models import DestructionList, LeftoverJudgement, SearchPass
from retention.queries.leftovers import leftovers_visible_to, may_judge_on
from retention.searching.marks import keys_of, sealed_json
from retention.searching.verdict import newest_pass

_NAMED = 100  # keys that the log names; of more it says how many, and each finding says the rest
_AGAIN = _("Everything was searched again meanwhile. Look at what was found now.")


@transaction.atomic
def judge_leftovers(
    *,
    made: DestructionList,
    leftovers: Collection[uuid.UUID],
    outcome: str,
    words: str,
    by: User,
    on: date,
) -> int:
    """Says of these findings that they are somebody else's, or left over, with one note for all.

    What was said before stays, the latest counts. What is left over keeps the list open until
    another pass does not find it. All or none: raises Overtaken when the list closed meanwhile or
    a newer pass looked again, NotAllowed when one of them must go. Says of how many.
    """
    row = DestructionList.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if row.closed_at is not None:
        raise Overtaken(_AGAIN)
    latest = newest_pass(row)
    if not may_judge_on(row, by, latest, on=on):
        raise NotAllowed
    if latest is None:
        raise Overtaken(_AGAIN)
    keys = keys_of(row.pk)
    judged = []
    for root in _roots(latest, set(leftovers), by, on):
        one = LeftoverJudgement(leftover_id=root, outcome=outcome, judged_by=by)
        one.sealed = sealed_json(row.pk, one.place, {"words": words}, keys)
        judged.append(one)
    LeftoverJudgement.objects.bulk_create(judged)
    detail: dict[str, object] = {"search": str(latest.pk), "number": len(judged), "as": outcome}
    if len(judged) <= _NAMED:
        detail["leftovers"] = sorted(str(one.leftover_id) for one in judged)
    record(LEFTOVER_JUDGED, by=by, unit=row.school_id, target=row, detail=detail)
    return len(judged)


def _roots(
    search: SearchPass, wanted: Collection[uuid.UUID], by: User, on: date
) -> list[uuid.UUID]:
    """What is judged: about what an earlier pass found the same, said where it was said before."""
    found = leftovers_visible_to(by, on=on).filter(search=search, pk__in=wanted)
    rows: list[tuple[uuid.UUID, uuid.UUID | None, bool]] = list(
        found.order_by().values_list("pk", "same_as_id", "is_hard")
    )
    if not rows or len(rows) < len(wanted):
        raise Overtaken(_AGAIN)
    if any(is_hard for _pk, _same, is_hard in rows):
        raise NotAllowed
    return [key if same_as is None else same_as for key, same_as, _is_hard in rows]
