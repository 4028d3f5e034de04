"""Answers that came on paper or in person, recorded by the administration of the school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.answering import (
    Told,
    latest_answer,
    must_be_entitled,
    row_for,
    said_now,
)
from consent.actions.holding import must_hold
from consent.actions.scans import Sent, cleaned, keep_scan
from consent.actions.taking_down import take_down_after_answers
from consent.models import Answer, Request, Scan, ScannedAnswer
from consent.queries import requests_kept_by

_AT_ONCE = timedelta(seconds=1)
_TOLD = Told(
    over=_("This was asked for days that are over. Ask anew first."),
    changed=_("The text has changed since. Ask anew first."),
    no_authority=_(
        "This person had no authority on that day, as it is recorded. Look at the day, or record"
        " the authority first."
    ),
    others_decide=_("Somebody else decides about this now, so this answer can't count."),
)


@dataclass(frozen=True)
class Given:
    """What somebody said on paper or in person, and when."""

    is_yes: bool
    answered_on: date
    route: str
    language: str


@dataclass(frozen=True)
class Way:
    """When and how several answers came in at once."""

    answered_on: date
    route: str
    language: str

    def given(self, is_yes: bool) -> Given:
        """One of them."""
        return Given(is_yes, self.answered_on, self.route, self.language)


@dataclass(frozen=True)
class Recorded:
    """What is recorded now: how many answers are new, and the scan that was kept, if any."""

    answers: list[Answer]
    new: int
    scan: Scan | None = None


@transaction.atomic
def record_answer(*, request: Request, given: Given, by: User, on: date) -> Answer:
    """Adds what a parent, representative or pupil answered on `given.answered_on`.

    A paper says no hour: a yes counts from the beginning of its day and a no from its end, so
    that a yes on paper never undoes a no of the same day: `told_after` says so to whoever records
    it. The same answer recorded twice is one.
    Raises NotAllowed for one's own child or another school, Refused for a day that is to come or
    for somebody who could not answer that day.
    """
    _must_keep([request], given, by=by, on=on)
    wait_for_turn(request.pupil_id)
    row, is_new = _added(request, given, by=by)
    if is_new:
        _record([row], by=by)
        take_down_after_answers([row], by=by, on=on)
    return row


@transaction.atomic
def record_answers(
    *, said: Sequence[tuple[Request, bool]], way: Way, scan: Sent | None, by: User, on: date
) -> Recorded:
    """The same for all that one person said on one paper or in one talk, with a scan of it.

    All or nothing. Sent twice it adds nothing twice; a scan is added to answers that were
    recorded without one. Raises Unwelcome or Refused for what can't be a scan.
    """
    requests = [request for request, _is_yes in said]
    if len({(r.pupil_id, r.school_id, _person(r)) for r in requests}) != 1:
        raise NotAllowed
    _must_keep(requests, way.given(True), by=by, on=on)
    clean = cleaned(scan) if scan else None
    _must_keep(requests, way.given(True), by=by, on=on)  # cleaning takes a while
    first = requests[0]
    wait_for_turn(first.pupil_id)
    rows = [_added(request, way.given(is_yes), by=by) for request, is_yes in said]
    answers = [row for row, _is_new in rows]
    new = sum(is_new for _row, is_new in rows)
    unseen = _without_scan(answers) if clean else []
    kept = None
    if clean and unseen:
        kept = keep_scan(clean, pupil=first.pupil, school=first.school, answers=unseen, by=by)
    if new or kept:
        _record(answers, by=by, scan=kept)
        take_down_after_answers(answers, by=by, on=on)
    return Recorded(answers, new, kept)


def _must_keep(requests: Sequence[Request], given: Given, *, by: User, on: date) -> None:
    kept = requests_kept_by(by, on=on).filter(pk__in=[request.pk for request in requests])
    if kept.count() != len(requests):
        raise NotAllowed
    for pupil, school_id in {(r.pupil, r.school_id) for r in requests}:
        must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school_id, by=by, on=on)
    if given.route == Answer.Route.ONLINE:
        raise NotAllowed(_("Nobody answers online for somebody else."))
    if given.answered_on > on:
        raise Refused(_("This day is still to come."))


def _added(request: Request, given: Given, *, by: User) -> tuple[Answer, bool]:
    """The row of an answer, and whether it is new."""
    must_be_entitled([(request, given.is_yes)], given_on=given.answered_on, told=_TOLD)
    twice = _recorded_already(request, given)
    if twice is not None:
        return twice, False
    row = row_for(request)
    row.recorded_at = timezone.now()
    row.answered_at = min(_moment(given), row.recorded_at)
    row.said = said_now(given.is_yes, latest_answer(request, before=row.answered_at))
    row.route, row.language, row.recorded_by = given.route, given.language, by
    row.save(force_insert=True)
    return row, True


def _record(rows: Sequence[Answer], *, by: User, scan: Scan | None = None) -> None:
    """One event for all answers of a paper: to what, never how."""
    detail: dict[str, object] = {
        "requests": [str(row.request_id) for row in rows],
        "route": rows[0].route,
    }
    if scan is not None:
        detail["scan"] = str(scan.pk)
    record(
        events.ANSWER_RECORDED,
        by=by,
        subjects=[rows[0].request.pupil.log_key],
        unit=rows[0].school_id,
        target=rows[0],
        ground=Ground.ADMINISTRATION,
        detail=detail,
    )


def _person(request: Request) -> tuple[object, ...]:
    return request.answers_as, request.parent_id, request.representative_id


def told_after(row: Answer) -> str:
    """What to tell whoever recorded an answer; empty when it is what holds of this person now.

    A no online on the day of a paper's yes stands, and so does whatever was answered later.
    """
    latest = latest_answer(row.request)
    if latest is None or latest.pk == row.pk:
        return ""
    day = date_format(timezone.localtime(latest.answered_at), "j F Y")
    if latest.said == Answer.Said.GIVEN:
        words = gettext("This person said yes on %(day)s, after this answer. That yes counts.")
    else:
        words = gettext(
            "This person said no on %(day)s, and a yes of that day or before does not undo it. "
            "The no counts until this person answers anew."
        )
    return words % {"day": day}


def _moment(given: Given) -> datetime:
    """The beginning of the day for a yes, its end for a no."""
    begins = timezone.make_aware(datetime.combine(given.answered_on, time.min))
    ends = timezone.make_aware(datetime.combine(given.answered_on + timedelta(days=1), time.min))
    return begins if given.is_yes else ends - _AT_ONCE


def _recorded_already(request: Request, given: Given) -> Answer | None:
    rows = Answer.objects.filter(request=request, route=given.route, correction=None)
    rows = rows.filter(answered_at__date=given.answered_on)
    yes = [Answer.Said.GIVEN]
    same = rows.filter(said__in=yes) if given.is_yes else rows.exclude(said__in=yes)
    return same.order_by("recorded_at").first()


def _without_scan(answers: Sequence[Answer]) -> list[Answer]:
    """Those of these answers that stand on no paper here yet."""
    rows = ScannedAnswer.objects.filter(answer__in=answers, scan__withdrawn_at__isnull=True)
    shown = set(rows.values_list("answer_id", flat=True))
    return [answer for answer in answers if answer.pk not in shown]
