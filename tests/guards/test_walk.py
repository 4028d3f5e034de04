"""The walk: every address, as everybody, with own, strangers' and unknown keys.

Four runs. With both locks on, a marker shows only where the table allows it, each look has its row
and each refusal too. With Django's checks off, the database alone lets no content through. With
both off every page of content does leak: so the run before it proved something. And with the log
closed, nothing shows at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
import time_machine
from django.db import connection, transaction

from access import acting, gate, visibility
from audit.actions import name_in_log
from files.kinds import Kind
from pdf import making
from tests.conftest import BUILDERS
from tests.files.corpus import picture
from tests.guards.addresses import Address, all_addresses, all_visibility_queries
from tests.guards.conftest import drawn
from tests.guards.patterns import pdf_of, picture_of, words_in
from tests.guards.seed import CONTENT, markers_in, seed
from tests.guards.table import (
    ALL_PUPILS,
    EVERYBODY,
    FORMER,
    ROWS,
    SCOPES,
    VISITOR,
    Row,
    may_show,
    reaches,
    rows_of,
)
from tests.guards.walker import Answer, Walker, rolled_back
from tests.guards.walking import WHOSE, on_turn, walk

ADDRESSES = {a.name: a for a in all_addresses()}
GATED = {name: a for name, a in ADDRESSES.items() if a.gate}
OPEN = sorted(set(ADDRESSES) - set(GATED))
WALKED = sorted(set(GATED) & set(ROWS))
LINES = [(name, row) for name in WALKED for row in rows_of(name)]
SHOWING = [(name, row) for name, row in LINES if row.shows]
HOLDING = [(name, row) for name, row in SHOWING if row.locked and set(row.shows) & set(CONTENT)]
# For pages that show no content even to those who may see it.
SOME = ["counsellor", "other_counsellor", "director", "other_director", "administrator", "fg"]


def word(part: object) -> str:
    """How a line of the table is called in the list of tests."""
    return part.by if isinstance(part, Row) else str(part)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages_drawn", "papers_made_here")]


@pytest.fixture
def _django_db_helper(walker) -> None:
    """Instead of pytest-django's: no transaction per test, but one for the whole file."""


def of_no_interest(*_values: object, **_more: object) -> None:
    """Instead of a copy of the values of each template drawn: nobody asks for them here."""


@pytest.fixture(scope="module")
def walker(worlds, django_db_blocker) -> Iterator[Walker]:
    """The cast once for all walks of this file, in a transaction that is never kept."""
    with django_db_blocker.unblock(), time_machine.travel("2026-11-16 10:00 +0100", tick=True):
        with (
            mock.patch("django.test.client.store_rendered_templates", new=of_no_interest),
            worlds.within("cast", BUILDERS["cast"]),
            transaction.atomic(using="keys"),
            transaction.atomic(),
        ):
            yield Walker(seed(worlds.made_in("cast")))
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="keys")


def test_a_drawn_page_is_known_by_its_pattern_at_any_width_and_on_paper():
    words = ("Qownxguidanceq", "Qotherxreportsq")
    for word in words:
        for data, kind in ((pdf_of(word), Kind.PDF), (picture_of(word), Kind.PICTURE)):
            for width in (100, 1200):
                assert words_in(drawn(data, kind, 1, width)) == {word}
        paper = making.made(
            "<html lang='nl'><title>x</title><img src='picture:1' alt='x'>",
            {"1": picture_of(word)},
            pages=2,
        )
        assert words_in(paper) == {word}
    assert not words_in(picture("WEBP"))


def test_every_address_stands_in_the_table_and_nothing_else_does():
    missing = sorted(set(GATED) - set(ROWS))
    assert not missing, (
        f"new addresses {missing}: add a line for each to ROWS in tests/guards/table.py that says "
        "who comes in, whose data they may see, and which kinds show at most"
    )
    assert not set(ROWS) - set(GATED), f"take out of ROWS: {sorted(set(ROWS) - set(GATED))}"
    for name, row in LINES:
        assert row.who <= EVERYBODY, name
        assert row.scope is None or row.scope in SCOPES, name
        assert row.scope or not row.shows, f"{name} shows data without a scope"


