"""Reminders: on two days of a round by themselves, and by hand; none after it closed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import Refused
from access.permissions import Permission
from access.turns import wait_for_turn
from consent.actions.holding import must_hold_at
from consent.actions.sending import MAILS_AT_ONCE, Batch, Occasion, mail_all
from consent.models import Round, Sending
from consent.queries.reaching import Part, Reach, ToTell, people_to_tell
from students.models import Group

_BETWEEN = timedelta(days=3)  # nobody who was told these days is reminded by the night


@transaction.atomic
def remind(
    *,
    round: Round,  # noqa: A002  the word of the house
    group: Group | None = None,
    purpose: uuid.UUID | None = None,
    in_no_group: bool = False,
    by: Actor,
    on: date,
) -> int:
    """Mails everybody with an open request in this part of a round; gives how many mails went.

    Nobody twice a day, whoever asks. People without an address of their own are on the list of
    those to be written to. Raises NotAllowed at another school, Refused after the round closed or
    when no mail can be sent. For a whole school a job does it (consent.tasks.let_remind).
    """
    part = Part(round, group, purpose, in_no_group)
    return _remind(round, part, slice(None), by=by, on=on).sent


@transaction.atomic
def remind_next(*, part: Part, skip: int, by: Actor, on: date) -> Batch:
    """The same for the next people of a part of a round, passing over those that failed."""
    assert part.round is not None
    return _remind(part.round, part, slice(skip, skip + MAILS_AT_ONCE), by=by, on=on)


def _remind(row: Round, part: Part, which: slice, *, by: Actor, on: date) -> Batch:
    must_remind(row, by=by, on=on)
    wait_for_turn(row.school_id)
    people = to_remind(row, on=on, part=part)[which]
    return mail_all(people, Occasion(row.school, Sending.Kind.EXTRA, row), by=by, on=on)


def to_remind(row: Round, *, on: date, part: Part | None = None) -> list[ToTell]:
    """Whom `remind` mails today: for a page, how many there are."""
    people = people_to_tell(row.school, on=on, part=part or Part(row))
    return [one for one in people if one.reach is Reach.MAIL and one.told_on != on]


@transaction.atomic
def remind_by_itself(*, round_id: uuid.UUID, skip: int = 0, by: Actor, on: date) -> Batch:
    """Mails the next people whose first or second reminder is due.

    Each gets each of the two once in a round. Ask again, skipping those that failed, until nobody
    was tried.
    """
    row = Round.objects.select_related("school__unit").get(pk=round_id)
    wait_for_turn(row.school_id)
    kind = due_reminder(row, on)
    if kind is None:
        return Batch()
    due = [
        one
        for one in people_to_tell(row.school, on=on, part=Part(row))
        if one.reach is Reach.MAIL and _is_due(one, kind, on)
    ]
    return mail_all(due[skip : skip + MAILS_AT_ONCE], Occasion(row.school, kind, row), by=by, on=on)


def due_reminder(row: Round, on: date) -> str | None:
    """Which reminder a round sends on a day: none before the first, and none once it closed."""
    if not row.reminds_on <= on <= row.closes_on or row.carried_out_at is None:
        return None
    return Sending.Kind.FIRST if on < row.reminds_again_on else Sending.Kind.SECOND


def rounds_to_remind(on: date) -> QuerySet[Round]:
    """Rounds between their first reminder and their closing day."""
    rows = Round.objects.filter(reminds_on__lte=on, closes_on__gte=on)
    return rows.filter(carried_out_at__isnull=False).order_by("pk")


def _is_due(one: ToTell, kind: str, on: date) -> bool:
    return kind not in one.kinds and (one.told_on is None or on - one.told_on >= _BETWEEN)


def must_remind(row: Round, *, by: Actor, on: date) -> None:
    """Raises NotAllowed at another school, Refused before a round is carried out or once closed."""
    must_hold_at(Permission.RECORD_CONSENT, unit_id=row.school_id, by=by, on=on)
    if on < row.opens_on or row.carried_out_at is None:
        raise Refused(_("Not everybody is asked yet. Remind them when the round is carried out."))
    if on > row.closes_on:
        raise Refused(_("This round closed, so nobody is reminded any more."))
