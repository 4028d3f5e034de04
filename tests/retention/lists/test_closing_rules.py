"""What a list waits for before it closes, and what may stand on a certificate of other systems."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from retention import asking_again
from retention.documents.certificates_words import why_words
from retention.list_words import LEFT_BECAUSE
from retention.rules import Why
from retention.rules.closing import Facts, Waiting, names_somebody, waits_for
from retention.rules.lists import RESTORED, UNLIFTED

DONE = datetime(2026, 11, 20, 3, tzinfo=UTC)
LATER = DONE + timedelta(hours=1)
READY = Facts(
    open_items=0, unanswered=0, is_clean=True, last_done_at=DONE,
    makes_copies=True, is_copied=True, sealed_at=LATER,
)  # fmt: skip


@pytest.mark.promise("P9")
@pytest.mark.parametrize(
    ("change", "waits"),
    [
        ({}, ()),
        ({"open_items": 1}, (Waiting.ITEMS,)),
        ({"unanswered": 1}, (Waiting.OTHER_SYSTEMS,)),
        ({"is_clean": False}, (Waiting.SEARCH,)),
        ({"is_copied": False}, (Waiting.COPIES,)),
        ({"is_copied": False, "makes_copies": False}, ()),  # there is none to hold a key
        ({"sealed_at": None}, (Waiting.LOG,)),
        ({"sealed_at": DONE}, (Waiting.LOG,)),
        ({"last_done_at": None, "is_copied": False}, ()),  # nothing was destroyed
        ({"last_done_at": None, "sealed_at": None}, (Waiting.LOG,)),
        (
            {"open_items": 2, "unanswered": 1, "is_clean": False},
            (Waiting.ITEMS, Waiting.OTHER_SYSTEMS, Waiting.SEARCH),
        ),
    ],
)
def test_a_list_closes_when_nothing_is_in_the_way(change, waits):
    assert waits_for(replace(READY, **change)) == waits


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ParnasSys toetsen", False),
        ("Map van Zoë bij de psycholoog", True),
        ("map van ZOE", True),
        ("Zoës map", True),
        ("Bo", True),
        ("Bos", False),  # two letters stand in many words
        ("archief De Bok-Jansen", True),
        ("map_Boks", True),
        ("Van de kast der dingen", False),  # prefixes of a name are words like others
        ("", False),
    ],
)
def test_what_names_the_pupil_is_known(text, named):
    assert names_somebody(text, ("Zoë", "", "de Bok", "Bo van der Wal")) is named


@pytest.mark.parametrize("why", [*Why, asking_again.MOVED, asking_again.WAITS, RESTORED, UNLIFTED])
def test_each_reason_to_leave_something_alone_has_words(why):
    assert why_words(why) != why
    assert why in LEFT_BECAUSE or why == Why.DUE  # what is due is not left alone
