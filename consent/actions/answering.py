"""Answering online: parents for their children, pupils from 12 for themselves (P5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import wait_for_turn
from consent.models import Answer, Request
from consent.queries import Known, is_in_use, own_requests_visible_to, question_of
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


@dataclass(frozen=True)
class Told:
    """Why somebody may not answer, said to whoever sends the answer in."""

    over: str | Promise
    changed: str | Promise
    no_authority: str | Promise
    others_decide: str | Promise


_TOLD = Told(
    over=_("This was asked for days that are over. You are asked anew."),
    changed=_("The text has changed since. You are asked anew."),
    no_authority=_("The school has no authority recorded for you on that day."),
    others_decide=_("Somebody else decides about this now."),
)


@transaction.atomic
def answer(*, choices: Sequence[Choice], language: str, by: User, on: date) -> list[Answer]:
    """Adds a row for each choice that says something new; the rows that now hold come back.

    All or nothing. A form sent twice adds nothing twice. Raises NotAllowed for a request that is
    not one's own, Refused when somebody may not answer it (any more), Overtaken when this person
    answered it elsewhere after the page was made.
    """
    wanted = {choice.request: choice for choice in choices}
    requests = list(own_requests_visible_to(by, on=on).filter(pk__in=wanted).order_by("pk"))
    if not choices or len(requests) != len(choices):
        raise NotAllowed(_("You are not asked this."))
    wait_for_turn(*(request.pupil_id for request in requests))
    must_be_entitled([(r, wanted[r.pk].is_yes) for r in requests], given_on=on)
    held: list[Answer] = []
    new: list[Answer] = []
    for request in requests:
        choice, last = wanted[request.pk], latest_answer(request)
        if _says_the_same(last, choice):
            held.append(last)  # type: ignore[arg-type]  # none never says the same
        elif (last.pk if last else None) != choice.seen:
            raise Overtaken(
                _("You answered this in another window meanwhile. Look at what holds now.")
            )
        else:
            new.append(_row(request, choice, last, language=language, by=by))
    for row in new:
        row.save(force_insert=True)
    if new:
        _record(new, {request.pk: request for request in requests}, by=by)
    return held + new


def must_be_entitled(
    asked: Sequence[tuple[Request, bool]], *, given_on: date, told: Told = _TOLD
) -> None:
    """Raises Refused unless each request can be answered so, by whom it asks, on that day.

    With authority on the day itself, and among those who decide on the day from which the answer
    counts. A yes also needs that the text is still in use and its days are not over; saying no
    is always possible.
    """
    by_school: dict[uuid.UUID, list[tuple[Request, bool]]] = {}
    for request, is_yes in asked:
        by_school.setdefault(request.school_id, []).append((request, is_yes))
    for school_id, here in by_school.items():
        known = Known(
            {request.pupil_id: request.pupil for request, _is_yes in here}.values(), school_id
        )
        for request, is_yes in here:
            if is_yes:
                _must_be_current(request, given_on, told)
            _must_decide(known, request, given_on, told)


def _must_be_current(request: Request, given_on: date, told: Told) -> None:
    counts_on = max(given_on, request.counts_from)
    if request.counts_until is not None and request.counts_until < counts_on:
        raise Refused(told.over)
    if not is_in_use(request.text, counts_on):
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


def latest_answer(request: Request) -> Answer | None:
    """The last answer of the same person about the same pupil, school and purpose."""
    rows = Answer.objects.filter(
        pupil=request.pupil_id,
        school=request.school_id,
        purpose=request.purpose_id,
        answers_as=request.answers_as,
        parent=request.parent_id,
        representative=request.representative_id,
        request__party=request.party,
    )
    return rows.order_by("-answered_at", "-recorded_at").first()


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


def _says_the_same(last: Answer | None, choice: Choice) -> bool:
    return (
        last is not None
        and last.request_id == choice.request
        and (last.said == Answer.Said.GIVEN) is choice.is_yes
    )


def _row(
    request: Request, choice: Choice, last: Answer | None, *, language: str, by: User
) -> Answer:
    row = row_for(request)
    row.said = said_now(choice.is_yes, last)
    row.route, row.language, row.recorded_by = Answer.Route.ONLINE, language, by
    row.answered_at = row.recorded_at = timezone.now()
    return row


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
