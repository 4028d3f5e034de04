"""The log for who supervises: what shows, to whom, how it is searched, and what is kept of that."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.acting import Job, acting_as
from audit import subjects
from audit.actions import record
from audit.documents import harmless
from audit.events import PAGE_SEEN, SEARCHED
from audit.models import LogEntry
from students.actions.colleagues import name_colleague
from students.models import Pupil

LOG, EXPORT = "/log/", "/log/export/"


def write(cast, *pupils: str, unit=None, by=None, days_ago: int = 0, event=PAGE_SEEN):
    """A row about pupils, as if some days ago."""
    with acting_as(by or Job("nightly"), on=cast.today) as work:
        row = record(
            event,
            by=work.by,
            subjects=[cast.pupils[p].log_key for p in pupils],
            unit=unit or cast.school.pk,
        )
    moment = timezone.now() - timedelta(days=days_ago)
    LogEntry.objects.filter(pk=row.pk).update(timestamp=moment)
    return row


def text(page) -> str:
    return page.content.decode()


@pytest.mark.promise("P20")
@pytest.mark.parametrize("person", ["director", "deputy", "privacy_officer", "fg"])
def test_who_supervises_sees_the_newest_rows_with_names(cast, sign_in, person):
    write(cast, "other", by=cast.other_counsellor)
    page = sign_in(cast.people[person]).get(LOG)
    assert page.status_code == 200
    assert cast.pupils["other"].name in text(page)
    assert cast.other_counsellor.name in text(page)


@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    "person", ["counsellor", "administrator", "board_officer", "school_doctor", "parent", "former"]
)
def test_nobody_else_reads_the_log(cast, sign_in, person):
    client = sign_in(cast.people[person])
    assert client.get(LOG).status_code == 403
    assert client.post(EXPORT).status_code == 403


def test_a_director_sees_no_rows_of_another_school(cast, sign_in):
    write(cast, "foreign", unit=cast.other_school.pk)
    assert cast.pupils["foreign"].name not in text(sign_in(cast.director).get(LOG))
    assert cast.pupils["foreign"].name in text(sign_in(cast.other_director).get(LOG))


@pytest.mark.promise("P20")
def test_reading_the_log_is_a_row_that_names_whom_it_showed(cast, sign_in):
    LogEntry.objects.all().delete()
    write(cast, "own", "other")
    sign_in(cast.director).get(LOG)
    row = LogEntry.objects.get(additional_data__page="log")
    assert set(row.subjects) == {cast.pupils["own"].log_key, cast.pupils["other"].log_key}
    assert (row.ground, row.unit) == ("oversight", cast.school.pk)


def test_a_search_is_a_row_without_the_words_that_were_typed(cast, sign_in):
    write(cast, "own")
    page = sign_in(cast.director).post(LOG, {"pupil": "Sur-own", "person": "nightly"})
    assert cast.pupils["own"].name in text(page)
    row = LogEntry.objects.filter(event=SEARCHED.code).latest("timestamp")
    kept = f"{row.additional_data} {row.object_pk} {row.changes}".lower()
    assert "sur-own" not in kept
    assert "nightly" not in kept


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ({}, {"own", "other"}),
        ({"pupil": "sur-other"}, {"other"}),
        ({"pupil": "nobody-of-that-name"}, set()),
        ({"person": "demo counsellor"}, {"own"}),
        ({"event": "note-written"}, set()),
        ({"event": "page-seen"}, {"own", "other"}),
        ({"outcome": "refused"}, set()),
        ({"first_day": "2026-11-15"}, {"own"}),
        ({"last_day": "2026-11-15"}, {"other"}),
        ({"first_day": "2026-11-16", "last_day": "2026-11-16"}, {"own"}),
        ({"first_day": "2026-11-16", "last_day": "2026-11-15"}, set()),
        ({"first_day": "0001-01-01", "last_day": "9999-12-31"}, {"own", "other"}),
        ({"event": "made-up"}, set()),
        ({"ground": "assignment"}, set()),
        ({"ground": "none"}, {"own", "other"}),
        ({"request": "the one of own"}, {"own"}),
        ({"request": "00000000-0000-4000-8000-000000000000"}, set()),
        ({"request": "not a num"}, set()),
    ],
)
def test_what_is_looked_for_is_found_and_nothing_else(cast, sign_in, asked, finds):
    LogEntry.objects.all().delete()
    row = write(cast, "own", by=cast.counsellor)
    write(cast, "other", days_ago=5)
    if asked.get("request", "").startswith("the one"):
        asked = {"request": row.cid}
    page = sign_in(cast.director).post(LOG, asked)
    shown = {key for key in ("own", "other") if cast.pupils[key].name in text(page)}
    assert shown == finds


def test_a_long_log_is_paged_without_losing_or_repeating_a_row(cast, sign_in, monkeypatch):
    LogEntry.objects.all().delete()
    monkeypatch.setattr("audit.views.PAGE", 2)
    keys = ["own", "other", "eleven", "twelve", "fifteen"]
    for days, key in enumerate(keys):
        write(cast, key, days_ago=days)
    client, place, seen = sign_in(cast.director), "", []
    for _ in range(3):
        page = client.post(LOG, {"event": "page-seen", "page": place})
        seen += [key for key in keys if cast.pupils[key].name in text(page)]
        place = page.context["following"]
    assert (seen, place) == (keys, "")


def test_a_place_that_was_made_up_starts_at_the_newest(cast, sign_in):
    write(cast, "own")
    page = sign_in(cast.director).post(LOG, {"page": "'; drop table audit_logentry; --|x"})
    assert cast.pupils["own"].name in text(page)


def test_a_directors_own_child_is_left_out_and_said_so(cast, sign_in):
    cast.add_parent("director", "twelve")
    write(cast, "twelve")
    write(cast, "twelve", "other")
    page = sign_in(cast.director).get(LOG)
    assert cast.pupils["twelve"].name not in text(page)
    assert cast.pupils["other"].name in text(page)
    assert page.context["hides_own_child"]
    assert sum(len(line.subjects) for line in page.context["lines"] if line.others) == 1
    assert cast.pupils["twelve"].name in text(sign_in(cast.deputy).get(LOG))
    assert subjects.found("sur-twelve", cast.deputy, on=cast.today)
    assert not subjects.found("sur-twelve", cast.director, on=cast.today)


@pytest.mark.promise("P22")
def test_linking_a_director_to_a_child_does_not_hide_itself(cast, sign_in):
    """Who is named a parent of a pupil, whose log then closes to them, sees that it happened."""
    parent = cast.add_parent("somebody", "other")
    type(parent).objects.filter(pk=parent.pk).update(user=None)
    officer = cast.people["board_officer"]
    with acting_as(officer, on=cast.today):
        name_colleague(
            pupil=cast.pupils["other"],
            username="director",
            parent=parent,
            by=officer,
            on=cast.today,
        )
    page = sign_in(cast.director).get(LOG)
    assert page.context["hides_own_child"]
    (line,) = [line for line in page.context["lines"] if line.who == officer.name]
    assert not line.subjects


@pytest.mark.promise("P20")
def test_a_row_outlives_its_pupil_and_names_nobody_then(cast, sign_in):
    row = write(cast, "other")
    name = cast.pupils["other"].name
    Pupil.objects.filter(pk=cast.pupils["other"].pk).update(log_key=row.pk)
    page = sign_in(cast.director).post(LOG, {"event": "page-seen"})
    assert name not in text(page)
    assert any(line.others == 1 and not line.subjects for line in page.context["lines"])


def test_a_request_is_followed_by_its_id(cast, sign_in):
    row = write(cast, "own")
    page = sign_in(cast.director).get(reverse("log_request", args=[row.cid]))
    assert cast.pupils["own"].name in text(page)
    assert (
        sign_in(cast.other_director).get(reverse("log_request", args=[row.cid])).status_code == 404
    )


def test_the_file_has_the_same_rows_with_every_name_and_is_an_export_in_the_log(cast, sign_in):
    LogEntry.objects.all().delete()
    write(cast, "own", "other", "eleven", "twelve")
    answer = sign_in(cast.director).post(EXPORT, {"event": "page-seen"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert all(cast.pupils[key].name in rows[1][6] for key in ("own", "other", "eleven", "twelve"))
    assert "sur" not in answer["Content-Disposition"].lower()
    row = LogEntry.objects.get(event="exported")
    assert len(row.subjects) == 4


@pytest.mark.promise("P22")
def test_a_name_that_is_a_formula_is_shown_and_never_computed(cast, sign_in):
    LogEntry.objects.all().delete()
    evil = '=HYPERLINK("http://evil.example")'
    type(cast.counsellor).objects.filter(pk=cast.counsellor.pk).update(name=evil)
    cast.counsellor.name = evil
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(first_name="@SUM(1)", surname="+1")
    write(cast, "own", by=cast.counsellor)
    answer = sign_in(cast.director).post(EXPORT)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][1] == "'" + evil
    assert rows[1][6].startswith("'@SUM")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_start_of_a_formula_is_made_harmless(start):
    assert harmless(f"{start}1") == f"'{start}1"
    assert harmless("1" + start) == "1" + start


@pytest.mark.promise("P22")
def test_a_name_with_markup_is_text_on_the_page(cast, sign_in):
    Pupil.objects.filter(pk=cast.pupils["own"].pk).update(first_name="<script>alert(1)</script>")
    write(cast, "own")
    page = sign_in(cast.director).get(LOG)
    assert "<script>alert" not in text(page)
    assert "&lt;script&gt;alert" in text(page)


def test_the_page_asks_the_database_as_often_for_one_row_as_for_thirty(
    cast, sign_in, django_assert_max_num_queries
):
    client = sign_in(cast.director)
    client.get(LOG)  # the first request of a session writes down when it was seen
    asked = []
    for number in (1, 29):
        LogEntry.objects.all().delete()
        for _ in range(number):
            write(cast, "own", "other")
        with django_assert_max_num_queries(25) as queries:
            client.get(LOG)
        asked.append(len(queries))
    assert asked == [21, 21]
