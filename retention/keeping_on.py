"""Makes destruction lists and carries them out, each on its own day, without anybody.

A run that was cut off leaves a list that goes on: the next run takes it up. Two runs never work on
one list at once; the database ends a lock with the connection that holds it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import structlog
from django.db import connection
from django.utils import timezone

from access.acting import Job, acting_as
from access.errors import Overtaken, Refused
from audit.actions import record
from audit.grounds import Ground
from retention import events
from retention.actions.lists import make_list
from retention.carrying_out import Carried, carry_out
from retention.destroyer import as_destroyer
from retention.finishing import finish, is_in_the_ledger
from retention.models import DestructionItem, DestructionList
from retention.queries.list_people import People, people_around
from retention.queries.lists import Numbers, numbers_of, open_lists, with_first_due
from retention.rules.closing import Stop
from retention.rules.lists import COOLING, State, is_to_be_reminded
from retention.searching import forget_closed
from retention.stopping import (
    close_lost_connections,
    say_where_it_stands,
    stopped_by,
    tell_if_it_is_stopped,
)
from retention.telling import tell_whom_it_waits_for
from students.models import School

_LOCK = 20261124  # the first half of the lock of each list
_log = structlog.get_logger("retention")


class SomeListsFailed(RuntimeError):
    """Something of a list could not be done; everything else was. It is tried again."""


def make_all_lists(*, by: Job, on: date) -> int:
    """A list for each school where something falls due within 45 days; says how many.

    What goes wrong at one school stops no other one: SomeListsFailed at the end.
    """
    made = failed = 0
    for school in School.objects.select_related("unit", "board").order_by("pk"):
        try:
            with acting_as(by, on=on):
                made += make_list(school=school, by=by, on=on) is not None
        except Overtaken:  # somebody made today's by hand
            continue
        except Exception as error:  # noqa: BLE001  told at the end; the other schools go on
            reason = type(error).__name__
            _log.error("list_not_made", school=str(school.pk), reason=reason, exc_info=True)
            failed += 1
    if failed:
        raise SomeListsFailed(failed)
    return made


def remind_of_lists(*, on: date) -> int:
    """Mails again who must act on a list that would be late, and each week who must answer.

    Says about how many lists.
    """
    rows = list(with_first_due(open_lists()).exclude(made_on=on))
    around = people_around(rows, on=on)
    waiting = [row for row in rows if _is_to_be_told_again(row, around[row.pk], on)]
    for made in waiting:
        tell_whom_it_waits_for(made, on=on)
    return len(waiting)


def _is_to_be_told_again(made: DestructionList, people: People, on: date) -> bool:
    if made.begun_at is not None:
        days = (on - timezone.localtime(made.begun_at).date()).days
        return people.must_answer and days % 7 == 1
    first_due: date | None = getattr(made, "first_due", None)
    if made.approved_on is not None or first_due is None:
        return False
    return is_to_be_reminded(first_due - COOLING, on)


def carry_on_all(*, by: Job, on: date, again: bool = False) -> int:
    """Carries out every list that cooled off or was cut off, and closes what may close.

    Says how many. `again`: also those of which something failed, or was found afterwards. What
    goes wrong with one list stops no other one: SomeListsFailed at the end.
    """
    carried = failed = 0
    forget_closed()
    for made in lists_with_work(on, again=again):
        try:
            with _alone_with(made.pk) as is_alone:
                if is_alone:
                    carried += 1
                    failed += not carry_on(made, by=by, on=on, again=again)
        except Refused:  # cancelled a moment ago
            continue
        except Exception as error:  # noqa: BLE001  told at the end; the other lists go on
            close_lost_connections()
            say_where_it_stands(made, stopped_by(error, made), by=by, on=on)
            failed += 1
        if again:
            tell_if_it_is_stopped(made, by=by, on=on)
    failed += not is_in_the_ledger()
    if failed:
        raise SomeListsFailed(failed)
    return carried


def lists_with_work(on: date, *, again: bool) -> list[DestructionList]:
    """Ready ones and those begun, where something can be done today."""
    rows = [
        row
        for row in open_lists().filter(approved_on__isnull=False)
        if row.state_on(on) in (State.READY, State.BEGUN)
    ]
    numbers = numbers_of(rows, on=on)
    return [row for row in rows if _has_work(row, numbers[row.pk], again=again)]


def _has_work(made: DestructionList, numbers: Numbers, *, again: bool) -> bool:
    """Whether something of a list can be done: each item waits for its own day.

    Until the first of them it is not begun, so that it can still be cancelled.
    """
    if made.stopped_because == Stop.BLIND and not numbers.now:
        return again  # a search reads everything
    if made.stopped_because in (Stop.UNSAID, Stop.TERM):
        return again  # it waits to be cancelled, or for a term that two people decide
    if numbers.now or not numbers.open:
        return again or bool(numbers.now) or not numbers.failed
    return again and made.begun_at is not None


def carry_on(made: DestructionList, *, by: Job, on: date, again: bool = True) -> bool:
    """Carries one list out as far as it goes, names what failed, and closes it once it may close.

    `again`: everything is read once more where something was found that had to go.
    Whether nothing stopped it; what did is said on its page. Call it outside a door. Raises
    Refused while the list is not approved and cooled off.
    """
    done = carry_out(made=made, by=by, on=on)
    _say_what_failed(made, done, by=by, on=on)
    stop = done.stop or finish(made=made, by=by, on=on, looks_again=again).stop
    say_where_it_stands(made, stop, by=by, on=on)
    return stop is None


def _say_what_failed(made: DestructionList, done: Carried, *, by: Job, on: date) -> None:
    """Names the items of which a step did not succeed, until it does."""
    before = set(made.items.filter(failed_at__isnull=False).values_list("pk", flat=True))
    if not done.failed and not before:
        return
    with acting_as(by, on=on):
        with as_destroyer():
            rows = DestructionItem.objects.filter(list=made)
            rows.filter(pk__in=before - set(done.failed)).update(failed_at=None)
            rows.filter(pk__in=done.failed).update(failed_at=timezone.now())
        record(
            events.ITEMS_FAILED,
            by=by,
            unit=made.school_id,
            target=made,
            ground=Ground.SYSTEM,
            detail={"items": len(set(done.failed))},
        )


@contextmanager
def _alone_with(key: uuid.UUID) -> Iterator[bool]:
    """Whether nobody else works on it now; the lock ends with the connection, too."""
    half = int.from_bytes(key.bytes[:4], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK, half])
        (is_alone,) = cursor.fetchone()
    try:
        yield bool(is_alone)
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [_LOCK, half])
