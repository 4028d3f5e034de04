"""Jobs of this room: thin shells over actions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from functools import partial

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Actor, Job, acting_as
from access.models import User
from consent.actions.ahead import ask_before_birthdays, ask_newcomers
from consent.actions.asking import ask_anew
from consent.actions.letters import make_next_letters, throw_letters_away
from consent.actions.reminding import (
    must_remind,
    remind,
    remind_by_itself,
    remind_next,
    rounds_to_remind,
)
from consent.actions.rounds import ask_next_batch, rounds_to_carry_out
from consent.actions.sending import Batch, tell_next
from consent.actions.taking_down import find_take_downs
from consent.models import LetterRun, PurposeText, Round
from consent.queries import texts_to_ask_anew
from consent.queries.reaching import Part
from students.models import Group, School
from students.roster.queries import worker_is_there

_log = structlog.get_logger("consent")


class SomeSchoolsFailed(RuntimeError):
    """A night's work went wrong at some schools; it was done at all others."""


def let_carry_out(row: Round, *, by: Actor, on: date) -> bool:
    """Leaves a round to a worker, where there is one; else does it now. True when it is left.

    Call it in the transaction that started the round, or to go on with one that broke off: nobody
    is asked twice. A round that opens later waits for its day: each night looks.
    """
    if row.opens_on > on:
        return True
    if worker_is_there():
        carry_out_round.defer(round_id=str(row.pk))
        return True
    while row.carried_out_at is None:
        row = ask_next_batch(round_id=row.pk, by=by, on=on)
    return False


def let_ask_anew(text: PurposeText, *, by: Actor, on: date) -> bool:
    """The same for a text that was put in use: everybody who was asked before is asked anew.

    One that comes in use later waits for its day: each night looks.
    """
    if text.in_use_from is None or text.in_use_from > on:
        return True
    if worker_is_there():
        ask_anew_about.defer(text_id=str(text.pk))
        return True
    for school in _schools_of(text):
        after = ask_anew(text=text, school=school, after=None, by=by, on=on)
        while after is not None:
            after = ask_anew(text=text, school=school, after=after, by=by, on=on)
    return False


@app.task(name="consent.carry_out_round", queue="consent")
def carry_out_round(round_id: str) -> None:
    """Asks batch after batch, each in a transaction of its own, whoever started it and left."""
    job, day = Job("carry_out_round"), timezone.localdate()
    is_done = False
    while not is_done:
        with acting_as(job, on=day):
            row = ask_next_batch(round_id=uuid.UUID(round_id), by=job, on=day)
        is_done = row.carried_out_at is not None
    _tell_at(row.school, day)


@app.task(name="consent.ask_anew", queue="consent")
def ask_anew_about(text_id: str) -> None:
    """Asks anew with a text that came in use, at every school of its board."""
    job, day = Job("ask_anew"), timezone.localdate()
    text = PurposeText.objects.select_related("purpose").get(pk=text_id)
    for school in _schools_of(text):
        _ask_anew_at(school, text, job, day)


def let_remind(
    row: Round,
    *,
    group: Group | None,
    purpose: uuid.UUID | None,
    in_no_group: bool = False,
    by: User,
    on: date,
) -> int | None:
    """Leaves reminders to a worker, where there is one; else mails now and gives how many.

    None when it is left. Raises as `remind` does: the same is asked before it is left.
    """
    must_remind(row, by=by, on=on)
    if not worker_is_there():
        return remind(
            round=row, group=group, purpose=purpose, in_no_group=in_no_group, by=by, on=on
        )
    remind_part.defer(
        round_id=str(row.pk),
        group_id=str(group.pk) if group else None,
        purpose_id=str(purpose) if purpose else None,
        by_id=str(by.pk),
        in_no_group=in_no_group,
    )
    return None


@app.task(name="consent.remind", queue="consent")
def remind_part(
    round_id: str,
    group_id: str | None,
    purpose_id: str | None,
    by_id: str,
    in_no_group: bool = False,
) -> None:
    """Reminds everybody in a part of a round, in batches, for who clicked."""
    day, by = timezone.localdate(), User.objects.get(pk=by_id)
    row = Round.objects.select_related("school__unit").get(pk=round_id)
    group = Group.objects.get(pk=group_id) if group_id else None
    part = Part(row, group, uuid.UUID(purpose_id) if purpose_id else None, in_no_group)
    _mail_until_done(partial(remind_next, part=part), by, day)


def let_make_letters(row: LetterRun, *, by: User, on: date) -> bool:
    """Leaves letters to a worker, where there is one; else makes them now. True when it is left."""
    if worker_is_there():
        make_letters.defer(run_id=str(row.pk), by_id=str(by.pk))
        return True
    while row.finished_at is None:
        row = make_next_letters(run_id=row.pk, by=by, on=on)
    return False


