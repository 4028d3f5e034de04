"""Which of somebody's own answers is the one to look at, for a request."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils.timezone import localdate

from consent.models import Answer, Request
from consent.rules import PUPIL, Facts, Kind, Who
from consent.rules.deciders import is_lapsed

Identity = tuple[object, ...]


@dataclass(frozen=True)
class Own:
    """What one person answered about what a request asks.

    `latest`: the last answer for days that overlap, to whichever text; `mine`: the last one to
    this very request, unless a later one said otherwise.
    """

    latest: Answer | None = None
    mine: Answer | None = None


def last_of_each(rows: QuerySet[Answer]) -> QuerySet[Any]:
    """The last yes and the last no to each request: all that `own_answers` looks at.

    Each with the `party` that its request named. What was recorded by mistake is left out.
    """
    gave = ExpressionWrapper(Q(said=Answer.Said.GIVEN), output_field=BooleanField())
    rows = rows.filter(correction=None).annotate(party=F("request__party"), gave=gave)
    order = ("request", "gave", "-answered_at", "-recorded_at", "-pk")
    return rows.order_by(*order).distinct("request", "gave")


def identity_of(row: Any) -> Identity:
    """Who speaks about what: of a request, or of an answer of `last_of_each`."""
    about = (row.pupil_id, row.school_id, row.purpose_id, row.party)
    return (*about, row.answers_as, row.parent_id, row.representative_id)


def own_answers(
    requests: Iterable[Request], answers: Iterable[Any], *, on: date
) -> dict[uuid.UUID, Own]:
    """For each request what its person answered, of answers as `last_of_each` gives them."""
    of_one: dict[Identity, list[Answer]] = defaultdict(list)
    for row in answers:
        of_one[identity_of(row)].append(row)
    return {
        request.pk: _own_answer(request, of_one.get(identity_of(request), ()), on)
        for request in requests
    }


def _own_answer(request: Request, answers: Iterable[Answer], on: date) -> Own:
    """Looks among somebody's answers to this, as they count once the request does.

    This year's and next year's stand apart; so do what holds now and what was said ahead. At 16
    what was answered before lapses: then it is asked as if for the first time.
    """
    day = max(on, request.counts_from)
    alike = [row for row in answers if row.counts_from <= day and _overlap(row, request)]
    alike.sort(key=lambda row: (row.answered_at, row.recorded_at, row.pk))
    latest = alike[-1] if alike else None
    to_this = [row for row in alike if row.request_id == request.pk]
    if not to_this or _has_lapsed(to_this[-1], request, day):
        return Own(latest)
    mine = to_this[-1]
    # What was signed at one moment, for now and ahead, undoes nothing of itself.
    later = [row for row in alike if row.answered_at > mine.answered_at]
    is_undone = any(is_yes(row) is not is_yes(mine) for row in later)
    return Own(latest, None if is_undone else mine)


def _has_lapsed(row: Answer, request: Request, day: date) -> bool:
    who = PUPIL if row.answers_as == Request.As.PUPIL else Who(Kind.PARENT, row.parent_id)
    given_on = localdate(row.answered_at)
    facts = Facts(born=request.pupil.birth_date)
    return is_lapsed(facts, who, given_on=given_on, counts_from=row.counts_from, on=day)


def is_yes(row: Answer) -> bool:
    """Whether an answer gave consent."""
    return row.said == Answer.Said.GIVEN


def _overlap(one: Answer, other: Request) -> bool:
    return (other.counts_until is None or one.counts_from <= other.counts_until) and (
        one.counts_until is None or other.counts_from <= one.counts_until
    )
