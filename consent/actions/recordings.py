"""Lesson recordings: entered with who stays out of view, and deleted by their last day (P14)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at, must_say
from consent.models import RecordedPupil, Recording, RecordingTerm
from consent.queries import days_kept, recording_texts, recordings_visible_to, those_in_group
from consent.queries.recordings import InGroup
from consent.rules import latest_end
from students.models import Board, Group

AHEAD = timedelta(days=31)


@dataclass(frozen=True)
class Lesson:
    """What is recorded and kept where until when; `key` is the form's own."""

    key: uuid.UUID
    group: Group
    recorded_on: date
    kept_where: str
    ends_on: date
    out_of_view: frozenset[uuid.UUID]


@transaction.atomic
def enter_recording(*, lesson: Lesson, by: User, on: date) -> Recording:
    """Enters a recording in the register; a form sent twice enters one.

    Refused when a pupil of the group has no yes on that day and is not kept out of view, for a
    day outside the group's school year, and for an end after what the board allows.
    """
    group = lesson.group
    must_hold_at(Permission.CHECK_CONSENT, unit_id=group.school_id, by=by, on=on)
    in_group = those_in_group(group, by, day=lesson.recorded_on, on=on)
    wait_for_turn(lesson.key, *(one.pupil.pk for one in in_group))
    twice = Recording.objects.filter(pk=lesson.key).first()
    if twice is not None:
        if twice.teacher_id != by.pk:
            raise NotAllowed
        return twice
    _must_be_in_time(lesson, on)
    in_group = those_in_group(group, by, day=lesson.recorded_on, on=on)
    _must_stay_out_of_view(lesson, in_group)
    row = Recording(
        pk=lesson.key,
        school_id=group.school_id,
        group=group,
        recorded_on=lesson.recorded_on,
        kept_where=must_say(lesson.kept_where),
        ends_on=lesson.ends_on,
        teacher=by,
    )
    row.save(force_insert=True)
    RecordedPupil.objects.bulk_create(
        RecordedPupil(
            recording=row, pupil=one.pupil, is_out_of_view=one.pupil.pk in lesson.out_of_view
        )
        for one in in_group
    )
    record(
        events.RECORDING_ENTERED,
        by=by,
        subjects=[one.pupil.log_key for one in in_group],
        unit=row.school_id,
        target=row,
        ground=Ground.CHECK,
        detail={"pupils": len(in_group), "out_of_view": len(lesson.out_of_view)},
    )
    return row


def last_day_for(group: Group, recorded_on: date) -> date:
    """Until when a recording of that day may be kept."""
    year = group.school_year
    return latest_end(recorded_on, days=days_kept(year.board_id), year_ends_on=year.ends_on)


def _must_be_in_time(lesson: Lesson, on: date) -> None:
    year = lesson.group.school_year
    if not year.starts_on <= lesson.recorded_on <= min(on + AHEAD, year.ends_on):
        raise Refused(_("Choose a day of this school year, at most a month ahead."))
    if not lesson.recorded_on <= lesson.ends_on <= last_day_for(lesson.group, lesson.recorded_on):
        raise Refused(_("The recording must be deleted sooner: look at the last day allowed."))
    if not recording_texts(year.board_id, lesson.recorded_on):
        raise Refused(_("Your board asks nothing about lesson recordings. So none may be made."))


def _must_stay_out_of_view(lesson: Lesson, in_group: list[InGroup]) -> None:
    if not in_group:
        raise Refused(_("Nobody is in this group on that day."))
    known = {one.pupil.pk for one in in_group}
    if lesson.out_of_view - known:
        raise NotAllowed
    without = {one.pupil.pk for one in in_group if not one.is_allowed}
    if without - lesson.out_of_view:
        raise Refused(
            _(
                "Not every pupil of this group may be recorded. Keep each of them out of view, or"
                " do not record. Look at the list: it may have changed."
            )
        )


@transaction.atomic
def delete_recording(*, recording: Recording, deleted_on: date, by: User, on: date) -> Recording:
    """Records that a recording was deleted; by the teacher, or by who keeps the register."""
    if not recordings_visible_to(by, on=on).filter(pk=recording.pk).exists():
        raise NotAllowed
    if not recording.recorded_on <= deleted_on <= on:
        raise Refused(_("Choose a day between the lesson and today."))
    rows = Recording.objects.filter(pk=recording.pk, deleted_at__isnull=True)
    if not rows.update(deleted_on=deleted_on, deleted_by=by, deleted_at=timezone.now()):
        raise Overtaken(_("This recording was deleted already."))
    record(
        events.RECORDING_DELETED,
        by=by,
        unit=recording.school_id,
        target=recording,
        changed=["deleted_on"],
        ground=Ground.ADMINISTRATION,
    )
    return recording


@transaction.atomic
def set_recording_term(*, board: Board, days: int, by: User, on: date) -> None:
    """Sets how many days a board keeps a lesson recording at most; counts for new recordings."""
    must_hold_at(Permission.SET_PURPOSES, unit_id=board.pk, by=by, on=on)
    wait_for_turn(board.pk)
    if not 1 <= days <= 366:
        raise Refused(_("Choose between 1 and 366 days."))
    if RecordingTerm.objects.filter(board=board).exists() and days_kept(board.pk) == days:
        return
    row = RecordingTerm.objects.create(board=board, days=days, set_by=by)
    record(
        events.RECORDING_TERM_SET,
        by=by,
        unit=board.pk,
        target=row,
        changed=["days"],
        ground=Ground.ADMINISTRATION,
    )