def test_the_table_knows_the_whole_cast(walker):
    assert set(walker.people) == EVERYBODY | FORMER | {VISITOR}
    assert set(walker.seeded.cast.pupils) == ALL_PUPILS


def expected(row: Row, answer: Answer) -> set[int]:
    """The outcomes the table allows."""
    person, whose = answer.person, answer.whose
    for exception in ((person, whose, answer.method), (person, whose)):
        if exception in row.odd:
            return {row.odd[exception]}
    if person not in row.who:
        return {302} if person == VISITOR else {403}
    if whose and (whose == "unknown" or not reaches(row, person, whose)):
        return {404}
    return {200, 204, 206, 302, 303, 400, 409, 422}


@pytest.mark.promise("P2")
@pytest.mark.promise("P6")
@pytest.mark.promise("P20")
@pytest.mark.promise("P22")
@pytest.mark.parametrize(("name", "row"), LINES, ids=word)
def test_with_both_locks_on_nothing_leaks_and_every_look_is_recorded(
    walker, name, row, short_refusals
):
    address = ADDRESSES[name]
    wrong, seen = [], set()
    for answer in walk(walker, address, row, walker.people):
        if answer.status not in expected(row, answer):
            wrong.append(f"{answer}, the table says {sorted(expected(row, answer))}")
        if answer.person == VISITOR and answer.status == 302:
            assert answer.location.startswith("/account/login/"), answer
        leaked = answer.shown - may_show(row, answer.person)
        if leaked:
            wrong.append(f"{answer} LEAKS {sorted(leaked)}")
        wrong += unrecorded(walker, answer)
        seen |= {kind for _, kind in answer.shown}
    assert not wrong, f"{name}:\n" + "\n".join(wrong)
    assert seen == set(row.shows), f"{name} shows {seen}; the table says {row.shows}"


def unrecorded(walker: Walker, answer: Answer) -> list[str]:
    """What the log should have said and did not."""
    named = {key for entry in answer.rows for key in entry.subjects}
    wrong = [
        f"{answer} shows {pupil} and no row of the log names that pupil"
        for pupil in {pupil for pupil, _ in answer.shown}
        if walker.seeded.log_key(pupil) not in named
    ]
    refusals = [entry for entry in answer.rows if entry.outcome == "refused"]
    if answer.status in {403, 404, 405} and not refusals:
        wrong.append(f"{answer} is a refusal without a row")
    if refusals and answer.person != VISITOR:
        user = walker.seeded.cast.people[answer.person]
        if {(r.actor_id, r.actor_name) for r in refusals} != {
            (user.pk, name_in_log(user, r.actor_role)) for r in refusals
        }:
            wrong.append(f"{answer}: the refusal names somebody else")
    text = " ".join(
        f"{e.actor_name} {e.object_pk} {e.additional_data} {e.changes}" for e in answer.rows
    )
    if markers_in(text):
        wrong.append(f"{answer}: the log holds {markers_in(text)}")
    return wrong


@pytest.fixture
def no_checks(monkeypatch) -> None:
    """Django forgets everything: the gate lets all in and every query gives all rows."""
    for check in gate.CHECKS:
        monkeypatch.setitem(gate.CHECKS, check, lambda *_: True)
    for query in all_visibility_queries():
        monkeypatch.setitem(visibility.REGISTRY, query, lambda rows, user, day: rows)


