"""Places of pupils in groups."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students import events, seen
from students.enrolment import Moved, tell_moved
from students.keepers import locked_pupil, must_manage, must_manage_school
from students.models import Enrolment, Group, GroupMembership


def new_place(enrolment: Enrolment, group: Group, starts_on: date) -> GroupMembership:
    """A place not yet saved, from the first day that both the pupil and the group are there.

    Raises Refused when the group is of another school, or of a school year that is over by then.
    """
    if group.school_id != enrolment.school_id:
        raise Refused(_("This group is of another school."))
    if group.school_year.ends_on < starts_on:
        raise Refused(_("The school year of this group is over by then. Choose a later group."))
    first_day = max(starts_on, group.school_year.starts_on)
    return GroupMembership(enrolment=enrolment, group=group, starts_on=first_day)


def take_place(place: GroupMembership) -> None:
    """Saves a place and tells who follows groups."""
    place.save(force_insert=True)
    _tell(place, joined=True, on=place.starts_on)


def close_places(enrolment: Enrolment, last_day: date) -> None:
    """Ends every place that would last longer than `last_day`."""
    running = GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=last_day), enrolment=enrolment
    ).select_related("enrolment")
    for place in list(running):
        place.ends_on = max(last_day, place.starts_on - timedelta(days=1))
        place.save(update_fields=["ends_on"])
        _tell(place, joined=False, on=last_day)


@transaction.atomic
def move_to_group(
    *, enrolment: Enrolment, group: Group, starts_on: date, seen_before: str, by: User, on: date
) -> GroupMembership:
    """Gives a pupil a place in a group; the places it had end the day before.

    Raises Refused when the pupil already has it, or got another place later than `starts_on`.
    """
    school = must_manage(by, enrolment.pupil, on)
    must_manage_school(by, enrolment.school, on)
    pupil = locked_pupil(enrolment.pupil)
    seen.must_be_unchanged(seen.of_enrolments(pupil), seen_before)
    if enrolment.ends_on is not None and enrolment.ends_on < starts_on:
        raise Refused(_("The pupil left before this day."))
    if starts_on < enrolment.starts_on:
        raise Refused(_("The pupil was not at school yet on this day."))
    place = new_place(enrolment, group, starts_on)
    place.ends_on = enrolment.ends_on
    _must_be_new(place)
    close_places(enrolment, place.starts_on - timedelta(days=1))
    take_place(place)
    record(
        events.GROUP_CHANGED,
        by=by,
        subjects=[pupil.log_key],
        unit=school,
        target=enrolment,
        changed=["group"],
        ground=Ground.ADMINISTRATION,
        detail={"group": str(group.pk)},
    )
    return place


def _must_be_new(place: GroupMembership) -> None:
    others = GroupMembership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=place.starts_on), enrolment=place.enrolment
    )
    if others.filter(group=place.group, starts_on__lte=place.starts_on).exists():
        raise Refused(_("The pupil already has a place in this group on that day."))
    if others.filter(starts_on__gt=place.starts_on).exists():
        raise Refused(_("The pupil gets another place after that day. Choose a later day."))


def _tell(place: GroupMembership, *, joined: bool, on: date) -> None:
    enrolment = place.enrolment
    tell_moved(
        [Moved(enrolment.pupil_id, enrolment.school_id, place.group_id, joined=joined, on=on)]
    )
