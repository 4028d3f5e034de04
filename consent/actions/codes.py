"""Codes: made for one person by the administration, tried, and used once."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.events import Event, Outcome
from audit.grounds import Ground
from consent import codes, events
from consent.actions.holding import must_hold, wait_for_turn
from consent.codes import MOST_TRIES, Typed
from consent.models import Code
from students.models import Parent, Parenthood, Pupil, School
from students.rules import Speaks, who_consents

LASTS = timedelta(days=60)


@transaction.atomic
def make_code(
    *, pupil: Pupil, parent: Parent | None, school: School, route: str, by: User, on: date
) -> tuple[Code, str]:
    """A new code of a parent about one child, or (no parent) of a pupil from 12; and its words.

    The words are shown or printed now and never again. An open code of the same person about the
    same pupil ends. Raises NotAllowed for an own child or another school, Refused for who is no
    parent of the pupil, and for a pupil under 12.
    """
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    wait_for_turn(pupil.pk)
    if parent is None:
        if who_consents(pupil.birth_date, on) is Speaks.PARENTS:
            raise Refused(_("A pupil gets a code from 12, the day on which it may answer."))
    elif not Parenthood.objects.filter(
        parent=parent, pupil=pupil, withdrawn_at__isnull=True
    ).exists():
        raise Refused(_("This is not a parent of the pupil."))
    earlier = Code.objects.filter(
        pupil=pupil, parent=parent, used_at__isnull=True, withdrawn_at__isnull=True
    )
    earlier.update(withdrawn_at=timezone.now(), withdrawn_by=by)
    typed = _unused()
    row = Code(
        number=typed.number,
        secret_hash=typed.hashed,
        pupil=pupil,
        parent=parent,
        school=school,
        route=route,
        made_by=by,
        expires_on=on + LASTS,
    )
    row.save(force_insert=True)
    _record(events.CODE_MADE, row, by=by, ground=Ground.ADMINISTRATION)
    return row, typed.written


@transaction.atomic
def try_code(*, typed: str, by: User | None, on: date) -> Code | None:
    """The code that these words open, not yet used; none for anything else, always alike.

    Each wrong secret counts, and after five the code opens nothing any more.
    """
    parts = codes.read(typed)
    row = _standing(parts, on) if parts else None
    if row is None or parts is None:
        return None
    if codes.fits(parts, row.secret_hash):
        return row
    Code.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    _record(events.CODE_REFUSED, row, by=by, ground=Ground.NONE, outcome=Outcome.REFUSED)
    return None


@transaction.atomic
def use_code(*, typed: str, by: User, on: date) -> Code | None:
    """Uses a code for the account of `by`: once, and none when the words open nothing.

    Raises NotAllowed when the code is of a person who has another account, Overtaken when it was
    used a moment ago.
    """
    found = try_code(typed=typed, by=by, on=on)
    if found is None:
        return None
    owner = found.parent.user_id if found.parent else found.pupil.user_id
    if owner is not None and owner != by.pk:
        raise NotAllowed(_("This code is of somebody else."))
    rows = Code.objects.filter(pk=found.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    if not rows.update(used_at=timezone.now(), used_by=by):
        raise Overtaken(_("This code was used a moment ago."))
    found.refresh_from_db()
    _record(events.CODE_USED, found, by=by, ground=Ground.OWN)
    return found


@transaction.atomic
def withdraw_code(*, code: Code, by: User, on: date) -> None:
    """Ends an open code at once: it opens nothing any more. Raises Overtaken when it had ended."""
    must_hold(Permission.RECORD_CONSENT, pupil=code.pupil, school_id=code.school_id, by=by, on=on)
    rows = Code.objects.filter(pk=code.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise Overtaken(_("This code was used or withdrawn already."))
    _record(events.CODE_WITHDRAWN, code, by=by, ground=Ground.ADMINISTRATION)


def _standing(parts: Typed, on: date) -> Code | None:
    """The open code with this number, kept from others until we are done."""
    return (
        Code.objects.select_for_update(of=("self",))
        .select_related("pupil", "parent")
        .filter(
            number=parts.number,
            used_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_on__gte=on,
            tries__lt=MOST_TRIES,
        )
        .first()
    )


def _unused() -> Typed:
    """A new code whose number is free."""
    typed = codes.new_code()
    while Code.objects.filter(number=typed.number).exists():
        typed = codes.new_code()
    return typed


def _record(
    what: Event, row: Code, *, by: User | None, ground: Ground, outcome: str = Outcome.SUCCESS
) -> None:
    record(
        what,
        by=by,
        subjects=[row.pupil.log_key],
        unit=row.school_id,
        target=row,
        ground=ground,
        outcome=outcome,
    )