@app.task(name="consent.make_letters", queue="consent")
def make_letters(run_id: str, by_id: str) -> None:
    """Makes file after file of letters, each in a transaction of its own, for who asked."""
    day, by = timezone.localdate(), User.objects.get(pk=by_id)
    is_done = False
    while not is_done:
        with acting_as(by, on=day):
            row = make_next_letters(run_id=uuid.UUID(run_id), by=by, on=day)
        is_done = row.finished_at is not None


@app.periodic(cron="10 7 * * *")
@app.task(name="consent.tell_by_itself", queue="consent")
def tell_by_itself(timestamp: int) -> None:
    """Each morning: mails to who was asked and not told yet, and the reminders that are due.

    Letters that nobody downloaded in a week go.
    """
    job, day = Job("tell_by_itself"), timezone.localdate()
    failed = 0
    for school in School.objects.select_related("unit").order_by("pk"):
        failed += not _tried(school.pk, partial(_tell_at, school, day))
    with acting_as(job, on=day):
        throw_letters_away(by=job, on=day)
    for row in rounds_to_remind(day):
        failed += not _tried(row.school_id, partial(_remind_in, row.pk, job, day))
    if failed:
        raise SomeSchoolsFailed(failed)


def _tell_at(school: School, day: date) -> None:
    _mail_until_done(partial(tell_next, school=school), Job("tell_by_itself"), day)


def _remind_in(round_id: uuid.UUID, job: Job, day: date) -> None:
    _mail_until_done(partial(remind_by_itself, round_id=round_id), job, day)


def _mail_until_done(mail_next: Callable[..., Batch], by: Actor, day: date) -> None:
    """Batch after batch, each in a transaction of its own, passing over what fails."""
    failed, is_done = 0, False
    while not is_done:
        with acting_as(by, on=day):
            batch = mail_next(skip=failed, by=by, on=day)
        failed += batch.failed
        is_done = not batch.tried


@app.periodic(cron="40 3 * * *")
@app.task(name="consent.ask_by_itself", queue="consent")
def ask_by_itself(timestamp: int) -> None:
    """Each night: rounds that open or broke off, texts that came in use, who was never asked,
    and ahead of the birthdays of 12 and 16.

    What goes wrong at one school stops no other one; the job fails at the end, so that it shows.
    """
    job, day = Job("ask_by_itself"), timezone.localdate()
    failed = 0
    for row in rounds_to_carry_out(day):
        failed += not _tried(row.school_id, partial(carry_out_round, str(row.pk)))
    for school in School.objects.order_by("pk"):
        for work in (_ask_anew_by_itself, _ask_newcomers, _ask_before_birthdays):
            failed += not _tried(school.pk, partial(work, school, job, day))
    if failed:
        raise SomeSchoolsFailed(failed)


def _tried(school: uuid.UUID, work: Callable[[], object]) -> bool:
    try:
        work()
    except Exception:  # noqa: BLE001  told at the end; the other schools go on
        _log.error("night_work_failed", school=str(school), exc_info=True)
        return False
    return True


def _ask_anew_by_itself(school: School, job: Job, day: date) -> None:
    for text in texts_to_ask_anew(school.board_id, day):
        _ask_anew_at(school, text, job, day)


def _ask_newcomers(school: School, job: Job, day: date) -> None:
    with acting_as(job, on=day):
        ask_newcomers(school=school, by=job, on=day)


def _ask_before_birthdays(school: School, job: Job, day: date) -> None:
    with acting_as(job, on=day):
        ask_before_birthdays(school=school, by=job, on=day)


def _ask_anew_at(school: School, text: PurposeText, job: Job, day: date) -> None:
    after: uuid.UUID | None = None
    is_done = False
    while not is_done:
        with acting_as(job, on=day):
            after = ask_anew(text=text, school=school, after=after, by=job, on=day)
        is_done = after is None


def _schools_of(text: PurposeText) -> list[School]:
    return list(School.objects.filter(board=text.purpose.board_id).order_by("pk"))


@app.periodic(cron="10 4 * * *")
@app.task(name="consent.find_take_downs", queue="consent")
def find_take_downs_each_night(timestamp: int) -> None:
    """Each night: no new no about a published picture is missed."""
    job, day = Job("find_take_downs"), timezone.localdate()
    failed = sum(
        not _tried(school.pk, partial(_find_take_downs, school, job, day))
        for school in School.objects.order_by("pk")
    )
    if failed:
        raise SomeSchoolsFailed(failed)


def _find_take_downs(school: School, job: Job, day: date) -> None:
    with acting_as(job, on=day):
        find_take_downs(school=school, by=job, on=day)
