"""The few numbers that matter on a home page, each from one query over what somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from access.models import User
from dossiers import queries as dossier_queries
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, AssignmentProposal
from students import queries as student_queries
from students.models import Enrolment

_COUNSELLING = (AssignmentKind.COUNSELLOR, AssignmentKind.SUBSTITUTE)


@dataclass(frozen=True)
class KeeperNumbers:
    """For director, deputy and board officer."""

    pupils: int
    without_counsellor: int
    proposals: int


@dataclass(frozen=True)
class SchoolNumbers:
    """For the administration."""

    pupils: int
    without_birth_date: int
    without_group: int


def _running(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def keeper_numbers(user: User, *, on: date) -> KeeperNumbers:
    """Dossiers of pupils now at school, those nobody counsels, and proposals to decide."""
    enrolled = Enrolment.objects.filter(
        _running(on), pupil=OuterRef("pupil"), school=OuterRef("school")
    )
    counselled = Assignment.objects.filter(
        _running(on), dossier=OuterRef("pk"), kind__in=_COUNSELLING
    )
    kept = dossier_queries.dossiers_kept_by(user, on=on).filter(Exists(enrolled))
    proposals = AssignmentProposal.objects.filter(
        outcome=AssignmentProposal.Outcome.OPEN,
        dossier__in=dossier_queries.dossiers_kept_by(user, on=on).values("pk"),
    )
    return KeeperNumbers(
        pupils=kept.count(),
        without_counsellor=kept.filter(~Exists(counselled)).count(),
        proposals=proposals.count(),
    )


def school_numbers(user: User, *, on: date) -> SchoolNumbers:
    """Pupils now at the schools whose administration somebody sees, and what is missing."""
    enrolled = student_queries.enrolments_visible_to(user, on=on).filter(_running(on))
    placed = Q(places__starts_on__lte=on) & (
        Q(places__ends_on__isnull=True) | Q(places__ends_on__gte=on)
    )
    return SchoolNumbers(
        pupils=enrolled.count(),
        without_birth_date=enrolled.filter(pupil__birth_date__isnull=True).count(),
        without_group=enrolled.exclude(pk__in=enrolled.filter(placed).values("pk")).count(),
    )
