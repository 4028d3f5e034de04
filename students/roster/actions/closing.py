"""Approves a plan, or throws it away."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.acting import Actor
from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students.models import RosterImport, RosterLine
from students.roster import events
from students.roster.holding import (
    hold_planned,
    must_be_fresh,
    must_import_at,
    open_questions,
    touches_own_child,
)

DAYS_A_PLAN_WAITS = timedelta(days=14)


@transaction.atomic
def approve_import(*, roster_import: RosterImport, by: User, on: date) -> RosterImport:
    """Says that the plan may be done, once every question has an answer."""
    roster_import = hold_planned(roster_import.pk, by=by, on=on)
    if open_questions(roster_import):
        raise Refused(_("Some lines still wait for an answer."))
    must_be_fresh(roster_import)
    if touches_own_child(roster_import, by):
        raise Refused(
            _(
                "This plan changes something about your own child or its parents. A colleague"
                " approves it."
            )
        )
    roster_import.state = RosterImport.State.APPROVED
    roster_import.approved_by = by
    roster_import.approved_at = timezone.now()
    roster_import.save(update_fields=["state", "approved_by", "approved_at"])
    record(
        events.ROSTER_APPROVED,
        by=by,
        unit=roster_import.school_id,
        target=roster_import,
        ground=Ground.ADMINISTRATION,
        detail={"counts": roster_import.counts},
    )
    return roster_import


@transaction.atomic
def expire_plans(*, by: Actor, on: date) -> int:
    """Throws away the lines of plans that nobody finished within two weeks (P24).

    They hold names of pupils and parents who may never come; the file can be sent again.
    """
    waiting = (RosterImport.State.PLANNED, RosterImport.State.APPROVED)
    old = RosterImport.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=waiting, read_at__date__lt=on - DAYS_A_PLAN_WAITS
    )
    expired = list(old)
    for found in expired:
        found.state = RosterImport.State.EXPIRED
        found.save(update_fields=["state"])
        RosterLine.objects.filter(roster_import=found).delete()
        record(
            events.ROSTER_EXPIRED,
            by=by,
            unit=found.school_id,
            target=found,
            ground=Ground.ADMINISTRATION,
        )
    return len(expired)


@transaction.atomic
def forget_problems(*, by: Actor, on: date) -> int:
    """Throws away what was wrong with files of two weeks ago (P24): each mistake names a key.

    Keys of pupils would outlive them here, also of who was left out of a file that was applied. How
    many mistakes there were stays.
    """
    old = RosterImport.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=(RosterImport.State.BROKEN, RosterImport.State.APPLIED),
        read_at__date__lt=on - DAYS_A_PLAN_WAITS,
    )
    known = list(old.exclude(problems=[]))
    for found in known:
        found.problems = []
        found.save(update_fields=["problems"])
        record(
            events.ROSTER_PROBLEMS_FORGOTTEN,
            by=by,
            unit=found.school_id,
            target=found,
            ground=Ground.ADMINISTRATION,
        )
    return len(known)


@transaction.atomic
def cancel_import(*, roster_import: RosterImport, by: User, on: date) -> RosterImport:
    """Throws the plan away; the import stays in the list with its hash and counts."""
    must_import_at(roster_import.school, by, on=on)
    locked = RosterImport.objects.select_for_update(of=("self",)).get(pk=roster_import.pk)
    if not locked.is_open:
        raise Refused(_("This import is already closed."))
    locked.state = RosterImport.State.CANCELLED
    locked.cancelled_by = by
    locked.cancelled_at = timezone.now()
    locked.save(update_fields=["state", "cancelled_by", "cancelled_at"])
    RosterLine.objects.filter(roster_import=locked).delete()
    record(
        events.ROSTER_CANCELLED,
        by=by,
        unit=locked.school_id,
        target=locked,
        ground=Ground.ADMINISTRATION,
    )
    return locked
