"""Answers that came on paper or in person, recorded by the administration of the school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.answering import latest_answer, must_be_entitled, row_for, said_now
from consent.actions.holding import must_hold, wait_for_turn
from consent.models import Answer, Request
from consent.queries import requests_kept_by

_AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True)
class Given:
    """What somebody said on paper or in person, and when."""

    is_yes: bool
    answered_on: date
    route: str
    language: str


@transaction.atomic
def record_answer(*, request: Request, given: Given, by: User, on: date) -> Answer:
    """Adds what a parent, representative or pupil answered on `given.answered_on`.

    A paper says no hour: a yes counts from the beginning of its day and a no from its end, so
    that a yes on paper never undoes a no of the same day. The same answer recorded twice is one.
    Raises NotAllowed for one's own child or another school, Refused for a day that is to come or
    for somebody who could not answer that day.
    """
    if not requests_kept_by(by, on=on).filter(pk=request.pk).exists():
        raise NotAllowed
    must_hold(
        Permission.RECORD_CONSENT, pupil=request.pupil, school_id=request.school_id, by=by, on=on
    )
    if given.route == Answer.Route.ONLINE:
        raise NotAllowed(_("Nobody answers online for somebody else."))
    if given.answered_on > on:
        raise Refused(_("This day is still to come."))
    wait_for_turn(request.pupil_id)
    must_be_entitled([(request, given.is_yes)], given_on=given.answered_on)
    row = row_for(request)
    row.answered_at, row.recorded_at = _moment(given), timezone.now()
    row.answered_at = min(row.answered_at, row.recorded_at)
    twice = _recorded_already(request, given)
    if twice is not None:
        return twice
    row.said = said_now(given.is_yes, latest_answer(request))
    row.route, row.language, row.recorded_by = given.route, given.language, by
    row.save(force_insert=True)
    record(
        events.ANSWER_RECORDED,
        by=by,
        subjects=[request.pupil.log_key],
        unit=request.school_id,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"request": str(request.pk), "route": row.route},
    )
    return row


def _moment(given: Given) -> datetime:
    """The beginning of the day for a yes, its end for a no."""
    begins = timezone.make_aware(datetime.combine(given.answered_on, time.min))
    ends = timezone.make_aware(datetime.combine(given.answered_on + timedelta(days=1), time.min))
    return begins if given.is_yes else ends - _AT_ONCE


def _recorded_already(request: Request, given: Given) -> Answer | None:
    rows = Answer.objects.filter(request=request, route=given.route)
    rows = rows.filter(answered_at__date=given.answered_on)
    yes = [Answer.Said.GIVEN]
    same = rows.filter(said__in=yes) if given.is_yes else rows.exclude(said__in=yes)
    return same.order_by("recorded_at").first()
