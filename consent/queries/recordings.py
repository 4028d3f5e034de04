"""The register of lesson recordings, and who of a group may be in one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from access.models import Membership, User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import Channel, PurposeText, RecordedPupil, Recording, RecordingTerm
from consent.queries.checking import pupils_to_check_visible_to
from consent.queries.effects import effects_of
from consent.queries.facts import Known
from consent.queries.stays import not_over, places_on
from consent.queries.texts import question_of, texts_in_use
from consent.rules import new_no
from students.models import Group, Pupil

USUAL_DAYS = 14  # until a board decides otherwise


@visibility_of(
    lambda: Recording.objects.select_related(
        "school__unit", "group__school_year", "teacher", "deleted_by"
    )
)
def recordings_visible_to(rows: QuerySet[Recording], user: User, day: date) -> QuerySet[Recording]:
    """Recordings by `user` where they still work, and those of the schools they keep."""
    works = user.units_with(Permission.CHECK_CONSENT, day)
    keeps = user.units_with(Permission.RECORD_CONSENT, day)
    return rows.filter(Q(teacher=user, school__in=works) | Q(school__in=keeps))


def with_pupils_out(rows: QuerySet[Recording]) -> QuerySet[Recording]:
    """The same recordings, each with how many pupils were kept out of view."""
    return rows.annotate(out=Count("pupils", filter=Q(pupils__is_out_of_view=True)))


def recordings_to_delete(user: User, *, on: date) -> list[Recording]:
    """Recordings of which the last day came: the teacher's own, in one query.

    For a director also those of a teacher who left, and what is a day overdue.
    """
    works_there = Membership.objects.filter(
        not_over(on),
        user=OuterRef("teacher"),
        unit=OuterRef("school"),
        starts_on__lte=on,
        user__is_active=True,
    )
    directs = user.units_with(Permission.DECIDE_CONSENT, on)
    rows = recordings_visible_to(user, on=on).filter(
        Q(teacher=user) | Q(school__in=directs) & (Q(ends_on__lt=on) | ~Exists(works_there)),
        deleted_at__isnull=True,
        ends_on__lte=on,
    )
    return list(rows.order_by("ends_on", "pk"))


def recordings_refused(user: User, *, on: date) -> list[Recording]:
    """The teacher's own recordings, still kept, in which somebody may not be in view any more.

    A no that came since, as for publications. One query where there is no recording; else a fixed
    number for each school.
    """
    kept = recordings_visible_to(user, on=on).filter(teacher=user, deleted_at__isnull=True)
    seen = RecordedPupil.objects.filter(recording__in=kept, is_out_of_view=False)
    rows = list(
        seen.select_related("pupil", "recording__group__school_year").order_by("recording", "pk")
    )
    refused: dict[uuid.UUID, Recording] = {}
    for school_id in {row.recording.school_id for row in rows}:
        here = [row for row in rows if row.recording.school_id == school_id]
        texts = recording_texts(here[0].recording.group.school_year.board_id, on)
        known = Known({row.pupil_id: row.pupil for row in here}.values(), school_id)
        known.load_answers(text.purpose_id for text in texts)
        for row in here:
            noes = (
                new_no(
                    known.facts(row.pupil_id, text.purpose_id),
                    question_of(text),
                    published_on=row.recording.recorded_on,
                    on=on,
                )
                for text in texts
            )
            if any(noes):
                refused[row.recording_id] = row.recording
    return sorted(refused.values(), key=lambda one: (one.recorded_on, str(one.pk)))


def days_kept(board_id: uuid.UUID) -> int:
    """How many days the board keeps a recording at most."""
    rows = RecordingTerm.objects.filter(board=board_id).order_by("-set_at")
    return rows.values_list("days", flat=True).first() or USUAL_DAYS


@dataclass(frozen=True)
class InGroup:
    """A pupil of the group on the day of the lesson, and whether it may be in view."""

    pupil: Pupil
    is_allowed: bool


def recording_texts(board_id: uuid.UUID, day: date) -> list[PurposeText]:
    """What the board asks about lesson recordings on that day; nothing asked is nothing allowed."""
    return [t for t in texts_in_use(board_id, day) if t.purpose.channel == Channel.RECORDING]


def those_in_group(group: Group, user: User, *, day: date, on: date) -> list[InGroup]:
    """The pupils of a group on the day of the lesson, by name; open is no."""
    places = places_on(day).filter(group=group)
    pupils = list(
        pupils_to_check_visible_to(user, on=on)
        .filter(pk__in=places.values("enrolment__pupil"))
        .order_by("sort_name", "pk")
    )
    return _outcomes(pupils, group.school_id, group.school_year.board_id, day)


def _outcomes(
    pupils: Iterable[Pupil], school_id: uuid.UUID, board_id: uuid.UUID, day: date
) -> list[InGroup]:
    texts, rows = recording_texts(board_id, day), list(pupils)
    effects = effects_of(rows, texts, school_id=school_id, on=day)
    return [
        InGroup(
            pupil,
            bool(texts) and all(effects[pupil.pk, t.purpose_id].is_allowed for t in texts),
        )
        for pupil in rows
    ]


@dataclass(frozen=True)
class RecordedLine:
    """A pupil of a recording: kept out of view or not, and whether a no holds now."""

    pupil: Pupil
    is_out_of_view: bool
    is_refused_now: bool


def recorded_lines(recording: Recording, *, on: date) -> list[RecordedLine]:
    """The pupils of a recording by name; in view without a yes today is said."""
    rows = list(
        RecordedPupil.objects.filter(recording=recording)
        .select_related("pupil")
        .order_by("pupil__sort_name", "pupil_id")
    )
    board_id = recording.group.school_year.board_id
    now = {
        one.pupil.pk: one.is_allowed
        for one in _outcomes([row.pupil for row in rows], recording.school_id, board_id, on)
    }
    return [
        RecordedLine(
            row.pupil, row.is_out_of_view, not row.is_out_of_view and not now[row.pupil_id]
        )
        for row in rows
    ]
