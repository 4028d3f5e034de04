"""No login moves a day that a lock counts by: not with a session's time zone, nor by waiting."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.guards.test_logins import sign_in_as_web

pytestmark = pytest.mark.promise("P9")

ZONES = ["UTC", "-167", "+167", "Pacific/Kiritimati", "America/New_York"]
EDGES = [
    ("2026-01-31 22:59:59+00", date(2026, 1, 31)),
    ("2026-01-31 23:00:00+00", date(2026, 2, 1)),
    ("2026-07-31 21:59:59+00", date(2026, 7, 31)),
    ("2026-07-31 22:00:00+00", date(2026, 8, 1)),
]
# What follows the session: its day, and the day it finds in a moment.
OF_THE_SESSION = re.compile(
    r"\bcurrent_(date|time)\b|\blocaltime(stamp)?\b|'(now|today|yesterday|tomorrow)'"
    r"|(_at|moment|\"?timestamp\"?|\bnow\(\)|_timestamp\(\))\s*\)*\s*::\s*(date|timestamp\b(?!tz))"
    r"|\bdate\s*\(|\b(date_trunc|date_part)\(|\bextract\([^)]*_at\b"
    r"|\bto_char\([^)]*_at\b|_at\s+(not\s+)?between\s+[a-z.]*(_on|day)\b"
    r"|_at\s*[<>]=?\s*[a-z.]*(_on|day)\b|(_on|day)\s*[<>]=?\s*[a-z.]*_at\b",
    re.IGNORECASE,
)
# A day in and the same day out again, in whatever zone.
ARE_RIGHT = {"audit_make_partitions", "retention_log_left"}
EVERYWHERE = """
    select p.proname, regexp_replace(p.prosrc, '--[^\\n]*', '', 'g') from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname not like 'procrastinate%%'
    union all
    select polname, concat_ws(' ', pg_get_expr(polqual, polrelid),
                              pg_get_expr(polwithcheck, polrelid)) from pg_policy
    union all
    select tgname, pg_get_triggerdef(oid) from pg_trigger
    where not tgisinternal and tgname not like 'procrastinate%%'
    union all
    select conname, pg_get_constraintdef(oid) from pg_constraint
    where contype = 'c' and connamespace = 'public'::regnamespace
    union all
    select adrelid::regclass::text, pg_get_expr(adbin, adrelid) from pg_attrdef
"""


@pytest.mark.parametrize(
    ("source", "follows"),
    [
        ("x <= current_date + 1", True),
        ("min(i.decided_at)::date", True),
        ("now()::date", True),
        ("CURRENT_DATE", True),
        ("e.signed_at between d.starts_on and d.ends_on", True),
        ("h.ends_on >= h.placed_at", True),
        ("clock_timestamp() + interval '5 minutes'", False),
        ("portal_day_of(new.assigned_at)", False),
        ("(new.answered_at at time zone 'Europe/Amsterdam')::date", False),
        ("m.starts_on <= portal_day()", False),
    ],
)
def test_what_follows_the_session_is_recognised(source, follows):
    assert bool(OF_THE_SESSION.search(source)) is follows


@pytest.mark.django_db
def test_no_function_policy_trigger_check_or_default_asks_the_clock_of_the_session():
    with connection.cursor() as cursor:
        cursor.execute(EVERYWHERE)
        sources = cursor.fetchall()
    assert len(sources) > 800, "what stands there is asked for"
    found = {name for name, source in sources if OF_THE_SESSION.search(source or "")}
    assert found == ARE_RIGHT, "ask portal_today() or portal_day_of(moment)"


@pytest.mark.django_db
def test_what_day_it_is_is_the_same_in_every_session_and_in_django():
    assert settings.TIME_ZONE == "Europe/Amsterdam"  # as portal_day_of says
    asked = " union all ".join(["select %s::timestamptz as moment, %s::date as day"] * len(EDGES))
    with sign_in_as_web() as web:
        web.execute("set datestyle = 'German, DMY'")
        web.execute("set intervalstyle = 'sql_standard'")
        web.execute("set portal.day = '2026-11-16'")
        assert web.execute("select portal_day()").fetchone() == (date(2026, 11, 16),)
        for zone in ZONES:
            web.execute("select set_config('timezone', %s, false)", [zone])
            wrong = web.execute(
                f"select moment from ({asked}) as edge where portal_day_of(moment) <> day",
                [part for edge in EDGES for part in edge],
            ).fetchall()
            assert not wrong, zone
            before = timezone.localdate()
            (today,) = web.execute("select portal_today()").fetchone()
            assert before <= today <= timezone.localdate(), zone
            of_week = "select day - portal_today(), retention_is_of_today(day) from"
            days = web.execute(
                f"{of_week} generate_series(-8, 8) n, lateral (select portal_today() + n) d (day)"
            ).fetchall()
            assert {off for off, is_today in days if is_today} <= {0, _nearby()}, zone
            assert (0, True) in days


def _nearby() -> int:
    """Within five minutes of midnight the neighbouring day counts too."""
    now = timezone.localtime()
    return -1 if now.hour == 0 and now.minute < 6 else int(now.hour == 23 and now.minute > 53)
