"""Enrolling a pupil and changing names or birth date."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students import events, rules, seen
from students.actions.places import new_place, take_place
from students.enrolment import Enrolled, tell_enrolled
from students.keepers import locked_pupil, must_manage, must_manage_school
from students.models import Enrolment, Group, Location, Pupil, School


@dataclass(frozen=True)
class PupilData:
    """What is recorded about a pupil itself, and no more (P24)."""

    first_name: str
    prefix: str
    surname: str
    birth_date: date | None
    given_names: str = ""


@transaction.atomic
def enrol_pupil(
    *,
    school: School,
    data: PupilData,
    starts_on: date,
    by: User,
    on: date,
    group: Group | None = None,
    location: Location | None = None,
) -> Pupil:
    """Adds a pupil to a school; the dossier follows in the same transaction (P1).

    Raises NotAllowed when `by` does not keep that school's administration, Refused when a date
    or the group can't be right.
    """
    must_manage_school(by, school, on)
    _must_be_possible(data, on)
    pupil = Pupil(board_id=school.board_id, **asdict(data))
    enrolment = Enrolment(pupil=pupil, school=school, starts_on=starts_on, location=location)
    place = new_place(enrolment, group, starts_on) if group else None
    _set_names(pupil)
    pupil.save(force_insert=True)
    enrolment.save(force_insert=True)
    tell_enrolled([Enrolled(pupil.pk, school.pk, starts_on)])
    if place:
        take_place(place)
    record(
        events.PUPIL_ENROLLED,
        by=by,
        subjects=[pupil.log_key],
        unit=school.pk,
        target=pupil,
        ground=Ground.ADMINISTRATION,
    )
    return pupil


@transaction.atomic
def change_pupil(
    *, pupil: Pupil, data: PupilData, seen_before: str, by: User, on: date
) -> list[str]:
    """Changes names and birth date; gives the names of the changed fields, none if none.

    Raises Overtaken when somebody else changed them after `seen_before`.
    """
    school = must_manage(by, pupil, on)
    now = locked_pupil(pupil)
    seen.must_be_unchanged(seen.of_pupil(now), seen_before)
    changed = [name for name, value in asdict(data).items() if getattr(now, name) != value]
    if not changed:
        return []
    _must_be_possible(data, on)
    for name in changed:
        setattr(now, name, getattr(data, name))
    derived = _set_names(now)
    now.save(update_fields=[*changed, *derived])
    record(
        events.PUPIL_CHANGED,
        by=by,
        subjects=[now.log_key],
        unit=school,
        target=now,
        changed=changed,
        ground=Ground.ADMINISTRATION,
    )
    return changed


def _set_names(pupil: Pupil) -> list[str]:
    derived = pupil.name_fields()
    for column, value in derived.items():
        setattr(pupil, column, value)
    return list(derived)


def _must_be_possible(data: PupilData, on: date) -> None:
    if not data.first_name and not data.surname:
        raise Refused(_("Fill in a first name or a surname."))
    if data.birth_date and not rules.is_possible_birth_date(data.birth_date, on):
        raise Refused(_("This date of birth can't be right. Leave it empty if it is not known."))
