"""Lesson recordings: with a yes or out of view, for own teaching, deleted in time."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from access.errors import NotAllowed, Overtaken, Refused
from access.models import Membership
from audit.models import LogEntry
from consent.actions.checking import check_consent
from consent.actions.publishing import Published, record_publication
from consent.actions.recordings import (
    Lesson,
    delete_recording,
    enter_recording,
    set_recording_term,
)
from consent.models import Purpose, RecordedPupil, Recording
from consent.queries import recorded_lines, recordings_to_delete
from consent.queries.recordings import recordings_refused
from tests.consent.conftest import Asked

pytestmark = pytest.mark.promise("P14")
DAY = timedelta(days=1)


@pytest.fixture
def lessons(asked) -> Asked:
    """The board asks for lesson recordings; `own` has a yes, the five others have not answered."""
    asked.add("lessons", "recording")
    asked.ask("own")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True, "lessons")
    return asked


def lesson(asked, *in_view: str, key=None, day=None, ends=14, where="camera in the safe") -> Lesson:
    """A lesson of the cast's group in which only these pupils are in view."""
    cast = asked.cast
    here = {key: pupil for key, pupil in cast.pupils.items() if key != "foreign"}
    day = day or cast.today
    return Lesson(
        key or uuid.uuid4(), cast.group, day, where, day + ends * DAY,
        frozenset(pupil.pk for name, pupil in here.items() if name not in in_view),
    )  # fmt: skip


def enter(asked, *in_view: str, by: str = "counsellor", **details) -> Recording:
    return asked.act(enter_recording, by=by, lesson=lesson(asked, *in_view, **details))


def test_a_recording_says_who_is_kept_out_of_view_and_stands_in_the_log(lessons):
    row = enter(lessons, "own")
    assert (row.teacher, row.purpose) == (lessons.cast.counsellor, "own-teaching")
    out = RecordedPupil.objects.filter(recording=row, is_out_of_view=True)
    assert out.count() == 5
    entry = LogEntry.objects.get(event="recording-entered")
    assert len(entry.subjects) == 6
    assert "safe" not in str(entry.additional_data)


def test_whoever_has_no_yes_is_kept_out_of_view_or_nothing_is_recorded(lessons):
    with pytest.raises(Refused, match="Not every pupil"):
        enter(lessons, "own", "other")
    lessons.says("parent", "own", False, "lessons")
    with pytest.raises(Refused, match="Not every pupil"):
        enter(lessons, "own")
    assert enter(lessons).pupils.filter(is_out_of_view=True).count() == 6


def test_where_nothing_is_asked_nothing_is_recorded(asked):
    with pytest.raises(Refused, match="asks nothing"):
        enter(asked)


@pytest.mark.parametrize(
    "details",
    [{"day": date(2026, 7, 30)}, {"day": date(2026, 12, 25)}, {"ends": 15}, {"ends": -1},
     {"where": "  "}],
)  # fmt: skip
def test_a_day_outside_the_year_or_too_long_a_stay_is_refused(lessons, details):
    with pytest.raises(Refused):
        enter(lessons, **details)
    assert not Recording.objects.exists()


def test_the_board_sets_how_long_and_the_school_year_is_the_last_word(lessons):
    cast = lessons.cast
    for by in ("director", "administrator", "privacy_officer"):
        with pytest.raises(NotAllowed):
            lessons.act(set_recording_term, by=by, board=cast.board, days=3)
    lessons.act(set_recording_term, by="board_officer", board=cast.board, days=3)
    lessons.act(set_recording_term, by="board_officer", board=cast.board, days=3)
    assert LogEntry.objects.filter(event="recording-term-set").count() == 1
    with pytest.raises(Refused, match="sooner"):
        enter(lessons, ends=4)
    assert enter(lessons, ends=3)
    for days in (0, 367):
        with pytest.raises(Refused):
            lessons.act(set_recording_term, by="board_officer", board=cast.board, days=days)


def test_another_school_a_stranger_and_a_pupil_of_elsewhere_are_refused(lessons):
    for by in ("foreign_counsellor", "former", "parent", "board_officer"):
        with pytest.raises(NotAllowed):
            enter(lessons, by=by)
    strange = lesson(lessons)
    planted = frozenset({*strange.out_of_view, lessons.cast.pupils["foreign"].pk})
    with pytest.raises(NotAllowed):
        lessons.act(
            enter_recording, by="counsellor",
            lesson=Lesson(strange.key, strange.group, strange.recorded_on, "safe place",
                          strange.ends_on, planted),
        )  # fmt: skip


