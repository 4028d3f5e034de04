"""Answering online: parents for their children, pupils from 12 for themselves (P5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.taking_down import take_down_after_answers
from consent.models import Answer, Receipt, Request
from consent.queries import (
    Known,
    Stays,
    Used,
    is_yes,
    last_of_each,
    own_answers,
    own_requests_visible_to,
    question_of,
    signed,
)
from consent.receipts import code_of
from consent.rules import PUPIL, Kind, Who, who_must_answer
from consent.rules.deciders import holds_authority


@dataclass(frozen=True)
class Choice:
    """One answer of a form: to which request, yes or no, and the own answer that was shown.

    `seen` is the key of the person's latest answer to this purpose as the page had it; none when
    there was none.
    """

    request: uuid.UUID
    is_yes: bool
    seen: uuid.UUID | None = None


_LEFT = _("The pupil left this school. Only a no can be said here now.")


@dataclass(frozen=True)
class Told:
    """Why somebody may not answer, said to whoever sends the answer in."""

    over: str | Promise
    changed: str | Promise
    no_authority: str | Promise
    others_decide: str | Promise
    left: str | Promise = _LEFT


_TOLD = Told(
    over=_("This was asked for days that are over. You are asked anew."),
    changed=_("The text has changed since. You are asked anew."),
    no_authority=_("The school has no authority recorded for you on that day."),
    others_decide=_("Somebody else decides about this now."),
)


@transaction.atomic
def answer(*, choices: Sequence[Choice], language: str, by: User, on: date) -> list[Answer]:
    """Adds a row for each choice that says something new; the rows that now hold come back.

    All or nothing, on one receipt. A form sent twice adds nothing twice. Raises NotAllowed for a
    request that is not one's own, Refused when somebody may not answer it (any more), Overtaken
    when this person answered it elsewhere after the page was made. In a fixed number of queries
    for each school, however much is answered.
    """
    wanted = {choice.request: choice for choice in choices}
    mine = own_requests_visible_to(by, on=on).select_related(None).filter(pk__in=wanted)
    requests = list(mine.select_related("pupil", "text__purpose").order_by("pk"))
    if not choices or len(requests) != len(choices):
        raise NotAllowed(_("You are not asked this."))
    wait_for_turn(*(request.pupil_id for request in requests))
    must_be_entitled([(r, wanted[r.pk].is_yes) for r in requests], given_on=on)
    answers = own_answers(requests, _given(requests), on=on)
    held: list[Answer] = []
    new: list[Answer] = []
    receipt = Receipt(signed_by=by, language=language)
    for request in requests:
        choice, own = wanted[request.pk], answers[request.pk]
        if own.mine is not None and is_yes(own.mine) is choice.is_yes:
            held.append(own.mine)
        elif (own.latest.pk if own.latest else None) != choice.seen:
            raise Overtaken(
                _("You answered this in another window meanwhile. Look at what holds now.")
            )
        else:
            new.append(_row(request, choice, own.latest, receipt))
    if new:
        _keep(receipt, new, {request.pk: request for request in requests}, by=by)
        if not all(is_yes(row) for row in new):
            take_down_after_answers(new, by=by, on=on)
    return held + new


def must_be_entitled(
    asked: Sequence[tuple[Request, bool]], *, given_on: date, told: Told = _TOLD
) -> None:
    """Raises Refused unless each request can be answered so, by whom it asks, on that day.

    With authority on the day itself, and among those who decide on the day from which the answer
    counts. A yes also needs that the text is still in use, its days are not over, and the pupil
    has not left that school; saying no is always possible.
    """
    _must_allow_yes([request for request, says_yes in asked if says_yes], given_on, told)
    by_school: dict[uuid.UUID, list[Request]] = {}
    for request, _says_yes in asked:
        by_school.setdefault(request.school_id, []).append(request)
    for school_id, here in by_school.items():
        known = Known({request.pupil_id: request.pupil for request in here}.values(), school_id)
        for request in here:
            _must_decide(known, request, given_on, told)


def _must_allow_yes(requests: Sequence[Request], given_on: date, told: Told) -> None:
    if not requests:
        return
    texts, stays = Used.of(requests), Stays.of(requests)
    for request in requests:
        _must_be_current(request, given_on, texts, told)
        if not stays.is_at(request.pupil_id, request.school_id, given_on, request.counts_from):
            raise Refused(told.left)


def _must_be_current(request: Request, given_on: date, texts: Used, told: Told) -> None:
    counts_on = max(given_on, request.counts_from)
    if request.counts_until is not None and request.counts_until < counts_on:
        raise Refused(told.over)
    if not texts.is_in_use(request.text, counts_on):
        raise Refused(told.changed)


def _must_decide(known: Known, request: Request, given_on: date, told: Told) -> None:
    facts = known.facts(request.pupil_id, request.purpose_id)
    who = who_answers(request)
    if who != PUPIL and not holds_authority(facts, who, given_on):
        raise Refused(told.no_authority)
    counts_on = max(given_on, request.counts_from)
    if who not in who_must_answer(facts, question_of(request.text), counts_on).people:
        raise Refused(told.others_decide)


def who_answers(request: Request) -> Who:
    """Whom a request asks, as the rule knows them."""
    if request.representative_id is not None and request.representative is not None:
        return Who(Kind(request.representative.kind), request.representative_id)
    return Who(Kind.PARENT, request.parent_id) if request.parent_id else PUPIL


def latest_answer(request: Request, *, before: datetime | None = None) -> Answer | None:
    """The last answer of the same person about the same pupil, school and purpose.

    With `before` the last one by then: a paper says what was said on its day, not later.
    """
    rows = Answer.objects.filter(
        pupil=request.pupil_id,
        school=request.school_id,
        purpose=request.purpose_id,
        answers_as=request.answers_as,
        parent=request.parent_id,
        representative=request.representative_id,
        request__party=request.party,
        correction=None,
    )
    if before is not None:
        rows = rows.filter(answered_at__lte=before)
    return rows.order_by("-answered_at", "-recorded_at", "-pk").first()


def row_for(request: Request) -> Answer:
    """An answer that says whose it is as its request does; not yet what."""
    return Answer(
        request=request,
        pupil_id=request.pupil_id,
        school_id=request.school_id,
        purpose_id=request.purpose_id,
        text_id=request.text_id,
        answers_as=request.answers_as,
        parent_id=request.parent_id,
        representative_id=request.representative_id,
        counts_from=request.counts_from,
        counts_until=request.counts_until,
    )


def said_now(is_yes: bool, last: Answer | None) -> str:
    """A no after a yes is a withdrawal."""
    if is_yes:
        return Answer.Said.GIVEN
    is_withdrawal = last is not None and last.said == Answer.Said.GIVEN
    return Answer.Said.WITHDRAWN if is_withdrawal else Answer.Said.REFUSED


def _given(requests: Sequence[Request]) -> QuerySet[Any]:
    """What was answered before about the same pupils and purposes, as far as one may read it."""
    rows = Answer.objects.filter(
        pupil__in={request.pupil_id for request in requests},
        purpose__in={request.purpose_id for request in requests},
    )
    return last_of_each(rows)


def _row(request: Request, choice: Choice, last: Answer | None, receipt: Receipt) -> Answer:
    row = row_for(request)
    row.said = said_now(choice.is_yes, last)
    row.route, row.language, row.recorded_by = (
        Answer.Route.ONLINE,
        receipt.language,
        receipt.signed_by,
    )
    row.receipt = receipt
    return row


def _keep(
    receipt: Receipt, rows: list[Answer], requests: dict[uuid.UUID, Request], *, by: User
) -> None:
    """Stores what was signed, with a code that fits only that, and records it."""
    # The moment is now that others had their turn: later than every answer seen before.
    receipt.signed_at = timezone.now()
    # What is said for later days is said a moment later: a no for this year and a yes for the next,
    # in one form, are both heard. (A no stands until the same person answers anew.)
    days = sorted({row.counts_from for row in rows})
    for row in rows:
        moment = receipt.signed_at + days.index(row.counts_from) * timedelta(microseconds=1)
        row.answered_at = row.recorded_at = moment
    texts = {row.pk: requests[row.request_id].text for row in rows}
    receipt.code = code_of(
        receipt.pk,
        by.pk,
        receipt.signed_at,
        receipt.language,
        [signed(row, texts[row.pk], receipt.language) for row in rows],
    )
    receipt.save(force_insert=True)
    Answer.objects.bulk_create(rows)
    _record(rows, requests, by=by)


def _record(rows: list[Answer], requests: dict[uuid.UUID, Request], *, by: User) -> None:
    """One event in the log of each school, nearly always one: what was answered, never how."""
    for school in sorted({row.school_id for row in rows}):
        here = [row for row in rows if row.school_id == school]
        record(
            events.ANSWERED,
            by=by,
            subjects={requests[row.request_id].pupil.log_key for row in here},
            unit=school,
            target=here[0],
            ground=Ground.OWN,
            detail={"requests": [str(row.request_id) for row in here]},
        )
