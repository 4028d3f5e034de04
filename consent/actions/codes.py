"""Codes: made for one person by the administration or a job, tried, and used once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Actor, Work, acting_as, current_work
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event, Outcome
from audit.grounds import Ground
from consent import codes, events, limits
from consent.actions.holding import must_hold
from consent.codes import MOST_TRIES, Typed
from consent.models import Code
from consent.rules import asked_ahead_for
from students.actions.accounts import take_as_parent, take_as_pupil
from students.keepers import must_not_be_own_child
from students.models import Parent, Parenthood, Pupil, School
from students.queries import keeping_schools
from students.rules import Speaks, who_consents

LASTS = timedelta(days=60)


@transaction.atomic
def make_code(
    *, pupil: Pupil, parent: Parent | None, school: School, route: str, by: Actor, on: date
) -> tuple[Code, str]:
    """A new code of a parent about one child, or (no parent) of a pupil from 12; and its words.

    The words are shown or printed now and never again. An open code of the same person about the
    same pupil ends. Raises NotAllowed for an own child or another school, Refused for who is no
    parent of the pupil, and for a pupil under 12 who is not asked ahead yet.
    """
    if isinstance(by, User):
        must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    row, words = new_code(pupil=pupil, parent=parent, school=school, route=route, by=by, on=on)
    _record(events.CODE_MADE, row, by=by, ground=Ground.ADMINISTRATION)
    return row, words


def new_code(
    *, pupil: Pupil, parent: Parent | None, school: School, route: str, by: Actor, on: date
) -> tuple[Code, str]:
    """The code itself, for an action that asked who may and records it.

    Made by a school that keeps the pupil's data now: not by one that the pupil left for another.
    """
    if school.pk not in keeping_schools(pupil, on):
        raise NotAllowed(_("Another school keeps the data of this pupil now."))
    wait_for_codes([pupil])
    if parent is not None and isinstance(by, User):
        _must_not_be_of_own_child(parent, by)
    if parent is None and not may_have_code(pupil, on):
        raise Refused(_("A pupil gets a code from 12, or thirty days before to answer ahead."))
    if parent is not None and not _is_parent_of(parent, pupil):
        raise Refused(_("This is not a parent of the pupil."))
    maker = by if isinstance(by, User) else None
    earlier = Code.objects.filter(
        pupil=pupil, parent=parent, used_at__isnull=True, withdrawn_at__isnull=True
    )
    earlier.update(withdrawn_at=timezone.now(), withdrawn_by=maker)
    typed = _unused()
    row = Code(
        number=typed.number,
        secret_hash=typed.hashed,
        pupil=pupil,
        parent=parent,
        school=school,
        route=route,
        made_by=maker,
        expires_on=on + LASTS,
    )
    if route == Code.Route.MAIL and parent is not None:
        row.mailed_to = codes.hashed_address(parent.email)
    row.save(force_insert=True)
    return row, typed.written


def wait_for_codes(pupils: Iterable[Pupil]) -> None:
    """Codes about one pupil are made one after another; whoever answers waits for none of it.

    Many at once are asked for at once, so that two who make them don't wait for each other.
    """
    wait_for_turn(*(uuid.uuid5(pupil.pk, "codes") for pupil in pupils))


def may_have_code(pupil: Pupil, on: date) -> bool:
    """Whether a pupil answers for itself: from 12, and asked ahead from thirty days before.

    What it answers ahead counts from the birthday only (P5).
    """
    if who_consents(pupil.birth_date, on) is not Speaks.PARENTS:
        return True
    return asked_ahead_for(pupil.birth_date, on) is not None


@transaction.atomic
def try_code(*, typed: str, by: User | None, on: date) -> Code | None:
    """The code that these words open, not yet used; none for anything else, always alike.

    Each wrong secret counts, and after five the code opens nothing any more; it counts also when
    the page around it fails and is rolled back. Raises Refused after too many wrong codes of one
    address or account.
    """
    if limits.is_exhausted(by):
        raise Refused(_("Too many wrong codes were typed. Wait a quarter of an hour."))
    parts = codes.read(typed)
    row = _standing(parts, on) if parts else None
    if row is not None and parts is not None and codes.fits(parts, row.secret_hash):
        return row if _is_still_meant(row, on) else None
    _count_wrong(row, by=by, on=on)
    work = current_work()
    if work is not None:
        work.if_undone(lambda: _count_wrong_again(work, row, by=by, on=on))
    return None


@transaction.atomic
def use_code(*, typed: str, by: User, on: date) -> Code | None:
    """Uses a code for the account of `by`: once, and none when the words open nothing.

    The account belongs to the code's parent or pupil from then on, with the role that goes with
    it, and finds all children of that parent. An account that belongs to a parent already takes
    another parent's code when that is the same person known twice: never of the same child.
    Raises Refused, with how to go on, when the code is of somebody else, Overtaken when it was
    used a moment ago. The link between parent and child must stand, as for `try_code`.
    """
    found = try_code(typed=typed, by=by, on=on)
    if found is None:
        return None
    rows = Code.objects.filter(pk=found.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    if not rows.update(used_at=timezone.now(), used_by=by):
        raise Overtaken(_("This code was used a moment ago."))
    if found.parent is not None:
        take_as_parent(parent=found.parent, user=by, school=found.school_id, on=on)
    else:
        take_as_pupil(pupil=found.pupil, user=by, school=found.school_id, on=on)
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


def _must_not_be_of_own_child(parent: Parent, by: User) -> None:
    """A code opens all of a parent's children: also where that is a child of who makes it."""
    for link in Parenthood.objects.filter(parent=parent, withdrawn_at__isnull=True).select_related(
        "pupil"
    ):
        must_not_be_own_child(by, link.pupil)