def test_a_form_sent_twice_is_one_recording(lessons):
    key = uuid.uuid4()
    assert enter(lessons, key=key) == enter(lessons, key=key)
    assert Recording.objects.count() == 1
    with pytest.raises(NotAllowed):
        enter(lessons, key=key, by="director")


def test_a_recording_is_deleted_once_by_the_teacher_or_who_keeps_the_register(lessons):
    row, today = enter(lessons), lessons.cast.today

    def deleted(by: str, on=today):
        lessons.act(delete_recording, by=by, recording=row, deleted_on=on)

    for by in ("other_counsellor", "other_director", "parent", "safeguarding"):
        with pytest.raises(NotAllowed):
            deleted(by)
    for day in (today + DAY, today - DAY):
        with pytest.raises(Refused):
            deleted("counsellor", day)
    deleted("counsellor")
    with pytest.raises(Overtaken):
        deleted("director")
    row.refresh_from_db()
    assert (row.deleted_by, row.deleted_on) == (lessons.cast.counsellor, today)


def test_the_teacher_is_reminded_on_the_last_day_and_the_director_after_it(lessons):
    enter(lessons)
    cast = lessons.cast

    def waiting(who: str, days: int) -> int:
        user = type(cast.counsellor).objects.get(pk=cast.people[who].pk)
        return len(recordings_to_delete(user, on=cast.today + days * DAY))

    assert [waiting("counsellor", days) for days in (13, 14, 20)] == [0, 1, 1]
    assert [waiting("director", days) for days in (13, 14, 15)] == [0, 0, 1]
    assert waiting("other_counsellor", 20) == waiting("other_director", 20) == 0
    Membership.objects.filter(user=cast.counsellor).update(ends_on=cast.today)
    assert [waiting("counsellor", 14), waiting("director", 14)] == [0, 1]


def test_who_said_no_since_is_told_on_the_page_of_the_recording(lessons):
    row = enter(lessons, "own")
    today = lessons.cast.today
    with_lines = lambda: [  # noqa: E731  twice the same question
        line.pupil for line in lessons.act(lambda *, by, on: recorded_lines(row, on=today),
                                           by="counsellor") if line.is_refused_now
    ]  # fmt: skip
    assert with_lines() == []
    lessons.says("parent", "own", False, "lessons")
    assert with_lines() == [lessons.cast.pupils["own"]]


def test_the_teacher_is_told_at_home_when_somebody_in_view_says_no_and_not_at_a_lapse(lessons):
    row, cast = enter(lessons, "own"), lessons.cast

    def told(who: str = "counsellor", on=None) -> list[Recording]:
        return lessons.act(lambda *, by, on: recordings_refused(by, on=on), by=who, on=on)

    assert told() == []
    assert told(on=date(2027, 8, 2)) == [], "the year ended: a lapse"
    lessons.says("parent", "own", False, "lessons")
    assert told() == [row]
    assert told("director") == told("other_counsellor") == []
    lessons.act(delete_recording, by="counsellor", recording=row, deleted_on=cast.today)
    assert told() == []


# --- it can never leave the school --------------------------------------------------------------


def test_nothing_in_the_database_points_at_a_recording_but_its_own_pupils(db):
    """Neither a publication nor a disclosure can name one; a new relation fails here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text from pg_constraint"
            " where contype = 'f' and confrelid = 'consent_recording'::regclass"
        )
        assert [table for (table,) in cursor.fetchall()] == ["consent_recordedpupil"]
    pointing = {
        field.model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Recording
    }
    assert pointing == {"consent.RecordedPupil"}


def test_a_recording_has_no_other_purpose_and_its_consent_publishes_nothing(lessons):
    row = enter(lessons, "own")
    with pytest.raises(DatabaseError), transaction.atomic():
        Recording.objects.filter(pk=row.pk).update(purpose="website")
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.filter(code="lessons").update(is_for_outsiders=True)
    cast = lessons.cast
    check = lessons.act(
        check_consent, by="counsellor", school=cast.school, text=lessons.texts["lessons"],
        pupils=[cast.pupils["own"].pk], day=cast.today,
    )  # fmt: skip
    what = Published(uuid.uuid4(), "Website", cast.today, frozenset({cast.pupils["own"].pk}))
    with pytest.raises(Refused, match="making pictures only"):
        lessons.act(record_publication, by="counsellor", check=check, what=what)


def test_no_row_of_the_register_is_rewritten_or_deleted(lessons):
    enter(lessons)
    for verb in (
        "update consent_recording set kept_where = 'cloud'",
        "update consent_recording set ends_on = '2027-07-31'",
        "update consent_recordedpupil set is_out_of_view = false",
        "delete from consent_recordedpupil",
        "delete from consent_recording",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
