"""What a report counts is what a slow, obvious count over the same rows gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.acting import acting_as
from audit.models import LogEntry
from oversight.queries.reports import log_begins, numbers_for
from oversight.queries.reports_due import side_by_side
from oversight.rules.reports import MOST, Numbers, Period, month_of
from tests.oversight.reports.rows import many, one, write

OCTOBER = month_of(date(2026, 10, 1))  # has the day of 25 hours
CLOCK = ZoneInfo("Europe/Amsterdam")
PERIODS = [OCTOBER, month_of(date(2026, 3, 1)), Period(date(2026, 10, 24), date(2026, 10, 26))]


def is_look(row: LogEntry) -> bool:
    kinds = {"page-seen", "file-seen", "file-downloaded", "printed", "exported"}
    return (
        row.outcome == "success"
        and row.event in kinds
        and row.ground != "own"
        and len(row.subjects) > 0
    )


def slowly_counted(school, period: Period) -> Numbers:
    """Each row looked at, one by one, in Python."""
    here = []
    for row in LogEntry.objects.all():
        moment = row.timestamp.astimezone(CLOCK)
        if row.unit == school.pk and period.first <= moment.date() <= period.last:
            here.append((moment, row))
    looks = [(moment, row) for moment, row in here if is_look(row)]
    refused = [row for _moment, row in here if row.outcome == "refused"]
    seen = Counter(key for _moment, row in looks for key in row.subjects)
    days = Counter(moment.date() for moment, _row in looks)
    day, every = period.first, []
    while day <= period.last:
        every.append((day, days[day]))
        day += timedelta(days=1)
    hours = Counter(moment.hour for moment, _row in looks)
    return {
        "looks": len(looks),
        "refused": len(refused),
        "people": len({row.actor_id for _moment, row in looks}),
        "pupils": len(seen),
        "days": every,
        "hours": [hours[hour] for hour in range(24)],
        "grounds": Counter((row.actor_role, row.ground) for _moment, row in looks),
        "most_looked": Counter(row.actor_id for _moment, row in looks),
        "refusals": Counter(row.actor_id for row in refused if row.actor_id),
        "refused_pages": Counter(row.additional_data["page"] for row in refused),
        "dossiers": {
            key: (n, len({row.actor_id for _moment, row in looks if key in row.subjects}))
            for key, n in seen.items()
        },
        "kinds": Counter((row.action, row.outcome) for _moment, row in here),
    }


def told(numbers: Numbers) -> dict[str, object]:
    """The same numbers in the shape of the slow count."""
    return {
        "looks": numbers.looks,
        "refused": numbers.refused,
        "people": numbers.people,
        "pupils": numbers.pupils,
        "days": list(numbers.days),
        "hours": list(numbers.hours),
        "grounds": {(role, ground): n for role, ground, n in numbers.grounds},
        "most_looked": {one.key: one.number for one in numbers.most_looked},
        "refusals": {one.key: one.number for one in numbers.refusals},
        "refused_pages": dict(numbers.refused_pages),
        "dossiers": {one.key: (one.number, one.people) for one in numbers.dossiers},
        "kinds": {(action, outcome): n for action, outcome, n in numbers.kinds},
    }


@pytest.mark.promise("P2")
@pytest.mark.promise("P22")
def test_a_report_counts_what_a_slow_count_over_the_same_rows_counts(cast):
    """Both schools, every kind of row, and the hours around both changes of the clock."""
    for seed, period in enumerate(PERIODS):
        many(cast, period, 150, seed=seed)
    for period in PERIODS:
        for reader, school in ((cast.director, cast.school), (cast.fg, cast.other_school)):
            with acting_as(reader, on=cast.today):
                quick = numbers_for(reader, school, period)
            slow = slowly_counted(school, period)
            assert told(quick) == slow
            assert slow["looks"] > 0, "the rows show nothing"
            assert list(quick.most_looked) == sorted(quick.most_looked, key=lambda o: -o.number)


def test_a_report_is_one_statement_and_opens_no_other_month(cast):
    november = month_of(cast.today)
    with acting_as(cast.fg, on=cast.today):
        with CaptureQueriesContext(connection) as asked:
            numbers_for(cast.fg, cast.school, november)
        counting = [q["sql"] for q in asked if "audit_logentry" in q["sql"]]
        assert len(counting) == 1
        with connection.cursor() as cursor:
            cursor.execute("select to_regclass('audit_logentry_202612') is not null")
            assert cursor.fetchone() == (True,), "there is no other month to open"
            cursor.execute("explain " + counting[0])
            plan = " ".join(line for (line,) in cursor.fetchall())
    assert "audit_logentry_202611" in plan
    assert "audit_logentry_202612" not in plan


def test_the_last_hour_of_a_month_at_school_belongs_to_it(cast):
    moments = [
        datetime(2026, 9, 30, 23, 59, 59, tzinfo=CLOCK),
        datetime(2026, 10, 1, 0, 0, tzinfo=CLOCK),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=CLOCK),
        datetime(2026, 11, 1, 0, 0, tzinfo=CLOCK),
    ]
    key = cast.pupils["own"].log_key
    write([one(cast.counsellor, [key], cast.school.pk, moment) for moment in moments])
    with acting_as(cast.director, on=cast.today):
        numbers = numbers_for(cast.director, cast.school, OCTOBER)
    assert dict(numbers.days)[date(2026, 10, 1)] == 1
    assert dict(numbers.days)[date(2026, 10, 31)] == 1
    assert numbers.looks == 2


def test_an_own_child_stands_in_no_list_and_still_counts(cast):
    """ADR 13: for the director who is a parent there; for everybody else it stands there."""
    cast.add_parent("director", "own")
    keys = [cast.pupils[name].log_key for name in ("own", "other")]
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    write([one(cast.counsellor, [key], cast.school.pk, moment) for key in keys])
    for reader, listed, left_out in ((cast.director, {keys[1]}, 1), (cast.deputy, set(keys), 0)):
        with acting_as(reader, on=cast.today):
            numbers = numbers_for(reader, cast.school, OCTOBER)
        assert {one.key for one in numbers.dossiers} == listed
        assert (numbers.looks, numbers.pupils, numbers.left_out) == (2, 2, left_out)


def test_a_list_names_ten_and_counts_all(cast):
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    pupils = [cast.add_pupil(f"row{n}").log_key for n in range(MOST + 2)]
    write(
        [one(cast.counsellor, pupils[: n + 1], cast.school.pk, moment) for n in range(len(pupils))]
    )
    with acting_as(cast.director, on=cast.today):
        numbers = numbers_for(cast.director, cast.school, OCTOBER)
    assert [one.key for one in numbers.dossiers] == pupils[:MOST]
    assert numbers.pupils == MOST + 2


def test_side_by_side_counts_what_each_schools_report_counts(cast):
    many(cast, OCTOBER, 120)
    with acting_as(cast.fg, on=cast.today):
        sides = side_by_side(cast.fg, OCTOBER, on=cast.today)
        for side in sides:
            numbers = numbers_for(cast.fg, side.school, OCTOBER)
            assert (side.looks, side.refused) == (numbers.looks, numbers.refused)
            assert numbers.looks > 0
        begins = log_begins([cast.school, cast.other_school])
    assert [side.school for side in sides] == [cast.school, cast.other_school]
    assert set(begins) == {cast.school.pk, cast.other_school.pk}
