"""Leaving, undoing a wrong leaving date, returning, and going to another school of the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.events import Action, Event
from audit.grounds import Ground
from students import events, seen
from students.actions.places import close_places, new_place, take_place
from students.enrolment import Enrolled, Left, tell_enrolled, tell_left, who_goes
from students.keepers import (
    locked_pupil,
    must_manage,
    must_manage_school,
    must_not_be_own_child,
)
from students.models import Enrolment, Group, GroupMembership, Pupil, School

LONGEST_AHEAD = timedelta(days=400)  # a leaving date further ahead is a slip of the pen


@transaction.atomic
def record_leaving(
    *, enrolment: Enrolment, last_day: date, seen_before: str, by: User, on: date
) -> bool:
    """Records or corrects the last day at school; False when it already was that day.

    Places in groups end with it, and assignments 30 days later (P9 counts from this day).
    """
    school = must_manage(by, enrolment.pupil, on)
    now = _locked(enrolment, seen_before, by, on)
    if now.ends_on == last_day:
        return False
    _must_be_possible_leaving(now, last_day, on)
    _leave(now, last_day, on)
    _record(events.LEAVING_RECORDED, now, by=by, school=school)
    return True


@transaction.atomic
def undo_leaving(*, enrolment: Enrolment, seen_before: str, by: User, on: date) -> None:
    """Takes a wrong leaving date away: the enrolment and the dossier go on as before.

    Places that ended that day in groups of a running school year come back; assignments that
    were shortened do not: the director assigns anew.
    """
    school = must_manage(by, enrolment.pupil, on)
    now = _locked(enrolment, seen_before, by, on)
    if now.ends_on is None:
        raise Refused(_("No leaving date is recorded."))
    if _others_here(now).filter(starts_on__gt=now.starts_on).exists():
        raise Refused(_("The pupil returned later. That enrolment goes on."))
    _must_not_be_going(now)
    reopened = GroupMembership.objects.filter(
        enrolment=now, ends_on=now.ends_on, group__school_year__ends_on__gte=on
    )
    for place in list(reopened):
        place.ends_on = None
        place.save(update_fields=["ends_on"])
    now.ends_on = None
    now.save(update_fields=["ends_on"])
    tell_enrolled([Enrolled(now.pupil_id, now.school_id, now.starts_on)])
    _record(events.LEAVING_UNDONE, now, by=by, school=school)


@transaction.atomic
def return_pupil(
    *,
    pupil: Pupil,
    school: School,
    starts_on: date,
    seen_before: str,
    by: User,
    on: date,
    group: Group | None = None,
) -> Enrolment:
    """Enrols a pupil again at a school it left: the dossier there continues.

    Refused while another school of the board has the pupil: that one lets it go, or transfers it.
    Else a school that a pupil left, perhaps because of who works there, could fetch its address.
    """
    must_not_be_own_child(by, pupil)
    must_manage_school(by, school, on)
    locked_pupil(pupil)
    seen.must_be_unchanged(seen.of_enrolments(pupil), seen_before)
    earlier = Enrolment.objects.filter(pupil=pupil, school=school)
    if not earlier.exists():
        raise Refused(_("The pupil was never at this school. Enrol or transfer the pupil."))
    if earlier.filter(ends_on__isnull=True).exists():
        raise Refused(_("The pupil is still enrolled at this school."))
    if earlier.filter(ends_on__gte=starts_on).exists():
        raise Refused(_("The pupil was still at this school on that day."))
    elsewhere = Enrolment.objects.filter(pupil=pupil).exclude(school=school)
    if elsewhere.exclude(ends_on__lt=starts_on).exists():
        raise Refused(
            _(
                "The pupil is at another school of the board. That school records the leaving"
                " date first, or transfers the pupil to you."
            )
        )
    enrolment = Enrolment(pupil=pupil, school=school, starts_on=starts_on)
    _start(enrolment, group)
    _record(events.PUPIL_RETURNED, enrolment, by=by, school=school.pk)
    return enrolment


@dataclass(frozen=True)
class Transfer:
    """When a pupil goes to which other school of the board."""

    to_school: School
    last_day: date
    starts_on: date


@transaction.atomic
def transfer_pupil(
    *, enrolment: Enrolment, transfer: Transfer, seen_before: str, by: User, on: date
) -> Enrolment:
    """Lets a pupil leave here and start at another school of the board.

    That school starts a dossier of its own and receives nothing of this one (mission: One
    dossier per pupil and school).
    """
    school = must_manage(by, enrolment.pupil, on)
    now = _locked(enrolment, seen_before, by, on)
    there, last_day = transfer.to_school, transfer.last_day
    if there.board_id != now.school.board_id or there.pk == now.school_id:
        raise Refused(_("Choose another school of the same board."))
    if now.ends_on is not None:
        raise Refused(_("The pupil already left. Undo the leaving date first."))
    _must_be_possible_leaving(now, last_day, on)
    if transfer.starts_on <= last_day:
        raise Refused(_("The first day there comes after the last day here."))
    if (
        Enrolment.objects.filter(pupil=now.pupil_id, school=there)
        .exclude(ends_on__lt=transfer.starts_on)
        .exists()
    ):
        raise Refused(_("The pupil is already enrolled at that school on that day."))
    new = Enrolment(pupil=now.pupil, school=there, starts_on=transfer.starts_on)
    _leave(now, last_day, on)
    _start(new, None)
    _record(events.PUPIL_TRANSFERRED, now, by=by, school=school, to_school=str(there.pk))
    return new


def _locked(enrolment: Enrolment, seen_before: str, by: User, on: date) -> Enrolment:
    must_manage_school(by, enrolment.school, on)
    pupil = locked_pupil(enrolment.pupil)
    seen.must_be_unchanged(seen.of_enrolments(pupil), seen_before)
    return Enrolment.objects.select_related("pupil", "school").get(pk=enrolment.pk)


def _others_here(enrolment: Enrolment) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(pupil=enrolment.pupil_id, school=enrolment.school_id).exclude(
        pk=enrolment.pk
    )


def _must_be_possible_leaving(enrolment: Enrolment, last_day: date, on: date) -> None:
    if last_day < enrolment.starts_on:
        raise Refused(_("The pupil was not at school yet on this day."))
    if last_day > on + LONGEST_AHEAD:
        raise Refused(_("This day is more than a year ahead. Check the year."))
    later = _others_here(enrolment).filter(starts_on__gt=enrolment.starts_on)
    if later.filter(starts_on__lte=last_day).exists():
        raise Refused(_("The pupil had returned by that day. Choose an earlier day."))


def _leave(enrolment: Enrolment, last_day: date, on: date) -> None:
    _must_not_be_going(enrolment)
    is_back = enrolment.ends_on is not None and enrolment.ends_on < on <= last_day
    if enrolment.ends_on is not None and last_day > enrolment.ends_on:
        # The date moves on: places that ended with the enrolment move along.
        GroupMembership.objects.filter(enrolment=enrolment, ends_on=enrolment.ends_on).update(
            ends_on=last_day
        )
    enrolment.ends_on = last_day
    enrolment.save(update_fields=["ends_on"])
    close_places(enrolment, last_day)
    if is_back:
        tell_enrolled([Enrolled(enrolment.pupil_id, enrolment.school_id, enrolment.starts_on)])
    tell_left([Left(enrolment.pupil_id, enrolment.school_id, last_day)])


def _start(enrolment: Enrolment, group: Group | None) -> None:
    _must_not_be_going(enrolment)
    place = new_place(enrolment, group, enrolment.starts_on) if group else None
    enrolment.save(force_insert=True)
    tell_enrolled([Enrolled(enrolment.pupil_id, enrolment.school_id, enrolment.starts_on)])
    if place:
        take_place(place)


def _must_not_be_going(enrolment: Enrolment) -> None:
    """Raises Refused while the pupil's records there are being destroyed. The pupil is locked."""
    if who_goes([enrolment.pupil_id], school=enrolment.school_id):
        raise Refused(
            _(
                "What the school kept of this pupil is being destroyed now. Try again tomorrow."
                " If it does not end by itself, who looks after the portal hears of it."
            )
        )


def _record(what: Event, enrolment: Enrolment, *, by: User, school: UUID, **detail: str) -> None:
    record(
        what,
        by=by,
        subjects=[enrolment.pupil.log_key],
        unit=school,
        target=enrolment,
        changed=["ends_on"] if what.action == Action.UPDATE else [],
        ground=Ground.ADMINISTRATION,
        detail=dict(detail) or None,
    )
