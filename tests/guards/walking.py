"""Who asks which address how, and about whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from access import gate
from tests.guards.addresses import Address
from tests.guards.seed import CONTENT
from tests.guards.table import EVERYBODY, FORMER, SCOPES, VISITOR, Row
from tests.guards.walker import Answer, Walker

WHOSE = ("own", "other", "foreign")
PEOPLE = {*EVERYBODY, *FORMER, VISITOR}
# Whom no permission lets read content.
READ_NOTHING = PEOPLE - {
    person
    for kind in CONTENT
    for person, pupils in SCOPES["dossier"].get(kind, {}).items()
    if pupils
}


def walk(walker: Walker, address: Address, row: Row, people: list[str]) -> Iterator[Answer]:
    """People by each method of the page, for each pupil and for a key of nothing.

    Whom the gate stops at the door is stopped whatever key stands in the address, and nothing is
    found behind a key of nothing: there people take turns with the methods. Without the gate whom
    the database gives no content of anybody asks each page about one of the pupils, by turns.
    """
    keys = WHOSE if no_gate() else (*WHOSE, "unknown")
    for whose in keys if address.converters else ("",):
        data = row.post(walker.seeded, whose) if row.post and whose != "unknown" else {}
        for url in walker.urls(address, row, whose):
            for turn, person in enumerate(people):
                stopped = person not in row.who and not no_gate()
                if whose and whose != WHOSE[0] and stopped:
                    continue
                if (
                    no_gate()
                    and whose
                    and person in READ_NOTHING
                    and whose != on_turn(address, person)
                ):
                    continue
                tried = methods(address)
                if stopped or whose == "unknown":
                    tried = [tried[turn % len(tried)]]
                for method in tried:
                    yield walker.ask(person, method, url, data, whose=whose, headers=row.headers)


def on_turn(address: Address, person: str, pupils: Sequence[str] = WHOSE) -> str:
    """About which pupil somebody asks this page: over all pages about each."""
    return pupils[(len(address.route) + sorted(PEOPLE).index(person)) % len(pupils)]


def methods(address: Address) -> list[str]:
    """Those of the page; without the gate only the one that reads."""
    declared = [m for m in ("GET", "POST") if m in address.gate.methods]
    return declared[:1] if no_gate() else declared


def no_gate() -> bool:
    """Whether the gate's checks were taken away."""
    return gate.CHECKS["permission"] is not gate.holds_permission
