"""Placing, looking again at, and lifting holds; and holds that follow from what is open.

The words of a hold are sealed under a key of their own row.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent.actions.holding import must_say
from dossiers.models import Dossier
from retention import events
from retention.holds import Asked, made_holds_of
from retention.models import Hold, HoldReview, HoldWords
from retention.queries.going import kinds_going
from retention.rules import may_lift, review_day
from retention.telling_holds import tell_that_it_was_lifted
from retention.terms import LAST
from students.keepers import must_not_be_own_child
from vault.sealing import create_keys, keyring

_IN_STEP = uuid.UUID("5ec0d5a1-8f0e-4b7e-9a51-6f3b6c2d7e10")  # whose turn: of all holds together


@dataclass(frozen=True)
class Reason:
    """What a hold is for, in words, and until when it stands (none: until it is lifted)."""

    because: str
    words: str
    until: date | None = None


@transaction.atomic
def place_hold(*, dossier: Dossier, reason: Reason, by: User, on: date) -> Hold:
    """Holds a dossier from today: nobody destroys it, by whatever route, while it stands.

    But for what is being destroyed already (`kinds_going`): for that it comes too late.
    """
    role = _must_hold(dossier, by, on)
    words = must_say(reason.words)
    if reason.because not in Hold.Because.values:
        raise Refused(_("Choose what the hold is for."), about="because")
    if reason.until is not None and reason.until < on:
        raise Refused(_("Choose a day from today, or leave it open."), about="until")
    wait_for_turn(dossier.pk)
    if LAST.code in kinds_going(dossier.pk):
        raise Refused(
            _("All that was left of this dossier is being destroyed. A hold comes too late.")
        )
    row = Hold(
        dossier=dossier,
        because=reason.because,
        starts_on=on,
        ends_on=reason.until,
        placed_by=by,
        placed_as=role,
        words=_sealed(dossier, words, by),
        review_on=review_day(on),
    )
    row.save(force_insert=True)
    _record(events.HOLD_PLACED, row, by=by)
    return row


@transaction.atomic
def review_hold(*, hold: Hold, words: str, by: User, on: date) -> HoldReview:
    """Says why a hold still stands; it is looked at again in a year."""
    _must_hold(hold.dossier, by, on)
    said = must_say(words)
    rows = Hold.objects.filter(pk=hold.pk, lifted_at__isnull=True, room="")
    if not rows.update(review_on=review_day(on)):
        raise Overtaken(_("This hold was lifted already."))
    row = HoldReview(
        hold=hold, reviewed_on=on, reviewed_by=by, words=_sealed(hold.dossier, said, by)
    )
    row.save(force_insert=True)
    _record(events.HOLD_REVIEWED, hold, by=by, changed=["review_on"])
    return row


@transaction.atomic
def lift_hold(*, hold: Hold, words: str, by: User, on: date) -> None:
    """Lifts a hold with a reason: the term counts again from the leaving date.

    Who placed it hears so, where something of the dossier is about to be destroyed.
    """
    _must_hold(hold.dossier, by, on)
    if not may_lift(hold.placed_as, roles_at(by, hold.dossier, on)):
        raise NotAllowed(_("Somebody else lifts this hold: who placed it, or a colleague there."))
    said = must_say(words)
    wait_for_turn(hold.dossier_id)
    lifting = _sealed(hold.dossier, said, by)
    rows = Hold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
    if not rows.update(lifted_on=on, lifted_at=timezone.now(), lifted_by=by, lifting=lifting):
        raise Overtaken(_("This hold was lifted already."))
    _record(events.HOLD_LIFTED, hold, by=by, changed=["lifted_on"])
    tell_that_it_was_lifted(hold, by=by, on=on)


@transaction.atomic
def keep_in_step(*, by: Actor, on: date) -> int:
    """Makes holds of what is open in other rooms, and lifts those of what is closed.

    Those of a room that asks no more are lifted too. Gives how many changed. Run each night, and
    before anything is destroyed; of two who do so at once the second one waits.
    """
    wait_for_turn(_IN_STEP)
    changed = sum(_in_step(one, on) for one in made_holds_of()) + _lift_unasked(on)
    if changed:
        record(events.HOLDS_IN_STEP, by=by, ground=Ground.SYSTEM, detail={"holds": changed})
    return changed


def _in_step(one: Asked, on: date) -> int:
    standing = Hold.objects.filter(room=one.room, because=one.because, lifted_at__isnull=True)
    now = set(one.question(on))
    before = set(standing.values_list("dossier_id", flat=True))
    wait_for_turn(*sorted(now - before))  # of whom nobody writes an intention down meanwhile
    Hold.objects.bulk_create(
        Hold(
            dossier_id=key,
            because=one.because,
            room=one.room,
            starts_on=on,
            review_on=review_day(on),
        )
        for key in sorted(now - before)
    )
    _lift(standing.filter(dossier__in=before - now), on)
    return len(now ^ before)


def _lift_unasked(on: date) -> int:
    """Lifts what a room held for something that nobody asks after any more: no person can."""
    rows = Hold.objects.filter(lifted_at__isnull=True).exclude(room="")
    for one in made_holds_of():
        rows = rows.exclude(room=one.room, because=one.because)
    return _lift(rows, on)


def _lift(rows: QuerySet[Hold], on: date) -> int:
    return rows.update(lifted_on=on, lifted_at=timezone.now())


def roles_at(user: User, dossier: Dossier, on: date) -> list[str]:
    """The roles in which `user` holds dossiers of this school, at the school or its board."""
    units = {dossier.school_id, dossier.school.board_id}
    held = user.memberships_with(Permission.PLACE_HOLDS, on)
    return [one.role for one in held if one.unit_id in units]


def _must_hold(dossier: Dossier, by: User, on: date) -> str:
    """The role in which `by` handles holds of this dossier; else NotAllowed."""
    must_not_be_own_child(by, dossier.pupil)
    roles = roles_at(by, dossier, on)
    if not roles:
        raise NotAllowed(_("You place no holds at that school."))
    # The strongest one: a hold of the FG is lifted by an FG only.
    return min(roles, key=["fg", "privacy-officer", "director", "deputy"].index)


def _sealed(dossier: Dossier, words: str, by: User) -> HoldWords:
    row = HoldWords(id=uuid.uuid4(), dossier=dossier, written_by=by)
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": words})
    row.save(force_insert=True)
    return row


def _record(what: Event, row: Hold, *, by: User, changed: list[str] | None = None) -> None:
    record(
        what,
        by=by,
        subjects=[row.dossier.pupil.log_key],
        unit=row.dossier.school_id,
        target=row,
        changed=changed or (),
        ground=Ground.RETENTION,
        detail={"because": row.because},
    )
