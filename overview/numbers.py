"""The few numbers that matter on a home page, each from one query over what somebody may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from access.models import User
from consent.models import Round
from consent.queries.purposes import asked_of, purposes_visible_to
from consent.queries.rounds import rounds_kept_by
from dossiers import queries as dossier_queries
from dossiers.models import Assignment
from dossiers.queries.kept import proposals_kept_by, schools_with_kept_dossiers
from dossiers.queries.readers import COUNSELLING_KINDS, running
from students import queries as student_queries
from students.models import CounsellorProposal, Enrolment, School
from students.queries.listing import Wanted


@dataclass(frozen=True)
class KeptSchool:
    """What waits for the keeper at one school; the keeper's own pages count the same."""

    school: School
    pupils: int
    without_counsellor: int
    proposals: int
    teams: int


@dataclass(frozen=True)
class KeeperNumbers:
    """For director, deputy and board officer: each school, and all of them together."""

    schools: list[KeptSchool]

    @property
    def pupils(self) -> int:
        """Pupils enrolled, each with a dossier."""
        return sum(one.pupils for one in self.schools)

    @property
    def without_counsellor(self) -> int:
        """Pupils whose dossier nobody opens to counsel them."""
        return sum(one.without_counsellor for one in self.schools)


@dataclass(frozen=True)
class SchoolNumbers:
    """For the administration."""

    pupils: int
    without_birth_date: int
    without_group: int


def keeper_numbers(user: User, *, on: date) -> KeeperNumbers:
    """Dossiers of pupils at school, those nobody counsels, proposals and teams to decide."""
    schools = list(schools_with_kept_dossiers(user, on=on))
    enrolled = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        pupil=OuterRef("pupil"),
        school=OuterRef("school"),
    )
    counselled = running(
        Assignment.objects.filter(dossier=OuterRef("pk"), kind__in=COUNSELLING_KINDS), on=on
    )
    kept = dossier_queries.dossiers_kept_by(user, on=on).filter(Exists(enrolled)).order_by()
    each = Count("pk", distinct=True)
    pupils = dict(kept.values_list("school").annotate(each))
    without = dict(kept.filter(~Exists(counselled)).values_list("school").annotate(each))
    waiting = proposals_kept_by(user, on=on).order_by().values_list("dossier__school")
    proposals = dict(waiting.annotate(each))
    teams = _teams_to_confirm(schools, on=on)
    return KeeperNumbers(
        [
            KeptSchool(
                school,
                pupils.get(school.pk, 0),
                without.get(school.pk, 0),
                proposals.get(school.pk, 0),
                teams.get(school.pk, 0),
            )
            for school in schools
        ]
    )


def _teams_to_confirm(schools: list[School], *, on: date) -> dict[uuid.UUID, int]:
    """Groups for which the roster proposes somebody and nobody decided yet."""
    rows = CounsellorProposal.objects.filter(
        school__in=[school.pk for school in schools],
        state=CounsellorProposal.State.PROPOSED,
        group__isnull=False,
        school_year__ends_on__gte=on,
    )
    return dict(rows.order_by().values_list("school").annotate(Count("group", distinct=True)))


def school_numbers(user: User, *, on: date) -> SchoolNumbers:
    """Pupils now at the schools whose administration somebody sees, and what is missing."""
    now, ageless, groupless = (
        student_queries.listed(user, on=on, wanted=Wanted(state=state)).count()
        for state in ("now", "ageless", "groupless")
    )
    return SchoolNumbers(pupils=now, without_birth_date=ageless, without_group=groupless)


@dataclass(frozen=True)
class AskedNumbers:
    """For the board officer: what is asked today, and what waits to be asked."""

    in_use: int
    drafts: int


def asked_numbers(user: User, *, on: date) -> AskedNumbers:
    """Questions in use and drafts of the boards for which somebody sets them."""
    rows = [asked_of(row, on=on) for row in purposes_visible_to(user, on=on).filter(ended_at=None)]
    return AskedNumbers(
        sum(one.in_use is not None and not one.in_use.is_free for one in rows),
        sum(one.draft is not None for one in rows),
    )


def rounds_that_opened(user: User, *, on: date) -> list[Round]:
    """Of each school where somebody keeps consent the round that opened last, while it counts."""
    rows = rounds_kept_by(user, on=on).filter(opens_on__lte=on, counts_until__gte=on)
    latest = {row.school_id: row for row in rows.order_by("counts_from")}
    return sorted(latest.values(), key=lambda row: row.school.name)
