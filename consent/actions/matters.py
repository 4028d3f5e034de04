"""What outranks answers or changes who answers: recorded, lifted and ended, each with its words.

The words (efforts, advice, a threat) are sealed under a key of the row's own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold, must_say
from consent.actions.taking_down import NewNo, take_down_after
from consent.models import (
    CourtOrder,
    Objection,
    Purpose,
    SafetyBlock,
    UnableDecision,
    UnreachableDecision,
)
from consent.models.matters import Ending, Liftable, Matter
from students.models import Parent, Parenthood, Pupil, School
from students.queries import keeping_schools
from students.rules import Speaks, covers, who_consents
from vault.sealing import create_keys, keyring

M = TypeVar("M", bound=Matter)
_A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class About:
    """Which pupil at which school, for which purpose (none: all of them), and in what words."""

    pupil: Pupil
    school: School
    words: str
    purpose: Purpose | None = None
    facts: dict[str, str] = field(default_factory=dict)  # sealed beside the words


@transaction.atomic
def record_objection(*, about: About, comes_from: str, by: User, on: date) -> Objection:
    """Records that somebody objects, whoever it is: a no from today until the director lifts it.

    Any member of staff of the school does: who hears it, writes it down.
    """
    _may(Permission.CHECK_CONSENT, about.pupil, about.school.pk, by=by, on=on)
    row = Objection(comes_from=comes_from)
    kept = _keep(row, about, events.OBJECTION_RECORDED, starts_on=on, by=by)
    take_down_after(NewNo(about.pupil, about.purpose, about.school), by=by, on=on)
    return kept


@transaction.atomic
def lift_objection(*, objection: Objection, reason: str, by: User, on: date) -> None:
    """Lifts an objection with a reason: the director decides; what answers say counts again."""
    _lift(Objection, objection, events.OBJECTION_LIFTED, reason, by=by, on=on)


@transaction.atomic
def place_safety_block(*, about: About, by: User, on: date) -> SafetyBlock:
    """Blocks every publication of a pupil from today, whatever anybody answered or decided."""
    _may(Permission.RECORD_CONSENT, about.pupil, about.school.pk, by=by, on=on)
    if about.purpose is not None:
        raise Refused(_("A safety block stands for every publication."))
    row = _keep(SafetyBlock(), about, events.SAFETY_BLOCK_PLACED, starts_on=on, by=by)
    take_down_after(NewNo(about.pupil, is_threat=True), by=by, on=on)
    return row


@transaction.atomic
def lift_safety_block(*, block: SafetyBlock, reason: str, by: User, on: date) -> None:
    """Lifts a safety block with a reason; the director decides."""
    _lift(SafetyBlock, block, events.SAFETY_BLOCK_LIFTED, reason, by=by, on=on)


@dataclass(frozen=True)
class Ruling:
    """What a court decided, and from when until when it counts."""

    is_yes: bool
    decided_on: date
    starts_on: date
    ends_on: date | None = None


@transaction.atomic
def record_court_order(*, about: About, ruling: Ruling, by: User, on: date) -> CourtOrder:
    """The director records that a court decided a question; `about.words` name the decision."""
    _may(Permission.DECIDE_CONSENT, about.pupil, about.school.pk, by=by, on=on)
    _keeping(about.pupil, {about.school.pk}, on)
    if ruling.decided_on > on:
        raise Refused(_("This day is still to come."))
    if ruling.starts_on < ruling.decided_on:
        raise Refused(_("An order counts from the day of the decision or later."))
    if ruling.ends_on is not None and ruling.ends_on < ruling.starts_on:
        raise Refused(_("The last day comes before the first day."))
    if ruling.is_yes and about.purpose is None:
        raise Refused(_("Say for which purpose the court gave consent."))
    row = CourtOrder(is_yes=ruling.is_yes, decided_on=ruling.decided_on, ends_on=ruling.ends_on)
    what = events.COURT_ORDER_RECORDED
    kept = _keep(row, about, what, starts_on=ruling.starts_on, by=by)
    if not ruling.is_yes and covers(ruling, on):
        take_down_after(NewNo(about.pupil, about.purpose), by=by, on=on)
    return kept


@transaction.atomic
def end_court_order(*, order: CourtOrder, by: User, on: date) -> None:
    """Ends a court order at once, for one recorded by mistake or replaced; the director does."""
    _end(CourtOrder, order, events.COURT_ORDER_ENDED, by=by, on=on)


@transaction.atomic
def decide_unable(*, about: About, until: date, by: User, on: date) -> UnableDecision:
    """The director records, on written expert advice, that a pupil can't decide this question.

    At most for a year, then the advice is reviewed. Parents (until 18) or a representative answer
    from then on; the pupil's own no still counts. Refused for a pupil under 12.
    """
    _may(Permission.DECIDE_CONSENT, about.pupil, about.school.pk, by=by, on=on)
    if who_consents(about.pupil.birth_date, on) is Speaks.PARENTS:
        raise Refused(_("Under 12 a pupil does not decide, so there is nothing to record."))
    if not on <= until <= on + _A_YEAR:
        raise Refused(_("Choose a day within a year: then the advice is reviewed."))
    row = UnableDecision(ends_on=until)
    return _keep(row, about, events.UNABLE_DECIDED, starts_on=on, by=by)


@transaction.atomic
def end_unable(*, decision: UnableDecision, by: User, on: date) -> None:
    """Ends such a decision at once: the pupil decides again."""
    _end(UnableDecision, decision, events.UNABLE_ENDED, by=by, on=on)


@transaction.atomic
def decide_unreachable(
    *, about: About, parent: Parent, until: date | None, by: User, on: date
) -> UnreachableDecision:
    """The director records that a parent can't be reached, with the efforts made.

    That parent is not waited for; a no this parent gave stays a no.
    """
    _may(Permission.DECIDE_CONSENT, about.pupil, about.school.pk, by=by, on=on)
    links = Parenthood.objects.filter(parent=parent, pupil=about.pupil, withdrawn_at__isnull=True)
    if not links.exists():
        raise Refused(_("This is not a parent of the pupil."))
    if until is not None and until < on:
        raise Refused(_("The last day comes before the first day."))
    row = UnreachableDecision(parent=parent, ends_on=until)
    return _keep(row, about, events.UNREACHABLE_DECIDED, starts_on=on, by=by)


@transaction.atomic
def end_unreachable(*, decision: UnreachableDecision, by: User, on: date) -> None:
    """Ends it at once: the parent is back, and is waited for again."""
    _end(UnreachableDecision, decision, events.UNREACHABLE_ENDED, by=by, on=on)


def _may(permission: Permission, pupil: Pupil, school_id: uuid.UUID, *, by: User, on: date) -> None:
    must_hold(permission, pupil=pupil, school_id=school_id, by=by, on=on)
    wait_for_turn(pupil.pk)


def _keep(row: M, about: About, what: Event, *, starts_on: date, by: User) -> M:
    """Seals the words, stores the row and records it."""
    words = must_say(about.words)
    create_keys([row.pk])
    row.pupil, row.school, row.purpose = about.pupil, about.school, about.purpose
    row.starts_on, row.recorded_by = starts_on, by
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": words, **about.facts})
    row.save(force_insert=True)
    _record(what, row, by=by)
    return row


def _lift(
    model: type[Liftable], row: Liftable, what: Event, reason: str, *, by: User, on: date
) -> None:
    _may(Permission.DECIDE_CONSENT, row.pupil, _school_of(row, by, on), by=by, on=on)
    words = {"words": must_say(reason)}
    sealed = keyring([row.pk]).seal_json(row.pk, row.lifting_place, words)
    rows = model._default_manager.filter(pk=row.pk, lifted_at__isnull=True)
    if not rows.update(lifted_on=on, lifted_sealed=sealed, lifted_by=by, lifted_at=timezone.now()):
        raise Overtaken(_("A colleague lifted this already."))
    _record(what, row, by=by, changed=["lifted_on"])


def _end(model: type[Ending], row: Ending, what: Event, *, by: User, on: date) -> None:
    """Ends on the day before today: at once."""
    _may(Permission.DECIDE_CONSENT, row.pupil, _school_of(row, by, on), by=by, on=on)
    last = max(on, row.starts_on) - timedelta(days=1)
    rows = model._default_manager.filter(pk=row.pk, ended_at__isnull=True).exclude(ends_on__lt=on)
    if not rows.update(ends_on=last, ended_by=by, ended_at=timezone.now()):
        raise Overtaken(_("This had ended already."))
    _record(what, row, by=by, changed=["ends_on"])


def _school_of(row: Matter, by: User, on: date) -> uuid.UUID:
    """Where `by` decides about it: the school where it was recorded.

    What counts at every school of the board is decided where the pupil is now, or was last.
    """
    if isinstance(row, SafetyBlock | CourtOrder):
        return _keeping(row.pupil, set(by.units_with(Permission.DECIDE_CONSENT, on)), on)
    recorded_at: uuid.UUID = row.school_id
    return recorded_at


def _keeping(pupil: Pupil, units: set[uuid.UUID], on: date) -> uuid.UUID:
    schools = keeping_schools(pupil, on) & units
    if not schools:
        raise NotAllowed(_("Another school keeps the data of this pupil now."))
    return min(schools)


def _record(what: Event, row: Matter, *, by: User, changed: list[str] | None = None) -> None:
    record(
        what,
        by=by,
        subjects=[row.pupil.log_key],
        unit=row.school_id,
        target=row,
        changed=changed or (),
        ground=Ground.CUSTODIAN,
        detail={"purpose": str(row.purpose_id)} if row.purpose_id else None,
    )
