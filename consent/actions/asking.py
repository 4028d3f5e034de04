"""Asking: who is asked which texts about which pupils, in bulk (P13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.acting import Actor
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold, must_hold_at
from consent.models import PurposeText, Request, Round
from consent.queries import Known, question_of, texts_in_use, those_asked
from consent.rules import Facts, Kind, Who, consent_year, who_must_answer
from students.models import Enrolment, Pupil, School, SchoolYear

BATCH = 500  # pupils; each batch is a transaction and a row in the log

_COLUMNS = (
    ("id", "uuid"),
    ("pupil_id", "uuid"),
    ("school_id", "uuid"),
    ("purpose_id", "uuid"),
    ("text_id", "uuid"),
    ("answers_as", "varchar"),
    ("parent_id", "uuid"),
    ("representative_id", "uuid"),
    ("round_id", "uuid"),
    ("occasion", "varchar"),
    ("counts_from", "date"),
    ("counts_until", "date"),
    ("asked_by_id", "uuid"),
)


@dataclass(frozen=True)
class Asking:
    """Where, why and for which days people are asked.

    A text that does not end with the school year is asked without an end.
    """

    school_id: uuid.UUID
    occasion: str
    counts_from: date
    counts_until: date | None
    round: Round | None = None


@transaction.atomic
def ask_about(*, pupil: Pupil, school: School, occasion: str, by: User, on: date) -> int:
    """Asks everybody who decides about one pupil, for what is in use and left of the year.

    For a new pupil, and where somebody answers on paper without having been asked. Whom it
    asked already it does not ask again. Gives how many requests were made.
    """
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    wait_for_turn(pupil.pk)
    year = consent_year(SchoolYear.objects.filter(board=school.board_id), on)
    asking = Asking(school.pk, occasion, on, year.ends_on)
    texts = those_asked(texts_in_use(school.board_id, on))
    made = make_requests([pupil], texts, asking, by=by, only_unasked=True)
    if made:
        record_requests(asking, [pupil], made, by=by)
    return made


@transaction.atomic
def ask_anew(
    *, text: PurposeText, school: School, after: uuid.UUID | None, by: Actor, on: date
) -> uuid.UUID | None:
    """Asks about the next pupils of a school anew, because a text was put in use.

    Only whoever was asked this purpose before, for days that run on. Gives the last pupil of the
    batch, to go on after; none when all are done.
    """
    must_hold_at(Permission.SET_PURPOSES, unit_id=school.board_id, by=by, on=on)
    counts_from = max(on, text.in_use_from or on)
    before = Request.objects.filter(running_on(counts_from), school=school, purpose=text.purpose_id)
    here = Enrolment.objects.filter(school=school).exclude(ends_on__lt=counts_from)
    pupils = Pupil.objects.filter(pk__in=before.values("pupil")).order_by("pk")
    pupils = pupils.filter(pk__in=here.values("pupil"))
    batch = list((pupils.filter(pk__gt=after) if after else pupils)[:BATCH])
    if not batch:
        return None
    years = SchoolYear.objects.filter(board=school.board_id)
    year = consent_year(years, counts_from)
    asking = Asking(school.pk, Request.Occasion.TEXT, counts_from, year.ends_on)
    made = make_requests(batch, those_asked([text]), asking, by=by, only_unasked=True)
    if made:
        record_requests(asking, batch, made, by=by)
    return batch[-1].pk


def running_on(day: date) -> Q:
    """Requests whose answers count on `day` or later; some have no end."""
    return Q(counts_until__isnull=True) | Q(counts_until__gte=day)


def make_requests(
    pupils: Sequence[Pupil],
    texts: Sequence[PurposeText],
    asking: Asking,
    *,
    by: Actor,
    only_unasked: bool = False,
    only: frozenset[Who] | None = None,
) -> int:
    """Adds a request for each who decides on the day from which answers count; gives how many.

    Who has the same request already is left out: asking twice asks once. With `only_unasked` also
    who was asked the same text for days that run on then, as always for a text without an end;
    with `only` everybody else. The action around it records it.
    """
    if not pupils or not texts:
        return 0
    known = Known(pupils, asking.school_id)
    rows = list(_rows(known, texts, asking, by, only))
    endless = {text.pk for text in texts if not text.is_yearly}
    if only_unasked or endless:
        asked = _asked_for(known.keys, asking)
        rows = [
            row
            for row in rows
            if not (only_unasked or row[4] in endless) or _person_of(row) not in asked
        ]
    return _insert(rows)


def ask_who_was_left_out(
    pupils: Sequence[Pupil], texts: Sequence[PurposeText], asking: Asking, *, by: Actor
) -> list[Pupil]:
    """Asks who decides and was never asked; gives the pupils about whom somebody was.

    About a pupil of whom nothing is asked yet: all. Else only what others were asked about this
    pupil: a parent who got authority, a voogd who was recorded.
    """
    known = Known(pupils, asking.school_id)
    asked = _asked_for(known.keys, asking)
    begun, texts_begun = {row[0] for row in asked}, {row[:2] for row in asked}
    rows = [
        row
        for row in _rows(known, texts, asking, by, None)
        if _person_of(row) not in asked and (row[1] not in begun or (row[1], row[4]) in texts_begun)
    ]
    _insert(rows)
    about = {row[1] for row in rows}
    found = [pupil for pupil in pupils if pupil.pk in about]
    if found:
        record_requests(asking, found, len(rows), by=by)
    return found


def record_requests(asking: Asking, pupils: Iterable[Pupil], made: int, *, by: Actor) -> None:
    """One event for a batch of requests, with every pupil of it."""
    record(
        events.REQUESTED,
        by=by,
        subjects=[pupil.log_key for pupil in pupils],
        unit=asking.school_id,
        target=asking.round,
        ground=Ground.ADMINISTRATION,
        detail={"requests": made, "occasion": asking.occasion},
    )


def _rows(
    known: Known,
    texts: Sequence[PurposeText],
    asking: Asking,
    by: Actor,
    only: frozenset[Who] | None,
) -> Iterator[tuple[Any, ...]]:
    asked_by = by.pk if isinstance(by, User) else None
    round_id = asking.round.pk if asking.round else None
    questions = [(text, question_of(text)) for text in texts]
    for pupil in known.keys:
        people: dict[tuple[Facts, bool], list[Who]] = {}
        for text, question in questions:
            # Most purposes ask the same people: the rule is asked once for those.
            same = known.facts(pupil, text.purpose_id), question.hears_pupil
            if same not in people:
                decided = who_must_answer(same[0], question, asking.counts_from)
                wanted = decided.people if only is None else decided.people & only
                people[same] = sorted(wanted, key=lambda w: (w.kind.value, str(w.key)))
            for who in people[same]:
                yield (
                    uuid.uuid4(),
                    pupil,
                    asking.school_id,
                    text.purpose_id,
                    text.pk,
                    *_columns_of(who),
                    round_id,
                    asking.occasion,
                    asking.counts_from,
                    asking.counts_until if text.is_yearly else None,
                    asked_by,
                )


def _columns_of(who: Who) -> tuple[str, Any, Any]:
    if who.kind is Kind.PUPIL:
        return Request.As.PUPIL.value, None, None
    if who.kind is Kind.PARENT:
        return Request.As.PARENT.value, who.key, None
    return Request.As.REPRESENTATIVE.value, None, who.key


def _asked_for(pupils: list[uuid.UUID], asking: Asking) -> set[tuple[Any, ...]]:
    rows = Request.objects.filter(
        running_on(asking.counts_until or date.max),
        pupil__in=pupils,
        school=asking.school_id,
        counts_from__lte=asking.counts_from,
    )
    return set(rows.values_list("pupil_id", "text_id", "parent_id", "representative_id"))


def _person_of(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """About whom, what and whom a row of `_rows` asks."""
    return row[1], row[4], row[6], row[7]


def _insert(rows: list[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    names = ", ".join(name for name, _type in _COLUMNS)
    arrays = ", ".join(f"%s::{kind}[]" for _name, kind in _COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"insert into consent_request ({names}, asked_at, party, why)"  # nosec B608  our own names
            f" select u.*, %s, '', '' from unnest({arrays}) u on conflict do nothing",
            [timezone.now(), *(list(column) for column in zip(*rows, strict=True))],
        )
        made: int = cursor.rowcount
        if not made:
            # All were asked already: nothing was written, so nothing needs to be recorded.
            transaction.set_rollback(True)
        return made
