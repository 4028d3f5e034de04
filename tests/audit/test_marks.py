"""A row of the log carries a mark that nobody makes who has only the database."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import errors

from audit import proof
from audit.actions import write
from audit.marks import LENGTH, mark_of, signers, values_of
from audit.models import LogEntry
from tests.guards.test_logins import sign_in_as_web

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P22")]

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
PLAIN = st.none() | st.booleans() | st.integers() | TEXT
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)
MAYBE_KEY = st.none() | st.uuids()
ROWS = st.builds(
    LogEntry,
    id=st.uuids(),
    timestamp=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    event=TEXT,
    action=st.integers(0, 9),
    outcome=st.sampled_from(["success", "refused", "failed"]),
    subjects=st.lists(st.uuids(), max_size=3),
    actor_id=MAYBE_KEY,
    actor_name=TEXT.map(lambda text: text or "job"),
    actor_role=TEXT,
    ground=TEXT,
    unit=MAYBE_KEY,
    content_type_id=st.none() | st.integers(1, 60),
    object_pk=TEXT,
    changes=st.none() | st.lists(TEXT, max_size=3),
    cid=TEXT,
    remote_addr=st.none() | st.ip_addresses().map(str),
    additional_data=st.none() | st.dictionaries(TEXT, JSON, max_size=4),
)


def a_row(**values) -> LogEntry:
    return LogEntry(
        **{"event": "page-seen", "action": 3, "outcome": "success", "cid": "x"} | values
    )


def in_the_database(row: LogEntry) -> tuple[bytes, bytes, bytes]:
    """Its text and digest as PostgreSQL works them out, and its mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {proof.AS_SQL}, {proof.DIGEST_AS_SQL}, mark from audit_logentry where id = %s",
            [row.pk],
        )
        return tuple(bytes(part) for part in cursor.fetchone())


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ROWS)
def test_the_database_and_python_write_a_row_down_in_the_same_words(row):
    row.pk = uuid.uuid4()
    write([row])
    text, digest, mark = in_the_database(row)
    assert text == proof.canonical(values_of(row))
    assert digest == proof.digest(values_of(row))
    assert mark == mark_of(values_of(row)) == mark_of(values_of(LogEntry.objects.get(pk=row.pk)))
    assert len(mark) == LENGTH


def test_a_mark_is_an_hmac_of_sha256():
    (signer,) = signers().values()
    key = bytes(byte ^ 0x36 for byte in signer.inner)
    assert signer.sign(b"text") == hmac.new(key, b"text", hashlib.sha256).digest()


def test_rows_are_numbered_in_the_order_of_writing_and_a_row_that_was_rolled_back_leaves_a_gap():
    first, second, third = a_row(), a_row(), a_row()
    write([first])
    with transaction.atomic():
        write([second])
        transaction.set_rollback(True)
    write([third])
    numbers = [LogEntry.objects.get(pk=row.pk).number for row in (first, third)]
    assert numbers[1] == numbers[0] + 2


def test_a_row_without_a_mark_can_not_be_written_by_anybody():
    with pytest.raises(IntegrityError, match="a_row_has_its_mark"), transaction.atomic():
        a_row(number=1).save(force_insert=True)
    with pytest.raises(IntegrityError, match="a_row_has_its_mark"), transaction.atomic():
        LogEntry.objects.bulk_create([a_row(number=1)])


def insert_as_web(web, *, when: str = "now()", extra: str = "", value: str = "") -> None:
    web.execute(
        "insert into audit_logentry (id, timestamp, event, action, outcome, subjects, actor_name,"
        f" actor_role, ground, object_pk, cid, mark{extra}) values (gen_random_uuid(), {when},"
        " 'page-seen', 3, 'success', '{}', '', '', 'none', '', '', substr(sha256(''), 1, 20)"
        f"{value})"
    )


def test_the_web_login_gives_no_number_and_dates_no_row_back_or_forward(db):
    with sign_in_as_web() as web:
        with web.transaction(force_rollback=True):
            insert_as_web(web)
        for when in ("now() - interval '6 minutes'", "now() + interval '6 minutes'"):
            with pytest.raises(errors.CheckViolation, match="when it happens"):
                insert_as_web(web, when=when)
        with pytest.raises(errors.InsufficientPrivilege):
            insert_as_web(web, extra=", number", value=", 1")
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute("select setval('audit_number', 1)")
    write([a_row(timestamp=timezone.now() - timedelta(days=400))])  # the owner, as the demo does


def test_nothing_but_the_one_function_adds_rows_to_the_log():
    from tests.guards.test_habits import ROOT

    adds = []
    for path in ROOT.rglob("*.py"):
        if {".venv", "var", "tests", "migrations", "bench"} & set(path.relative_to(ROOT).parts):
            continue
        text = path.read_text()
        if "into audit_logentry" in text or "LogEntry.objects.bulk_create" in text:
            adds.append(str(path.relative_to(ROOT)))
    assert adds == ["audit/actions.py"]
