"""Who may act for which pupil."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from students.keepers import must_not_be_own_child
from students.models import Enrolment, Pupil


def must_hold(
    permission: Permission, *, pupil: Pupil, school_id: uuid.UUID, by: User, on: date
) -> None:
    """Raises NotAllowed unless `by` may do this at the pupil's school, never for an own child."""
    must_not_be_own_child(by, pupil)
    if school_id not in by.units_with(permission, on):
        raise NotAllowed(_("You do not look after consent at that school."))
    if not Enrolment.objects.filter(pupil=pupil, school=school_id).exists():
        raise NotAllowed(_("The pupil is not at that school."))


def must_hold_at(permission: Permission, *, unit_id: uuid.UUID, by: Actor, on: date) -> None:
    """Raises NotAllowed unless `by` holds the permission at this school or board; a job may."""
    if isinstance(by, User) and unit_id not in by.units_with(permission, on):
        raise NotAllowed


def must_say(words: str) -> str:
    """The words without spaces around them; Refused when there are hardly any."""
    if len(words.strip()) < 5:
        raise Refused(_("Say in a few words what this is based on."), about="words")
    return words.strip()
