"""Which of somebody's own answers is the one to look at, for a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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


def identity_of(row: Request | Answer) -> Identity:
    """Who speaks about what."""
    party = row.party if isinstance(row, Request) else row.request.party
    about = (row.pupil_id, row.school_id, row.purpose_id, party)
    return (*about, row.answers_as, row.parent_id, row.representative_id)


def own_answer(request: Request, answers: Iterable[Answer], *, on: date) -> Own:
    """Looks among somebody's answers, in whatever order, as they count once the request does.

    This year's and next year's stand apart; so do what holds now and what was said ahead. At 16
    what was answered before lapses: then it is asked as if for the first time.
    """
    same, day = identity_of(request), max(on, request.counts_from)
    alike = [
        row
        for row in answers
        if identity_of(row) == same and row.counts_from <= day and _overlap(row, request)
    ]
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
