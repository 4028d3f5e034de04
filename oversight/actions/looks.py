"""Who sees who looked: a board's choice, a pupil's leave, and what is held back in one case."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent.actions.holding import must_say
from oversight import events
from oversight.models import HoldBack, LookLeave, LookNames
from oversight.queries.looks_allowed import (
    held_back_visible_to,
    parents_to_allow,
    pupils_held_back_by,
)
from oversight.rules.looks import is_bounded, may_give_leave
from students.models import Board, Parent, Pupil
from vault.sealing import create_keys, keyring


@transaction.atomic
def choose_names(*, board: Board, with_names: bool, by: User, on: date) -> LookNames:
    """The board chooses whether families read names, or roles only. What was chosen before stays.

    Choosing again what holds adds nothing.
    """
    if board.pk not in by.units_with(Permission.MANAGE_BOARD, on):
        raise NotAllowed
    wait_for_turn(board.pk)
    latest = LookNames.objects.filter(board=board).order_by("-chosen_at", "-pk").first()
    if latest is not None and latest.is_by_name == with_names:
        return latest
    row = LookNames.objects.create(board=board, is_by_name=with_names, chosen_by=by)
    record(
        events.LOOK_NAMES_CHOSEN,
        by=by,
        unit=board.pk,
        target=row,
        changed=["is_by_name"],
        ground=Ground.OVERSIGHT,
    )
    return row


@transaction.atomic
def say_leave(*, pupil: Pupil, parent: Parent, is_given: bool, by: User, on: date) -> None:
    """A pupil from 16 lets a parent see who looked, or takes that back; nobody else does.

    Added, never overwritten; saying again what holds adds nothing. Taking back is always possible.
    """
    if pupil.user_id != by.pk:
        raise NotAllowed
    if is_given and not may_give_leave(pupil.birth_date, on):
        raise Refused(_("You decide about this from the day you turn 16."))
    wait_for_turn(pupil.pk)
    allowed = {one.parent.pk: one for one in parents_to_allow(pupil, by, on=on)}
    if parent.pk not in allowed:
        raise NotAllowed
    if allowed[parent.pk].sees == is_given:
        return
    row = LookLeave.objects.create(
        pupil=pupil, parent=parent, is_given=is_given, day=on, said_by=by
    )
    record(
        events.LOOK_LEAVE_GIVEN if is_given else events.LOOK_LEAVE_TAKEN_BACK,
        by=by,
        subjects=[pupil.log_key],
        target=row,
        changed=["is_given"],
        ground=Ground.OWN,
    )


@dataclass(frozen=True)
class ToHold:
    """What is held back, from whom, until when and why."""

    what: str
    words: str
    ends_on: date
    colleague: uuid.UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    is_from_pupil_too: bool = True


@transaction.atomic
def hold_back(*, pupil: Pupil, wanted: ToHold, by: User, on: date) -> HoldBack:
    """The privacy officer hides a name, or holds looks back, in the case of one pupil.

    From today, for at most a year; the reason is sealed. Never for an own child, and never their
    own name or looks: another officer decides about those.
    """
    if not pupils_held_back_by(by, on=on).filter(pk=pupil.pk).exists():
        raise NotAllowed
    if wanted.what not in HoldBack.What.values or wanted.colleague == by.pk:
        raise NotAllowed
    if not is_bounded(on, wanted.ends_on):
        raise Refused(_("Choose a last day from today, within a year. Then you look at it again."))
    if wanted.what == HoldBack.What.NAME and wanted.colleague is None:
        raise Refused(_("Choose whose name is hidden."))
    if wanted.first_day and wanted.last_day and wanted.last_day < wanted.first_day:
        raise Refused(_("The last day comes before the first day."))
    row = HoldBack(
        pupil=pupil,
        what=wanted.what,
        colleague_id=wanted.colleague,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        is_from_pupil_too=wanted.is_from_pupil_too,
        starts_on=on,
        ends_on=wanted.ends_on,
        recorded_by=by,
    )
    words = must_say(wanted.words)
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": words})
    row.save(force_insert=True)
    _record(row, by, "what")
    return row


@transaction.atomic
def give_free(*, row: HoldBack, by: User, on: date) -> None:
    """Ends holding back at once: from now on the family reads it again."""
    if not held_back_visible_to(by, on=on).filter(pk=row.pk).exists():
        raise NotAllowed
    rows = HoldBack.objects.filter(pk=row.pk, ended_at__isnull=True, ends_on__gte=on)
    if not rows.update(ended_by=by, ended_at=timezone.now()):
        raise Overtaken(_("This had ended already."))
    _record(row, by, "ended_at")


def _record(row: HoldBack, by: User, field: str) -> None:
    record(
        events.LOOKS_GIVEN_FREE if field == "ended_at" else events.LOOKS_HELD_BACK,
        by=by,
        subjects=[row.pupil.log_key],
        unit=row.pupil.board_id,
        target=row,
        changed=[field],
        ground=Ground.OVERSIGHT,
    )
