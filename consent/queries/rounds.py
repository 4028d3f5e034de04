"""Rounds of a school: which there are, which can be started, and how far the job is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import PurposeText, Round
from consent.queries.kept import consent_schools_kept_by
from consent.queries.texts import texts_in_use, those_asked
from students.models import Enrolment, School, SchoolYear

_ROUNDS = Round.objects.select_related("school__unit", "school_year", "started_by")


@visibility_of(_ROUNDS.all)
def rounds_kept_by(rows: QuerySet[Round], user: User, day: date) -> QuerySet[Round]:
    """Rounds of the schools where `user` keeps consent."""
    return rows.filter(school__in=user.units_with(Permission.RECORD_CONSENT, day))


@dataclass(frozen=True)
class YearOfRound:
    """A school year of one school, with its round if that was started."""

    school: School
    year: SchoolYear
    round: Round | None


def years_to_ask(user: User, *, on: date) -> list[YearOfRound]:
    """Every school year that is not over, and those with a round, the newest first."""
    schools = list(consent_schools_kept_by(user, on=on).order_by("unit__name"))
    rounds = {(row.school_id, row.school_year_id): row for row in rounds_kept_by(user, on=on)}
    years = SchoolYear.objects.filter(board__in={school.board_id for school in schools})
    return [
        YearOfRound(school, year, rounds.get((school.pk, year.pk)))
        for school in schools
        for year in sorted(years, key=lambda year: year.starts_on, reverse=True)
        if year.board_id == school.board_id
        and (year.ends_on >= on or (school.pk, year.pk) in rounds)
    ]


def year_of(school: School, year_id: uuid.UUID) -> QuerySet[SchoolYear]:
    """A school year of the school's board."""
    return SchoolYear.objects.filter(board=school.board_id, pk=year_id)


@dataclass(frozen=True)
class WouldAsk:
    """What a round would ask, and about how many pupils."""

    texts: list[PurposeText]
    pupils: int


def would_ask(school: School, counts_from: date) -> WouldAsk:
    """For a round whose answers count from that day."""
    texts = those_asked(texts_in_use(school.board_id, counts_from))
    here = Enrolment.objects.filter(school=school).exclude(ends_on__lt=counts_from)
    return WouldAsk(texts, here.values("pupil").distinct().count())


def is_being_carried_out(row: Round) -> bool:
    """Whether a job of this round waits for a worker that is there, or is being done by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_jobs j where j.task_name = %s"
            " and j.args ->> 'round_id' = %s and ("
            "  j.status = 'todo' and exists (select from procrastinate_workers w"
            "   where w.last_heartbeat > now() - interval '30 seconds')"
            "  or j.status = 'doing' and exists (select from procrastinate_workers w"
            "   where w.id = j.worker_id and w.last_heartbeat > now() - interval '30 seconds')))",
            ["consent.carry_out_round", str(row.pk)],
        )
        return bool(cursor.fetchone()[0])
