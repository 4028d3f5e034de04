"""What becomes of a page that breaks a rule: it is not sent, and nothing of it stays."""

from __future__ import annotations

import contextlib
import uuid

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from access.acting import Job, UnrecordedChange, acting_as
from access.errors import Refused
from access.models import Membership, Unit
from access.rights_of_others import NOT_WATCHED
from audit.actions import NoDoorOpen, record
from audit.events import FORM_SENT
from audit.models import LogEntry
from tests.guards.odd_pages import MARKER


@pytest.fixture
def odd(settings, cast, sign_in) -> Client:
    settings.ROOT_URLCONF = "tests.guards.odd_pages"
    client = sign_in(cast.counsellor)
    client.raise_request_exception = False
    return client


@pytest.mark.promise("P22")
@pytest.mark.parametrize("method", ["post", "get"])
def test_a_page_that_writes_and_records_nothing_writes_nothing(odd, method):
    answer = getattr(odd, method)("/odd/writes/")
    assert answer.status_code == 500
    assert b"written" not in answer.content
    assert not Unit.objects.filter(name="Planted").exists()
    assert LogEntry.objects.latest("timestamp").outcome == "failed"


def test_a_search_by_post_can_not_write(odd):
    assert odd.post("/odd/search/").status_code == 500
    assert not Unit.objects.filter(name="Planted").exists()


def test_a_look_can_not_make_itself_a_writer(odd):
    assert odd.get("/odd/function/").status_code == 500
    assert not Unit.objects.filter(name="P").exists()


@pytest.mark.promise("P20")
@pytest.mark.parametrize("address", ["/odd/none/", "/odd/stream/"])
def test_a_page_that_shows_pupils_and_names_none_is_not_sent(odd, address):
    answer = odd.get(address)
    assert answer.status_code == 500
    assert MARKER not in answer.content.decode()
    assert LogEntry.objects.latest("timestamp").outcome == "failed"


def test_a_page_that_fails_says_nothing_of_what_it_held(odd):
    answer = odd.get("/odd/fails/")
    assert answer.status_code == 500
    assert MARKER not in answer.content.decode()
    row = LogEntry.objects.latest("timestamp")
    assert (row.outcome, len(row.subjects)) == ("failed", 1)


@pytest.mark.promise("P22")
def test_a_job_that_writes_and_records_nothing_writes_nothing(db, today):
    with pytest.raises(UnrecordedChange), acting_as(Job("test"), on=today):
        Unit.objects.create(kind="board", name="Planted")
    assert not Unit.objects.filter(name="Planted").exists()


_ROW = "(gen_random_uuid(), 'board', 'Planted')"
_INSERT = f"insert into access_unit (id, kind, name) values {_ROW}"


def _copy(cursor) -> None:
    with cursor.copy("copy access_unit (id, kind, name) from stdin") as copy:
        copy.write_row((uuid.uuid4(), "board", "Planted"))


@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    "write",
    [
        _copy,
        lambda cursor: cursor.execute("select planting()"),
        lambda cursor: cursor.execute(f"with p as ({_INSERT} returning id) select id from p"),
        lambda cursor: cursor.execute(f"do $$ begin {_INSERT}; end $$"),
        lambda cursor: cursor.execute(f"/* by hand */ {_INSERT}"),
        lambda cursor: cursor.execute("update access_membership set ends_on = starts_on"),
    ],
    ids=["copy", "function", "with", "do", "comment", "update"],
)
def test_nothing_is_written_past_the_record_whatever_the_statement(cast, write):
    with connection.cursor() as cursor:
        cursor.execute(
            f"create function planting() returns void language sql as $$ {_INSERT} $$;"
            "grant execute on function planting() to portal_web"
        )
    with pytest.raises(UnrecordedChange), acting_as(Job("test"), on=cast.today):
        with connection.cursor() as cursor:
            write(cursor)
    assert not Unit.objects.filter(name="Planted").exists()


def test_a_statement_that_touched_no_row_needs_no_record(cast):
    with acting_as(Job("test"), on=cast.today):
        assert not Membership.objects.filter(role="nobody").update(ends_on=cast.today)
        cache.set("page", "kept")


def test_a_door_inside_a_door_answers_for_itself(cast):
    """What the inner one recorded does not stand for what the outer one wrote."""

    def work() -> None:
        with acting_as(Job("outer"), on=cast.today):
            Unit.objects.create(kind="board", name="Planted")
            with acting_as(Job("inner"), on=cast.today):
                record(FORM_SENT, by=Job("inner"))

    with pytest.raises(UnrecordedChange):
        work()


def test_each_table_tells_that_it_was_written(db):
    """A new table is watched as soon as the database is prepared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, count(t.oid) from pg_class c left join pg_trigger t"
            " on t.tgrelid = c.oid and t.tgname like 'what_is_written_is_known_%'"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
            " and not c.relispartition group by c.relname"
        )
        watched = dict(cursor.fetchall())
    assert {name for name, number in watched.items() if number != 3} == NOT_WATCHED


def test_an_action_outside_the_door_does_not_act(db):
    with pytest.raises(NoDoorOpen):
        record(FORM_SENT, by=Job("test"))


def test_a_view_without_a_gate_is_found(odd):
    from tests.guards.addresses import all_addresses

    bare = [a for a in all_addresses() if a.gate is None and not a.is_open]
    assert [a.route for a in bare] == ["odd/open/"]


def test_an_action_that_was_rolled_back_left_no_change_to_record(cast):
    """Refused half-way inside its own savepoint, it wrote nothing; the page can say why."""
    with acting_as(cast.director, on=cast.today):
        with contextlib.suppress(Refused), transaction.atomic():
            cast.group.__class__.objects.filter(pk=cast.group.pk).update(name="other")
            raise Refused("no")
    cast.group.refresh_from_db()
    assert cast.group.name == "6A"
