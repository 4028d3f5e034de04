"""Saying of something a search found whose it is."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken
from access.models import User
from audit.actions import record
from retention.events import LEFTOVER_JUDGED
from retention.models import DestructionList, Leftover, LeftoverJudgement
from retention.queries.leftovers import newest_search, shown
from retention.searching.marks import sealed_json


@transaction.atomic
def judge_leftover(
    *, leftover: Leftover, outcome: str, words: str, by: User, on: date
) -> LeftoverJudgement:
    """Says that it is somebody else's, or left over; what was said before stays.

    What is left over keeps the list open until another pass does not find it. Raises Overtaken
    when the list closed meanwhile, or a newer pass looked again.
    """
    made = DestructionList.objects.select_for_update().get(pk=leftover.search.list_id)
    if made.closed_at is None and not shown(leftover, by, on=on).may_judge:
        raise NotAllowed
    latest = newest_search(made)
    if made.closed_at is not None or latest is None or latest.pk != leftover.search_id:
        raise Overtaken(_("Everything was searched again meanwhile. Look at what was found now."))
    # About what an earlier pass found the same: said where it was said before.
    root = leftover.same_as_id or leftover.pk
    row = LeftoverJudgement(leftover_id=root, outcome=outcome, judged_by=by)
    row.sealed = sealed_json(made.pk, row.place, {"words": words})
    row.save(force_insert=True)
    record(
        LEFTOVER_JUDGED,
        by=by,
        unit=made.school_id,
        target=made,
        detail={"leftover": str(leftover.pk), "as": outcome},
    )
    return row
