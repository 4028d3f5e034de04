"""Finding the newest rows: by steps of months, by index, and never longer than people wait."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from access.models import Membership
from audit import searching
from audit.models import LogEntry
from audit.queries import Wanted, log_rows_visible_to, narrowed
from audit.searching import NEWEST_FIRST, Place, newest
from tests.audit.test_log_page import LOG, text, write

DAY = date(2026, 11, 16)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# oldest month, first, last, grows: the steps as they are taken
STEPS = [
    ("2026-11-01", None, None, True, ["11", (None, "2026-11-01")]),
    ("2026-09-01", None, None, False, ["11", "10", (None, "2026-10-01")]),
    ("2026-01-01", None, None, True, ["11", "10", "08 2", "04 4", (None, "2026-04-01")]),
    ("2026-01-01", "2026-10-05", None, True, ["11", ("2026-10-05", "2026-11-01")]),
    ("2026-01-01", "2026-10-01", "2026-10-20", True, [("2026-10-01", "2026-10-20")]),
    (
        "2026-01-01",
        "2026-08-20",
        "2026-10-20",
        False,
        [("2026-10-01", "2026-10-20"), "09", ("2026-08-20", "2026-09-01")],
    ),
    (
        "2026-11-01",
        "2020-01-01",
        "2030-01-01",
        False,
        [("2026-11-01", "2030-01-01"), ("2020-01-01", "2026-11-01")],
    ),
    (None, None, None, True, ["11", (None, "2026-11-01")]),
]


@pytest.mark.parametrize(("oldest", "first", "last", "grows", "steps"), STEPS)
def test_a_search_goes_back_month_by_month(monkeypatch, oldest, first, last, grows, steps):
    monkeypatch.setattr(searching, "_months", lambda: [utc(oldest)] if oldest else [])

    def moment(text):
        return utc(text) if text else None

    def period(step):
        if isinstance(step, tuple):
            return moment(step[0]), moment(step[1])
        month, _, width = step.partition(" ")
        start = utc(f"2026-{month}-01")
        after = utc(f"2026-{int(month) + int(width or 1):02d}-01")
        return start, after

    taken = list(searching._steps(moment(first), moment(last), DAY, grows=grows))
    assert taken == [period(step) for step in steps]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "|",
        "x|y",
        "2026-11-16|x",
        "2026-11-16T10:00:00|",
        "9999-12-31T23:59:59.999999+00:00|",
        "'; drop table x; --|x",
    ],
)
def test_a_place_that_was_made_up_is_none(typed):
    assert Place.read(typed) is None


@pytest.mark.parametrize("row", [None, uuid.uuid4()])
def test_a_place_is_read_as_it_was_written(row):
    place = Place(utc("2026-11-16T10:00:00.000001"), row)
    assert Place.read(str(place)) == place


def test_rows_of_one_moment_are_paged_by_their_keys(cast):
    LogEntry.objects.all().delete()
    for _n in range(5):
        write(cast, "own")
    LogEntry.objects.update(timestamp=timezone.now())
    rows, seen, after = log_rows_visible_to(cast.director, on=cast.today), [], None
    for _n in range(3):
        found = newest(rows, Wanted(), size=2, on=cast.today, after=after)
        seen += [row.pk for row in found.rows]
        after = found.following
    assert after is None
    assert seen == list(LogEntry.objects.order_by("-id").values_list("pk", flat=True))


@pytest.fixture
def three_months(cast):
    """A row today, one two months ago, and the tables of those months."""
    with connection.cursor() as cursor:
        cursor.execute("select audit_make_partitions('2026-09-01', 3)")
    LogEntry.objects.all().delete()
    return [write(cast, "own", days_ago=days).pk for days in (0, 60)]


def test_a_search_without_time_left_says_how_far_it_came_and_goes_on_from_there(
    cast, three_months, monkeypatch
):
    ticks = iter([0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    rows = log_rows_visible_to(cast.director, on=cast.today)
    found = newest(rows, Wanted(), size=5, on=cast.today)
    assert [row.pk for row in found.rows] == three_months[:1]
    assert found.stopped_at == utc("2026-11-01")
    further = newest(rows, Wanted(), size=5, on=cast.today, after=found.following)
    assert ([row.pk for row in further.rows], further.following) == (three_months[1:], None)


def test_a_statement_that_takes_too_long_ends_and_the_page_says_what_to_do(
    cast, sign_in, monkeypatch
):
    """The database itself ends it: as if reading one row took a second."""
    write(cast, "own")
    slow = LogEntry.objects.extra(where=["pg_sleep(1) is not null"])
    monkeypatch.setattr("audit.queries.log_rows_visible_to", lambda *_args, **_named: slow)
    monkeypatch.setattr("audit.views.newest", _with_patience(0.05))
    page = sign_in(cast.director).post(LOG, {"outcome": "refused"})
    assert page.status_code == 200
    assert "This search takes too long" in text(page)
    assert LogEntry.objects.filter(event="searched", outcome="success").exists()
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)


def _with_patience(seconds: float):
    def impatient(*args, **named):
        return newest(*args, **named, patience=seconds)

    return impatient


# --- who is meant -----------------------------------------------------------------------------


def test_people_with_one_name_can_be_told_apart(cast, sign_in):
    LogEntry.objects.all().delete()
    write(cast, "own", by=cast.counsellor)
    write(cast, "other", by=cast.other_counsellor)
    client = sign_in(cast.director)

    def shown(**asked):
        page = client.post(LOG, {"person": "counsellor", "event": "page-seen", **asked})
        names = {key for key in ("own", "other") if cast.pupils[key].name in text(page)}
        return names, page.context["search"].people

    names, fitting = shown()
    assert names == {"own", "other"}
    assert {c.name for c in fitting.choices} == {"Demo counsellor", "Demo other_counsellor"}
    names, fitting = shown(person_key=str(cast.counsellor.pk))
    assert (names, fitting.chosen.name) == ({"own"}, "Demo counsellor")
    assert shown(person_key=str(cast.director.pk))[0] == {"own", "other"}  # does not fit the name


def test_a_pupil_is_chosen_among_those_found_and_named_in_the_log(cast, sign_in):
    write(cast, "own")
    write(cast, "other")
    client = sign_in(cast.director)
    asked = {"pupil": "sur", "event": "page-seen"}
    page = client.post(LOG, asked)
    assert {choice.name for choice in page.context["search"].pupils.choices} >= {
        cast.pupils["own"].name,
        cast.pupils["fifteen"].name,
    }
    named = LogEntry.objects.filter(event="searched").latest("timestamp").subjects
    assert cast.pupils["fifteen"].log_key in named
    page = client.post(LOG, {**asked, "pupil_key": str(cast.pupils["own"].log_key)})
    assert all(
        [subject.name for subject in line.subjects] == [cast.pupils["own"].name]
        for line in page.context["lines"]
    )
    foreign = str(cast.pupils["foreign"].log_key)
    page = client.post(LOG, {**asked, "pupil_key": foreign})
    assert page.context["search"].pupils.chosen is None


def test_who_left_or_was_called_otherwise_is_found_by_the_name_of_then(cast, sign_in):
    write(cast, "own", by=cast.counsellor)
    gone = cast.counsellor
    Membership.objects.filter(user=gone).delete()
    asked = {"person": "Demo counsellor", "event": "page-seen"}  # two colleagues fit it too
    client = sign_in(cast.director)
    assert cast.pupils["own"].name not in text(client.post(LOG, asked))
    page = client.post(LOG, {**asked, "person_key": str(uuid.UUID(int=0))})
    assert cast.pupils["own"].name in text(page)


def test_a_director_finds_nobody_who_has_to_do_with_another_school_only(cast, sign_in):
    client = sign_in(cast.director)
    page = client.post(LOG, {"person": "foreign_counsellor"})
    assert not page.context["search"].people.keys
    page = client.post(LOG, {"person": "board_officer"})
    assert page.context["search"].people.keys == (cast.people["board_officer"].pk,)


# --- the plans ----------------------------------------------------------------------------------

_FILL = """
insert into audit_logentry (id, "timestamp", event, action, outcome, subjects, actor_id,
    actor_name, actor_role, ground, unit, object_pk, cid, mark)
