"""Reports as pages: what is seen, what is not, and what is kept of reading them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import LogEntry
from oversight.models import Finding
from oversight.rules.reports import month_of
from tests.oversight.findings.test_judging import judge
from tests.oversight.reports.rows import many, one, write
from tests.oversight.reports.test_numbers import CLOCK

OCTOBER = month_of(date(2026, 10, 1))
NOON = datetime(2026, 10, 5, 12, tzinfo=CLOCK)


def month(school) -> str:
    return f"/reports/{school.pk}/2026/10/"


def looked(cast, *pupils: str, by: str = "counsellor", times: int = 1) -> None:
    keys = [cast.pupils[name].log_key for name in pupils]
    write(
        [one(cast.people[by], [key], cast.school.pk, NOON) for key in keys for _n in range(times)]
    )


def text(page) -> str:
    return page.content.decode()


@pytest.mark.promise("P20")
@pytest.mark.promise("P22")
def test_a_report_names_pupils_on_the_screen_and_in_the_log(cast, sign_in):
    looked(cast, "own", "other")
    page = sign_in(cast.director).get(month(cast.school))
    assert page.status_code == 200
    assert cast.pupils["own"].name in text(page)
    assert cast.counsellor.name in text(page)
    row = LogEntry.objects.get(additional_data__page="month_report")
    assert set(row.subjects) == {cast.pupils["own"].log_key, cast.pupils["other"].log_key}
    assert (row.unit, row.ground, row.object_pk) == (
        cast.school.pk,
        "oversight",
        str(cast.school.pk),
    )


def test_a_reader_who_may_not_see_a_pupil_named_sees_a_key(cast, sign_in):
    """The board officer reads reports, not the log with its names."""
    looked(cast, "own")
    page = sign_in(cast.board_officer).get(month(cast.school))
    assert cast.pupils["own"].name not in text(page)
    assert str(cast.pupils["own"].log_key)[:8] in text(page)
    assert LogEntry.objects.get(additional_data__page="month_report").subjects == []


def test_each_picture_has_words_and_a_table_behind_it(cast, sign_in):
    many(cast, OCTOBER, 60)
    page = text(sign_in(cast.director).get(month(cast.school)))
    drawn = page.split("<svg xmlns")[1:]
    charts = [one for one in drawn if 'role="img"' in one]
    assert len(charts) == 6
    for chart in charts:
        key = chart.split("chart-")[1].split("-title")[0]
        assert f'<title id="chart-{key}-title">' in chart
        assert f'<desc id="chart-{key}-says">' in chart
        assert "<table" in chart
    assert "<script" not in "".join(one.split("</svg>")[0] for one in charts)
    assert "style=" not in "".join(one.split("</svg>")[0] for one in charts)
    assert "weekend or holiday" in page


def test_an_empty_month_says_so_instead_of_drawing(cast, sign_in):
    page = text(sign_in(cast.director).get(month(cast.school)))
    assert "Nobody looked." in page
    assert "The log holds nothing of these days." in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("2026/12/", 404),  # has not begun
        ("2026/13/", 404),
        ("2026/11/", 200),
        ("period/?first=2026-01-01&last=2026-11-16", 200),
        ("period/", 200),
    ],
)
def test_only_months_that_began_have_a_report(cast, sign_in, address, status):
    assert sign_in(cast.director).get(f"/reports/{cast.school.pk}/{address}").status_code == status


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-10-02", "2026-10-01", "before the first day"),
        ("2025-01-01", "2026-06-01", "a year at most"),
    ],
)
def test_a_period_runs_forward_for_a_year_at_most(cast, sign_in, first, last, says):
    address = f"/reports/{cast.school.pk}/period/?first={first}&last={last}"
    assert says in text(sign_in(cast.director).get(address))


def test_a_long_period_is_drawn_week_by_week(cast, sign_in):
    looked(cast, "own")
    address = f"/reports/{cast.school.pk}/period/?first=2026-01-01&last=2026-11-16"
    page = text(sign_in(cast.director).get(address))
    assert "Looks per week" in page
    assert "week of 5 October 2026" in page


def test_a_director_reads_no_report_of_another_school(cast, sign_in):
    client = sign_in(cast.other_director)
    assert client.get(month(cast.school)).status_code == 404
    assert client.get(f"/reports/{cast.school.pk}/").status_code == 404


@pytest.mark.parametrize("person", ["board_officer", "privacy_officer", "fg"])
def test_who_supervises_sees_the_schools_side_by_side_with_what_waits(cast, sign_in, person):
    looked(cast, "own", times=7)
    page = text(sign_in(cast.people[person]).get("/reports/?month=2026-10"))
    assert cast.school.name in page
    assert cast.other_school.name in page
    assert ">7<" in page
    assert "since 1 November 2026" in page
    assert cast.pupils["own"].name not in page


def test_a_director_sees_the_months_of_the_own_school(cast, sign_in):
    looked(cast, "own")
    page = text(sign_in(cast.director).get("/reports/"))
    assert "October 2026" in page
    assert "not signed yet" in page
    assert "still going on" in page
    assert cast.other_school.name not in page


def test_the_file_has_every_number_and_no_formula(cast, sign_in):
    cast.counsellor.name = "=1+1"
    cast.counsellor.save()
    looked(cast, "own", times=3)
    answer = sign_in(cast.director).post(
        f"/reports/{cast.school.pk}/export/", {"first": "2026-10-01", "last": "2026-10-31"}
    )
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert ["Who looked most", "'=1+1", "teacher", "3"] in lines
    assert ["Looks per day", "2026-10-05", "", "3"] in lines
    assert ["Pupils whose data was looked at most", cast.pupils["own"].name, "1", "3"] in lines
    assert {len(line) for line in lines} == {4}
    row = LogEntry.objects.get(additional_data__page="report_export")
    assert (row.event, row.subjects) == ("exported", [cast.pupils["own"].log_key])


def test_open_findings_stand_in_the_report_and_on_their_day(cast, sign_in):
    looked(cast, "own")
    made = Finding.objects.create(
        unit=cast.school.unit,
        rule="outside-hours",
        day=NOON.date(),
        person=cast.counsellor,
        severity="high",
        measured={"looks": 1},
    )
    page = text(sign_in(cast.director).get(month(cast.school)))
    assert "Outside school hours" in page
    assert "to act on" in page
    assert "day with a finding" in page
    assert page.count("chart-sign") == 1
    judge(made, cast.director, cast.today)
    page = text(sign_in(cast.director).get(month(cast.school)))
    assert "Outside school hours" not in page


@pytest.mark.parametrize(
    ("person", "told"), [("director", True), ("deputy", True), ("fg", False), ("counsellor", False)]
)
def test_a_home_tells_who_signs_what_waits_and_since_when(cast, sign_in, person, told):
    looked(cast, "own")
    home = text(sign_in(cast.people[person]).get("/home/"))
    assert ("1 report waits for your signature" in home) is told
    assert ("since 1 November 2026" in home) is told


def test_a_report_and_the_schools_side_by_side_ask_as_much_for_one_row_as_for_many(cast, sign_in):
    addresses = ("/reports/?month=2026-10", month(cast.school), "/reports/")
    client = sign_in(cast.fg)
    asked = []
    for rows in (30, 90):
        many(cast, OCTOBER, rows, seed=rows)
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            asked.append(len(queries))
    assert asked[:3] == asked[3:] == [15, 18, 15]
