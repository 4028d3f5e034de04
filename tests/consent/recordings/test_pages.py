"""The register's pages: who stays out of view, who sees a recording, and what a list costs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import LogEntry
from consent.models import Recording
from tests.consent.recordings.test_recordings import enter, lessons

__all__ = ["lessons"]
pytestmark = pytest.mark.promise("P14")


def text(page) -> str:
    return page.content.decode()


def test_a_teacher_sees_who_must_stay_out_of_view_and_enters_the_lesson_once(lessons, sign_in):
    cast = lessons.cast
    client = sign_in(cast.counsellor)
    chosen = {"group": str(cast.group.pk), "day": cast.today.isoformat()}
    address = client.get(reverse("choose_recording"), chosen)["Location"]
    page = client.get(address)
    assert "5 of 6 pupils have no yes" in text(page)
    assert "First-own" not in text(page)
    entry = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert len(entry.subjects) == 6
    out = [key for key, _name in page.context["form"].fields["out_of_view"].choices]
    sent = {
        "key": str(uuid.uuid4()), "kept_where": "The camera in the safe",
        "ends_on": (cast.today + timedelta(days=14)).isoformat(), "out_of_view": out,
        "purpose": "website", "teacher": str(cast.director.pk),
    }  # fmt: skip
    missing = client.post(address, {**sent, "out_of_view": out[1:]})
    assert "out_of_view" in missing.context["form"].errors
    for _click in range(2):
        assert client.post(address, sent).status_code == 302
    row = Recording.objects.get()
    assert (row.purpose, row.teacher) == ("own-teaching", cast.counsellor)
    assert row.pupils.filter(is_out_of_view=True).count() == 5
    client.post(reverse("end_recording", args=[row.pk]), {"deleted_on": cast.today.isoformat()})
    assert Recording.objects.get().deleted_by == cast.counsellor
    assert "deleted on 16 November 2026" in text(
        client.get(reverse("recordings") + "?which=deleted")
    )


@pytest.mark.parametrize(
    ("who", "status"),
    [("counsellor", 200), ("director", 200), ("administrator", 200), ("other_counsellor", 404),
     ("foreign_counsellor", 404), ("other_director", 404), ("former", 403), ("parent", 403)],
)  # fmt: skip
def test_the_teacher_and_who_keeps_the_register_see_a_recording(lessons, sign_in, who, status):
    row = enter(lessons, "own")
    client = sign_in(lessons.cast.people[who])
    for name in ("recording", "end_recording"):
        assert client.get(reverse(name, args=[row.pk])).status_code == status
    listed = text(client.get(reverse("recordings")))
    assert (f"/recordings/{row.pk}/" in listed) is (status == 200)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-40", "1999-01-01"])
def test_a_day_that_is_none_finds_no_group(lessons, sign_in, day):
    address = reverse("add_recording", args=[lessons.cast.group.pk])
    assert sign_in(lessons.cast.counsellor).get(address, {"day": day}).status_code == 404
    strange = reverse("add_recording", args=[lessons.cast.other_group.pk])
    assert sign_in(lessons.cast.counsellor).get(strange).status_code == 404


def test_the_board_officer_sets_the_days_and_a_director_does_not(lessons, sign_in):
    address = reverse("recording_term", args=[lessons.cast.board.pk])
    client = sign_in(lessons.cast.board_officer)
    assert client.post(address, {"days": "367"}).status_code == 200
    assert client.post(address, {"days": "7"}).status_code == 302
    assert 'value="7"' in text(client.get(address))
    assert sign_in(lessons.cast.director).get(address).status_code == 403


@pytest.mark.parametrize("number", [2, 30])
def test_two_recordings_or_thirty_cost_the_register_the_same_queries(
    lessons, sign_in, number, django_assert_num_queries
):
    first = enter(lessons)
    for _ in range(number - 1):
        Recording.objects.create(
            school=first.school, group=first.group, recorded_on=first.recorded_on,
            kept_where="safe", ends_on=first.ends_on, teacher=first.teacher,
        )  # fmt: skip
    client = sign_in(lessons.cast.counsellor)
    client.get(reverse("recordings"))
    with django_assert_num_queries(11):
        page = client.get(reverse("recordings"))
    assert len(page.context["found"].object_list) == number


@pytest.mark.parametrize("number", [2, 30])
def test_two_pupils_or_thirty_cost_the_lists_of_who_may_not_the_same_queries(
    lessons, sign_in, number, django_assert_num_queries
):
    lessons.add("filmed", "filming")
    for n in range(number):
        lessons.cast.add_pupil(f"row{n}")
        lessons.cast.add_parent(f"row{n}", f"row{n}")
    client = sign_in(lessons.cast.director)
    group = lessons.cast.group.pk
    for name, keys, queries in (
        ("add_recording", [group], 18),
        ("filming_list", [], 16),
        ("picture_notice_groups", [], 13),
    ):
        client.get(reverse(name, args=keys))
        with django_assert_num_queries(queries):
            assert client.get(reverse(name, args=keys)).status_code == 200
