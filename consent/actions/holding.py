"""Who may act for which pupil, and one change after another."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import connection
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
        raise Refused(_("Say in a few words what this is based on."))
    return words.strip()


def wait_for_turn(*keys: uuid.UUID) -> None:
    """Changes about one pupil, or one purpose, come one after another until the transaction ends.

    Always in the same order, so that two who wait for each other can't be.
    """
    with connection.cursor() as cursor:
        for key in sorted(set(keys)):
            cursor.execute(
                "select pg_advisory_xact_lock(%s)",
                [int.from_bytes(key.bytes[4:12], "big", signed=True)],
            )
