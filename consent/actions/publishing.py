"""Recording what was published, with the pupils who are in it (P13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at
from consent.actions.taking_down import look_for_new_noes
from consent.models import Check, CheckedPupil, Publication, PublishedPupil
from consent.queries import effects_of, is_in_use, is_publishable
from students.models import Pupil


class WithoutYes(Refused):
    """For some of the pupils there is no yes on that day; `pupils` are their keys."""

    def __init__(self, sentence: object, pupils: list[uuid.UUID]) -> None:
        super().__init__(sentence)
        self.pupils = pupils


@dataclass(frozen=True)
class Published:
    """Where and when something was published, and who is in it; `key` is the form's own."""

    key: uuid.UUID
    place: str
    published_on: date
    pupils: frozenset[uuid.UUID]


@transaction.atomic
def record_publication(*, check: Check, what: Published, by: User, on: date) -> Publication:
    """Records a publication made on a photo check; a form sent twice records one.

    Refused for every pupil for whom it holds no yes on the day of publication, for a day that is
    to come, and for what is not a publication. A no that came since makes a task at once.
    """
    must_hold_at(Permission.CHECK_CONSENT, unit_id=check.school_id, by=by, on=on)
    wait_for_turn(what.key, *what.pupils)
    twice = Publication.objects.filter(pk=what.key).first()
    if twice is not None:
        if twice.published_by_id != by.pk:
            raise NotAllowed
        return twice
    pupils = _checked(check, what.pupils)
    _must_be_published(check, what, on)
    _must_have_yes(check, pupils, what.published_on)
    row = Publication(
        pk=what.key,
        school=check.school,
        purpose=check.purpose,
        text=check.text,
        check_made=check,
        place=what.place,
        published_on=what.published_on,
        published_by=by,
    )
    row.save(force_insert=True)
    PublishedPupil.objects.bulk_create(
        [PublishedPupil(publication=row, pupil=pupil) for pupil in pupils]
    )
    record(
        events.PUBLISHED,
        by=by,
        subjects=[pupil.log_key for pupil in pupils],
        unit=row.school_id,
        target=row,
        ground=Ground.CHECK,
        detail={"purpose": check.purpose.code, "check": str(check.pk), "pupils": len(pupils)},
    )
    if what.published_on < on:
        look_for_new_noes(publications=[row], by=by, on=on)
    return row


def _checked(check: Check, wanted: frozenset[uuid.UUID]) -> list[Pupil]:
    """The pupils, all of whom the check looked at; NotAllowed for anybody else."""
    if not wanted:
        raise Refused(_("Choose the pupils who are in the picture."))
    rows = CheckedPupil.objects.filter(check_made=check, pupil__in=wanted)
    pupils = [row.pupil for row in rows.select_related("pupil").order_by("pupil_id")]
    if len(pupils) != len(wanted):
        raise NotAllowed
    return pupils


def _must_be_published(check: Check, what: Published, on: date) -> None:
    if not is_publishable(check.text):
        raise Refused(_("This was asked for making pictures only. It may not be published."))
    if what.published_on > on:
        raise Refused(_("This day is still to come. Record it once it is published."))
    if not is_in_use(check.text, what.published_on):
        raise Refused(_("What was asked was another text on that day. Make a new check."))


def _must_have_yes(check: Check, pupils: Iterable[Pupil], day: date) -> None:
    effects = effects_of(pupils, [check.text], school_id=check.school_id, on=day)
    without = [pupil for (pupil, _purpose), effect in effects.items() if not effect.is_allowed]
    if without:
        raise WithoutYes(
            _(
                "Nothing was recorded: these pupils have no yes on that day. If the picture is"
                " already published, take it down."
            ),
            without,
        )
