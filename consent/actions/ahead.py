"""What is asked by itself each night: new pupils, and the right people before 12 and 16 (P5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from access.acting import Actor
from consent.actions.asking import (
    BATCH,
    Asking,
    ask_who_was_left_out,
    make_requests,
    record_requests,
)
from consent.models import Request, Round
from consent.queries import stays_on, texts_in_use, those_asked
from consent.rules import PUPIL, asked_ahead_for, consent_year
from consent.rules.days import AHEAD
from students.models import Pupil, School, SchoolYear
from students.rules import ALONE_FROM, TOGETHER_FROM, Speaks, who_consents

_SLACK = timedelta(days=2)  # 29 February; the rule looks at each pupil again


@transaction.atomic
def ask_before_birthdays(*, school: School, by: Actor, on: date) -> int:
    """Asks ahead about each pupil who reaches 12 or 16 within thirty days; gives how many.

    At 12 the pupil, where its own answer counts; what its parents said stays. At 16 whoever
    decides then: the pupil alone. Their answers count from the birthday. Asked once.
    """
    by_day: dict[date, list[Pupil]] = defaultdict(list)
    for pupil in _here(school, on).filter(_near_a_birthday(on)):
        day = asked_ahead_for(pupil.birth_date, on)
        if day is not None:
            by_day[day].append(pupil)
    years = list(SchoolYear.objects.filter(board=school.board_id))
    total = 0
    for day, pupils in sorted(by_day.items()):
        asking = Asking(school.pk, Request.Occasion.BIRTHDAY, day, consent_year(years, day).ends_on)
        texts = those_asked(texts_in_use(school.board_id, day))
        twelve = [p for p in pupils if who_consents(p.birth_date, day) is Speaks.TOGETHER]
        sixteen = [p for p in pupils if p not in twelve]
        made = make_requests(twelve, texts, asking, by=by, only=frozenset({PUPIL}))
        made += make_requests(sixteen, texts, asking, by=by)
        if made:
            record_requests(asking, pupils, made, by=by)
        total += made
    return total


@transaction.atomic
def ask_newcomers(*, school: School, by: Actor, on: date) -> int:
    """Asks who decides and was never asked, about each pupil of the school; gives how many pupils.

    A pupil who came after the round, and a parent or voogd who got authority since. Nothing
    before a round that counts today was carried out: that one asks everybody.
    """
    row = Round.objects.filter(
        school=school, counts_from__lte=on, counts_until__gte=on, carried_out_at__isnull=False
    ).first()
    if row is None:
        return 0
    texts = those_asked(texts_in_use(school.board_id, on))
    asking = Asking(school.pk, Request.Occasion.ENROLMENT, on, row.counts_until)
    pupils = list(_here(school, on))
    found = 0
    for start in range(0, len(pupils), BATCH):
        found += len(ask_who_was_left_out(pupils[start : start + BATCH], texts, asking, by=by))
    return found


def _here(school: School, on: date) -> QuerySet[Pupil]:
    """Pupils who are at the school today."""
    stays = stays_on(on).filter(pupil=OuterRef("pk"), school=school)
    return Pupil.objects.filter(Exists(stays)).order_by("pk")


def _near_a_birthday(on: date) -> Q:
    """Born so that 12 or 16 comes within thirty days, give or take two."""
    near = Q()
    for age in (TOGETHER_FROM, ALONE_FROM):
        first, last = (_years_before(day, age) for day in (on, on + AHEAD))
        near |= Q(birth_date__range=(first - _SLACK, last + _SLACK))
    return near


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
