"""Every page of a dossier stands in one of two lists: shown to families, or not and why."""

from __future__ import annotations

from access.gate import Shows
from audit.events import EVENTS as ALL_EVENTS
from oversight.rules.looks import EVENTS, NOT_SHOWN, SHOWN
from tests.guards.addresses import all_addresses

OF_A_DOSSIER = {"dossier_id", "note_id", "file_id", "agreement_id", "part"}


def is_of_a_dossier(address) -> bool:
    """Whether a page of the room of dossiers, or any room's page about one of them."""
    in_room = address.view.__module__.startswith("dossiers.")
    return in_room or bool({name for name, _ in address.converters} & OF_A_DOSSIER)


def test_a_new_page_of_a_dossier_is_decided_about():
    pages = {a.name for a in all_addresses() if a.gate and is_of_a_dossier(a)}
    undecided = pages - SHOWN.keys() - NOT_SHOWN.keys()
    assert not undecided, (
        f"do parents see it in who looked when somebody opens {sorted(undecided)}? Say so in "
        "oversight/rules/looks.py: SHOWN, or NOT_SHOWN with the reason (ADR 34)"
    )
    assert not SHOWN.keys() & NOT_SHOWN.keys()
    gone = (SHOWN.keys() | NOT_SHOWN.keys()) - {a.name for a in all_addresses()}
    assert not gone, f"no page has these names any more: {sorted(gone)}"


def test_only_pages_of_dossiers_are_shown_to_families():
    addresses = {a.name: a for a in all_addresses()}
    for name in SHOWN:
        gate = addresses[name].gate
        assert addresses[name].view.__module__.startswith("dossiers."), name
        assert gate.shows is Shows.PUPIL, name


def test_only_events_of_looking_are_shown():
    assert ALL_EVENTS.keys() >= EVENTS
    assert not {code for code in EVENTS if ALL_EVENTS[code].action not in (3, 4, 6, 7)}
