"""Questions about a look: one's own, and those that somebody answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from access.acting import Damage
from access.models import Membership, User
from access.permissions import Permission
from access.visibility import visibility_of
from audit.damage import noticing
from audit.models import LogEntry
from oversight.models import LookQuestion
from oversight.queries.looks import looked_at_visible_to, looks_about, midnight
from students.models import Parenthood, Pupil, School
from vault.sealing import keyring

HEADS = ("director", "deputy")
_NEWEST = 30


def _questions() -> QuerySet[LookQuestion]:
    return LookQuestion.objects.select_related("pupil", "school__unit", "asked_by", "answered_by")


@visibility_of(_questions)
def own_look_questions_visible_to(
    rows: QuerySet[LookQuestion], user: User, day: date
) -> QuerySet[LookQuestion]:
    """What `user` asked, about dossiers of which they still see who looked."""
    pupils = looked_at_visible_to(user, on=day)
    return rows.filter(asked_by=user, pupil__in=pupils.values("pk"))


@visibility_of(_questions)
def look_questions_handled_by(
    rows: QuerySet[LookQuestion], user: User, day: date
) -> QuerySet[LookQuestion]:
    """What `user` answers: as director at school, as board officer for the board.

    Never about an own look or an own child. What the director left too long shows to the board
    officer too, so that it is not stuck with somebody who left.
    """
    units = user.units_with(Permission.ANSWER_LOOK_QUESTIONS, day)
    own = Parenthood.objects.filter(parent__user=user, pupil=OuterRef("pupil"))
    rows = rows.exclude(lookers__contains=[user.pk]).exclude(asked_by=user)
    to_director = Q(goes_to=LookQuestion.GoesTo.DIRECTOR, school__in=units)
    to_board = Q(goes_to=LookQuestion.GoesTo.BOARD, school__board__in=units)
    left = Q(school__board__in=units, answered_at__isnull=True, due_on__lt=day)
    answered = Q(school__board__in=units, answered_by=user)
    return rows.filter(~Exists(own), to_director | to_board | left | answered)


def heads_of(school: uuid.UUID, *, on: date) -> set[uuid.UUID]:
    """Accounts of director and deputies of a school."""
    rows = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        unit=school,
        role__in=HEADS,
        starts_on__lte=on,
        user__is_active=True,
    )
    return set(rows.values_list("user_id", flat=True))


def family_of(pupil: Pupil) -> set[uuid.UUID]:
    """Accounts of a pupil's parents, and of the pupil."""
    rows = Parenthood.objects.filter(pupil=pupil, parent__user__isnull=False)
    found = set(rows.values_list("parent__user_id", flat=True))
    return found | ({pupil.user_id} if pupil.user_id else set())


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever answers: how many, how many too late, and the first last day."""

    number: int
    overdue: int
    first_due: date | None


def look_questions_waiting(user: User, *, on: date) -> Waiting:
    """Open questions that `user` answers."""
    rows = look_questions_handled_by(user, on=on).filter(answered_at__isnull=True)
    days = list(rows.order_by("due_on").values_list("due_on", flat=True))
    return Waiting(len(days), sum(day < on for day in days), days[0] if days else None)


@dataclass(frozen=True)
class Overdue:
    """A school where questions wait too long; whose and about what stays with who answers."""

    school: School
    number: int


def overdue_at(user: User, *, on: date) -> list[Overdue]:
    """For the privacy officer: schools of the board where an answer is too late, and how many."""
    boards = user.units_with(Permission.HOLD_BACK_LOOKS, on)
    own = Parenthood.objects.filter(parent__user=user, pupil=OuterRef("pupil"))
    rows = LookQuestion.objects.filter(
        ~Exists(own), school__board__in=boards, answered_at__isnull=True, due_on__lt=on
    )
    counted = dict(rows.order_by().values_list("school").annotate(Count("pk")))
    schools = School.objects.filter(pk__in=counted).select_related("unit").order_by("unit__name")
    return [Overdue(school, counted[school.pk]) for school in schools]


@dataclass(frozen=True)
class Words:
    """What was asked and answered, opened."""

    asked: str
    answered: str = ""


def words_of(rows: Iterable[LookQuestion]) -> dict[uuid.UUID, Words]:
    """The texts of these questions. Raises Unreadable, noted for the log, when one can't be."""
    questions = list(rows)
    keys = keyring([row.pk for row in questions])
    found = {}
    for row in questions:
        with noticing(partial(_damage_of, row)):
            asked = keys.open_json(row.pk, row.place, row.sealed)["words"]
            sealed = row.answer_sealed
            said = keys.open_json(row.pk, row.answer_place, sealed)["words"] if sealed else ""
        found[row.pk] = Words(asked, said)
    return found


def _damage_of(row: LookQuestion) -> Damage:
    return Damage(row, (row.pupil.log_key,), row.school_id)


def asked_about(
    pupil: Pupil, user: User, looks: Iterable[uuid.UUID]
) -> dict[uuid.UUID, LookQuestion]:
    """Of these lines those that `user` asked about; of a pupil found by `looked_at_visible_to`."""
    rows = LookQuestion.objects.filter(asked_by=user, pupil=pupil, look__in=list(looks))
    return {row.look: row for row in rows}


def newest_asked(pupil: Pupil, user: User) -> list[LookQuestion]:
    """What `user` asked about this pupil last; of one found by `looked_at_visible_to`."""
    rows = LookQuestion.objects.filter(asked_by=user, pupil=pupil)
    return list(rows.order_by("-asked_at", "pk")[:_NEWEST])


def looks_asked_about(question: LookQuestion) -> list[LogEntry]:
    """The rows of the log that a question is about, first things first."""
    rows = looks_about(question.pupil).filter(
        pk__in=question.looks, timestamp__gte=midnight(question.looked_on)
    )
    return list(rows.order_by("timestamp", "id"))
