"""Checking before a picture is used, kept as proof (P13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at
from consent.models import Check, CheckedPupil, PurposeText
from consent.queries import effects_of, is_in_use, stays_on
from students.models import Pupil, School

MOST_PUPILS = 400
FARTHEST = timedelta(days=400)


@transaction.atomic
def check_consent(
    *, school: School, text: PurposeText, pupils: Iterable[uuid.UUID], day: date, by: User, on: date
) -> Check:
    """Asks for each pupil whether it may be done on `day`, and keeps what came out.

    Raises NotAllowed for a pupil who is not at that school today, Refused for a day that is past
    or a text that is not in use then.
    """
    must_hold_at(Permission.CHECK_CONSENT, unit_id=school.pk, by=by, on=on)
    wanted = set(pupils)
    # Whoever holds this at the school sees each pupil who is there today.
    here = Exists(stays_on(on).filter(school=school, pupil=OuterRef("pk")))
    found = list(Pupil.objects.filter(here, pk__in=wanted).order_by("pk"))
    if not wanted or len(found) != len(wanted) or text.purpose.board_id != school.board_id:
        raise NotAllowed
    if len(found) > MOST_PUPILS:
        raise Refused(_("Choose fewer pupils: at most 400 at a time."))
    if not on <= day <= on + FARTHEST:
        raise Refused(_("Choose today or a later day within a year."))
    if not is_in_use(text, day):
        raise Refused(_("What was asked changes before that day. Choose another day."))
    effects = effects_of(found, [text], school_id=school.pk, on=day)
    check = Check(school=school, purpose=text.purpose, text=text, day=day, checked_by=by)
    check.save(force_insert=True)
    lines = [
        CheckedPupil(
            check_made=check,
            pupil=pupil,
            is_allowed=effects[pupil.pk, text.purpose_id].is_allowed,
        )
        for pupil in found
    ]
    CheckedPupil.objects.bulk_create(lines)
    record(
        events.CHECKED,
        by=by,
        subjects=[pupil.log_key for pupil in found],
        unit=school.pk,
        target=check,
        ground=Ground.CHECK,
        detail={"purpose": text.purpose.code, "pupils": len(lines)},
    )
    return check