def _standing(parts: Typed, on: date) -> Code | None:
    """The open code with this number, kept from others until we are done."""
    _name(parts.number)
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


def _is_still_meant(row: Code, on: date) -> bool:
    """Whether the person of the code is still the child's parent, or a pupil who may answer.

    A mailed code ends with the address: whoever reads mail at a wrong one, corrected since, is
    not the parent.
    """
    if row.parent is None:
        return may_have_code(row.pupil, on)
    if row.mailed_to is not None and not codes.is_address(row.mailed_to, row.parent.email):
        return False
    return _is_parent_of(row.parent, row.pupil)


def _is_parent_of(parent: Parent, pupil: Pupil) -> bool:
    links = Parenthood.objects.filter(parent=parent, pupil=pupil, withdrawn_at__isnull=True)
    return links.exists()


def _count_wrong(row: Code | None, *, by: User | None, on: date) -> None:
    limits.count_wrong(by)
    if row is not None:
        _name(row.number)
        open_rows = Code.objects.filter(pk=row.pk, tries__lt=MOST_TRIES, used_at__isnull=True)
        open_rows.filter(withdrawn_at__isnull=True).update(tries=F("tries") + 1)
        outcome = Outcome.REFUSED
        _record(events.CODE_REFUSED, row, by=by, ground=Ground.NONE, outcome=outcome)


def _count_wrong_again(work: Work, row: Code | None, *, by: User | None, on: date) -> None:
    """The same in a transaction of its own, after the one around it was rolled back."""
    own = Work(by=by, on=on, request_id=work.request_id, remote_addr=work.remote_addr)
    with acting_as(by, on=on, work=own):
        _count_wrong(row, by=by, on=on)


def _name(number: str) -> None:
    """Tells the database which code is typed: the one row that opens for a visitor."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('portal.typed_code', %s, true)", [number])


def _unused() -> Typed:
    """A new code whose number is free."""
    while True:
        typed = codes.new_code()
        _name(typed.number)
        if not Code.objects.filter(number=typed.number).exists():
            _name("")
            return typed


def _record(
    what: Event, row: Code, *, by: Actor | None, ground: Ground, outcome: str = Outcome.SUCCESS
) -> None:
    record(
        what,
        by=by,
        subjects=[row.pupil.log_key],
        unit=row.school_id,
        target=row,
        changed=["user"] if what is events.CODE_USED else (),
        ground=ground,
        outcome=outcome,
    )