select gen_random_uuid(), timestamp '2026-11-02 08:00' + n * interval '1 minute', 'page-seen', 3,
    'success', array[md5((n %% 300)::text)::uuid], md5((n %% 40)::text)::uuid, 'Demo', 'counsellor',
    'assignment', %s, '', '', decode(repeat('00', 20), 'hex')
from generate_series(1, 12000) n
"""
PLANS = {
    "pupil": (Wanted(pupils=(uuid.UUID("c4ca4238a0b923820dcc509a6f75849b"),)), "subjects_idx"),
    "person": (Wanted(people=(uuid.UUID("c4ca4238a0b923820dcc509a6f75849b"),)), "actor_id_time"),
    "period": (Wanted(last_day=date(2026, 11, 8)), "timestamp_idx"),
}


def test_the_newest_rows_come_from_an_index_of_one_month(cast):
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [cast.school.pk])
        cursor.execute("analyze audit_logentry")
        for reader in (cast.director, cast.people["fg"]):
            for what, (wanted, index) in PLANS.items():
                rows = log_rows_visible_to(reader, on=cast.today)
                rows = narrowed(rows, wanted).filter(
                    timestamp__gte=utc("2026-11-01"), timestamp__lt=utc("2026-12-01")
                )
                plan = rows.order_by(*NEWEST_FIRST)[:51].explain()
                assert index in plan, (what, plan)
                assert "Seq Scan on audit_logentry" not in plan, (what, plan)
                assert "logentry_202612" not in plan, (what, plan)
                assert "SubPlan" not in plan, (what, plan)  # it hides from the index which schools
    page = newest(rows, PLANS["pupil"][0], size=50, on=cast.today)
    assert (len(page.rows), page.following) == (40, None)
    assert page.rows[0].timestamp - page.rows[-1].timestamp > timedelta(days=8)