@pytest.mark.promise("P2")
@pytest.mark.promise("P22")
@pytest.mark.parametrize(("name", "row"), SHOWING, ids=word)
def test_without_djangos_checks_the_database_lets_no_content_through(
    walker, name, row, no_checks, short_refusals
):
    address = ADDRESSES[name]
    scopes = ("findings", "consenting", "dossier", "asked why", "holding", "erasing")
    readable = {kind: people for name in scopes for kind, people in SCOPES[name].items()}
    people = walker.people if set(row.shows) & set(CONTENT) else SOME
    for answer in walk(walker, address, row, people):
        content = {(pupil, kind) for pupil, kind in answer.shown if kind in CONTENT}
        theirs = {
            (pupil, kind)
            for kind in CONTENT
            for pupil in readable.get(kind, {}).get(answer.person, ())
        }
        withdrawn = {(p, "withdrawn") for p, kind in theirs if kind == "guidance"}
        assert content <= theirs | withdrawn, f"{answer} LEAKS {sorted(content - theirs)}"


@pytest.mark.promise("P22")
@pytest.mark.parametrize(("name", "row"), HOLDING, ids=word)
def test_without_both_locks_each_page_of_content_leaks(walker, name, row, no_checks, monkeypatch):
    """Otherwise the walk before this one found nothing because there was nothing to find."""
    monkeypatch.setattr(acting, "WEB_ROLE", "portal_owner")
    address = ADDRESSES[name]
    stranger = "other_counsellor"
    answers = list(walk(walker, address, row, [stranger]))
    shown = {kind for answer in answers for pupil, kind in answer.shown if pupil == "own"}
    assert shown & set(CONTENT), f"{name} proves nothing: " + "; ".join(map(str, answers))


def one_of_each_sort(address: Address, row: Row) -> Iterator[tuple[str, str]]:
    """Of the people to whom a page shows the same kinds of data one, by turns, and about whom."""
    alike: dict[frozenset[str], list[str]] = {}
    for person in sorted(row.who):
        kinds = frozenset(kind for _, kind in may_show(row, person))
        if kinds and any(reaches(row, person, whose) for whose in WHOSE):
            alike.setdefault(kinds, []).append(person)
    for people in alike.values():
        person = people[len(address.route) % len(people)]
        reached = [whose for whose in WHOSE if reaches(row, person, whose)]
        yield person, on_turn(address, person, reached) if address.converters else ""


@pytest.mark.promise("P20")
@pytest.mark.parametrize(("name", "row"), SHOWING, ids=word)
def test_when_the_log_can_not_be_written_nothing_shows(walker, name, row):
    address = ADDRESSES[name]
    asked = 0
    with rolled_back(), connection.cursor() as cursor:
        cursor.execute(
            "create trigger closed before insert on audit_logentry"
            " for each row execute function refuse_deletion()"
        )
        with walker.from_here():
            for person, whose in one_of_each_sort(address, row):
                for url in walker.urls(address, row, whose):
                    method = "GET" if "GET" in address.gate.methods else "POST"
                    answer = walker.ask(
                        person, method, url, whose=whose, with_rows=False, headers=row.headers
                    )
                    asked += 1
                    assert answer.status >= 500, answer
                    assert not answer.shown, answer
    assert asked


@pytest.mark.promise("P2")
def test_the_page_of_a_refusal_shows_nobody(walker):
    """The walks read what it could say; here are the pages themselves, as everybody gets them."""
    seen = set()
    for person in walker.people:
        for name in ("change_pupil", "note", "log"):
            row = rows_of(name)[0]
            (url, *_others) = walker.urls(ADDRESSES[name], row, "foreign")
            answer = walker.ask(person, "GET", url, whose="foreign")
            assert not answer.shown - may_show(row, person), answer
            seen.add(answer.status)
    assert seen >= {403, 404}


@pytest.mark.promise("P22")
@pytest.mark.parametrize("name", OPEN)
def test_what_stands_before_the_gate_shows_nobody(walker, name):
    address = ADDRESSES[name]
    for person in (VISITOR, "former", "counsellor", "director", "parent", "pupil_sixteen"):
        for method in ("GET", "POST"):
            answer = walker.ask(person, method, address.sample_url())
            assert not answer.shown, answer
            assert answer.status < 500, answer
            if answer.status in {403, 404, 405}:
                assert [row for row in answer.rows if row.outcome == "refused"], answer
