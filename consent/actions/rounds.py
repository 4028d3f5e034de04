"""The yearly round: started by a person, carried out in batches by a job (P13)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import Overtaken, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.asking import BATCH, Asking, make_requests, record_requests
from consent.actions.holding import must_hold_at
from consent.models import PurposeText, Request, Round
from consent.queries import texts_in_use, those_asked
from students.models import Enrolment, Pupil, School, SchoolYear


@dataclass(frozen=True)
class RoundDates:
    """When a round opens, reminds, and stops reminding."""

    opens_on: date
    reminds_on: date
    reminds_again_on: date
    closes_on: date


@transaction.atomic
def start_round(
    *, school: School, school_year: SchoolYear, dates: RoundDates, by: User, on: date
) -> Round:
    """Starts asking everybody for a school year; `carry_out` does the work.

    Raises NotAllowed at another school, Overtaken when this year's round was started already,
    Refused when the year is over, nothing is in use to ask, or the dates are out of order.
    """
    must_hold_at(Permission.RECORD_CONSENT, unit_id=school.pk, by=by, on=on)
    if school_year.board_id != school.board_id or school_year.ends_on < on:
        raise Refused(_("Choose a school year of your board that is not over."))
    ordered = [dates.opens_on, dates.reminds_on, dates.reminds_again_on, dates.closes_on]
    if ordered != sorted(ordered):
        raise Refused(_("Opening, reminders and closing come one after another."))
    counts_from = max(on, school_year.starts_on)
    if not those_asked(texts_in_use(school.board_id, counts_from)):
        raise Refused(_("No text is in use to ask. The board officer puts one in use first."))
    row = Round(
        school=school,
        school_year=school_year,
        counts_from=counts_from,
        counts_until=school_year.ends_on,
        started_by=by,
        pupils_total=_pupils(school.pk, counts_from).count(),
        **vars(dates),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Overtaken(_("The round for this school year was started already.")) from twice
    record(
        events.ROUND_STARTED,
        by=by,
        unit=school.pk,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"pupils": row.pupils_total},
    )
    return row


@transaction.atomic
def ask_next_batch(*, round_id: uuid.UUID, by: Actor, on: date) -> Round:
    """Asks the next pupils of a round; it is carried out once `carried_out_at` is there.

    A job does it, or anybody who may start one. Two at once wait for each other; a round broken
    off goes on where it was, and asks nobody twice. Refused before the day on which it opens.
    """
    row = Round.objects.select_for_update(of=("self",)).select_related("school").get(pk=round_id)
    must_hold_at(Permission.RECORD_CONSENT, unit_id=row.school_id, by=by, on=on)
    if row.carried_out_at is not None:
        return row
    if on < row.opens_on:
        raise Refused(_("This round opens later. Then everybody is asked by itself."))
    pupils = list(_left_of(row)[:BATCH])
    asking = Asking(row.school_id, Request.Occasion.ROUND, row.counts_from, row.counts_until, row)
    made = make_requests(pupils, _texts(row), asking, by=by)
    record_requests(asking, pupils, made, by=by)
    Round.objects.filter(pk=row.pk).update(
        pupils_done=F("pupils_done") + len(pupils),
        requests_made=F("requests_made") + made,
        last_pupil=pupils[-1].pk if pupils else row.last_pupil,
        carried_out_at=timezone.now() if len(pupils) < BATCH else None,
    )
    row.refresh_from_db()
    return row


def rounds_to_carry_out(on: date) -> QuerySet[Round]:
    """Rounds that opened and are not carried out: new ones, and those broken off half-way."""
    rows = Round.objects.filter(opens_on__lte=on, counts_until__gte=on, carried_out_at__isnull=True)
    return rows.order_by("opens_on", "pk")


def _texts(row: Round) -> list[PurposeText]:
    return those_asked(texts_in_use(row.school.board_id, row.counts_from))


def _pupils(school_id: uuid.UUID, counts_from: date) -> QuerySet[Pupil]:
    """Pupils who are at the school when the answers begin to count, or come after."""
    here = Enrolment.objects.filter(school=school_id).exclude(ends_on__lt=counts_from)
    return Pupil.objects.filter(pk__in=here.values("pupil")).order_by("pk")


def _left_of(row: Round) -> QuerySet[Pupil]:
    pupils = _pupils(row.school_id, row.counts_from)
    return pupils if row.last_pupil is None else pupils.filter(pk__gt=row.last_pupil)
