"""Who keeps the medical part besides the school doctor: a stand-in named by the director (P6)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from dossiers import events
from dossiers.actions.endings import end_what_is_not_carried
from dossiers.actions.giving import SENTENCES, raise_for, wait_for_turn
from dossiers.models import MedicalCustodian
from dossiers.queries.staffing import Staffing, staffing_of
from dossiers.rules.assigning import (
    FOREVER,
    Hands,
    No,
    covered_until,
    why_not_assigned_by,
    why_not_withdrawn_by,
)
from students.models import School


@transaction.atomic
def name_stand_in(
    *, school: School, user: User, starts_on: date, ends_on: date | None, by: User, on: date
) -> MedicalCustodian:
    """Names a colleague who may be assigned to medical parts; opens nothing by itself."""
    wait_for_turn(school.pk)
    staffing = staffing_of(school, on=on)
    raise_for(why_not_assigned_by(_hands(by, user, school, staffing, on)))
    works_until = covered_until(staffing.standing(user.pk).works, starts_on)
    if works_until is None:
        raise Refused(_("Choose somebody who works at this school from that day."))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(SENTENCES[No.ENDS_BEFORE_START])
    if ends_on is not None and ends_on > works_until:
        raise Refused(SENTENCES[No.PAST_MEMBERSHIP])
    standing = MedicalCustodian.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), school=school, user=user
    )
    if standing.filter(starts_on__lte=ends_on or FOREVER).exists():
        raise Refused(_("This person already stands in during that time."))
    named = MedicalCustodian.objects.create(
        school=school,
        user=user,
        starts_on=starts_on,
        ends_on=ends_on if works_until == FOREVER else ends_on or works_until,
        named_by=by,
    )
    record(
        events.MEDICAL_STAND_IN_NAMED,
        by=by,
        unit=school.pk,
        target=named,
        ground=Ground.CUSTODIAN,
        detail={"user": str(user.pk)},
    )
    return named


@transaction.atomic
def end_stand_in(*, named: MedicalCustodian, by: User, on: date) -> None:
    """Ends a stand-in at once, with every medical assignment that only this carried."""
    wait_for_turn(named.school_id)
    staffing = staffing_of(named.school, on=on)
    raise_for(why_not_withdrawn_by(_hands(by, named.user, named.school, staffing, on)))
    last = max(on, named.starts_on) - timedelta(days=1)
    rows = MedicalCustodian.objects.filter(pk=named.pk).exclude(ends_on__lte=last)
    if not rows.update(ends_on=last):
        raise Overtaken(_("This has already ended. Nothing else changed."))
    end_what_is_not_carried(named.school, named.user_id, on=on)
    record(
        events.MEDICAL_STAND_IN_ENDED,
        by=by,
        unit=named.school_id,
        target=named,
        changed=["ends_on"],
        ground=Ground.CUSTODIAN,
        detail={"user": str(named.user_id)},
    )


def _hands(by: User, user: User, school: School, staffing: Staffing, on: date) -> Hands:
    units = by.units_with(Permission.MANAGE_ASSIGNMENTS, on)
    return Hands(
        keeps_school=school.pk in units,
        serves_board=school.board_id in units,
        is_self=by.pk == user.pk,
        for_keeper=user.pk in staffing.keepers,
        has_keeper=bool(staffing.keepers),
    )
