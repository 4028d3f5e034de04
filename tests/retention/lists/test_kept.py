"""What was kept: it stays, comes back once with its new day, and goes after that day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.acting import acting_as
from access.errors import Refused
from retention.actions.holds import lift_hold
from retention.actions.lists import destroy_items, keep_items, make_list
from retention.keeping_on import carry_on_all, remind_of_lists
from retention.models import DestructionList, Hold
from retention.queries.list_people import people_around
from retention.queries.lists import Numbers, open_lists, with_first_due
from retention.views.lists import frame_of
from tests.retention.lists.conftest import OVERNIGHT, Lists

pytestmark = pytest.mark.promise("P9")

LEFT, FIRST = date(2023, 8, 1), date(2026, 6, 20)  # due on 1 August 2026
UNTIL = date(2026, 11, 5)
BACK = UNTIL - timedelta(days=45)


def tonight(cast, on: date) -> DestructionList | None:
    with acting_as(OVERNIGHT, on=on):
        return make_list(school=cast.school, by=OVERNIGHT, on=on)


def keep(cast, made: DestructionList, *, until: date = UNTIL, on: date = FIRST) -> None:
    with acting_as(cast.director, on=on):
        items = list(made.items.values_list("pk", flat=True))
        keep_items(made=made, items=items, words="Nog nodig", until=until, by=cast.director, on=on)


def destroy(cast, made: DestructionList, on: date, **which) -> tuple[int, int, int]:
    with acting_as(cast.director, on=on):
        items = list(made.items.filter(**which).values_list("pk", flat=True))
        done = destroy_items(made=made, items=items, by=cast.director, on=on)
    return done.items, done.held, done.kept


def test_it_comes_back_once_45_days_ahead_is_in_time_and_goes_the_day_after(
    lists, cast, settings, tmp_path
):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    made = lists.make("own", left=LEFT, on=FIRST)
    keep(cast, made)
    lists.review(made, on=FIRST)
    lists.approve(made, on=FIRST)
    assert tonight(cast, BACK - timedelta(days=1)) is None
    again = tonight(cast, BACK)
    assert again is not None
    assert set(again.items.values_list("due_on", flat=True)) == {UNTIL}
    assert again.items.count() == made.items.count()
    assert tonight(cast, BACK + timedelta(days=1)) is None
    (row,) = with_first_due(open_lists().filter(pk=again.pk))
    assert not frame_of(row, people_around([row], on=BACK)[row.pk], Numbers(), on=BACK)["is_late"]
    assert remind_of_lists(on=BACK + timedelta(days=3)) == 0
    # It is decided while the hold still stands, and waits for its end.
    number = again.items.count()
    assert destroy(cast, again, BACK) == (number, 0, 0)
    lists.review(again, on=BACK)
    lists.approve(again, on=BACK)
    carry_on_all(by=OVERNIGHT, on=UNTIL)
    assert set(again.items.values_list("outcome", flat=True)) == {""}
    carry_on_all(by=OVERNIGHT, on=UNTIL + timedelta(days=1))
    assert set(again.items.values_list("outcome", flat=True)) == {"destroyed"}
    assert set(made.items.values_list("outcome", flat=True)) == {""}


def test_the_turns_of_all_who_are_kept_are_taken_at_once_so_that_nobody_waits_for_good(
    lists, cast, monkeypatch
):
    """One by one in no order, two who keep and destroy the same pupils would stop each other."""
    made, turns = lists.make("own", "twelve", "other", left=LEFT, on=FIRST), []
    for module in ("lists", "holds"):
        where = f"retention.actions.{module}.wait_for_turn"
        monkeypatch.setattr(where, lambda *keys: turns.append(set(keys)))
    keep(cast, made)
    theirs = set(made.items.values_list("dossier_id", flat=True))
    assert len(theirs) == 3
    assert turns[0] == theirs


def test_all_that_were_found_never_turns_kept_into_destroyed(lists, cast):
    """Not while the hold stands, not after it ended, and together with others not when lifted."""
    made = lists.make("own", "twelve", left=LEFT, on=FIRST)
    kept, other = (cast.pupils[key].dossiers.get().pk for key in ("own", "twelve"))
    until = date(2026, 8, 3)  # before `due_until` of the list
    with acting_as(cast.director, on=FIRST):
        items = list(made.items.filter(dossier_id=kept).values_list("pk", flat=True))
        keep_items(
            made=made, items=items, words="Nog nodig", until=until, by=cast.director, on=FIRST
        )
    mine, others = len(items), made.items.filter(dossier_id=other).count()
    assert destroy(cast, made, FIRST) == (others, mine, 0)
    assert destroy(cast, made, until + timedelta(days=1)) == (others, 0, mine)
    again = tonight(cast, FIRST + timedelta(days=1))  # the new day is less than 45 days away
    assert again is not None
    assert set(again.items.values_list("dossier_id", "due_on")) == {(kept, until)}
    assert tonight(cast, FIRST + timedelta(days=2)) is None
    with acting_as(cast.director, on=FIRST):
        lift_hold(hold=Hold.objects.get(), words="Toch niet", by=cast.director, on=FIRST)
    assert destroy(cast, made, FIRST) == (others, 0, mine)
    with pytest.raises(Refused, match="one by one"):
        destroy(cast, made, FIRST, dossier_id=kept)
    assert destroy(cast, made, FIRST, dossier_id=kept, kind="guidance") == (1, 0, 0)


def test_a_hold_lifted_before_the_review_is_decided_anew_on_the_same_list(lists: Lists, cast):
    made = lists.make("own", left=LEFT, on=FIRST)
    keep(cast, made)
    with acting_as(cast.director, on=FIRST):
        lift_hold(hold=Hold.objects.get(), words="Toch niet", by=cast.director, on=FIRST)
    assert tonight(cast, FIRST + timedelta(days=1)) is None
    lists.review(made, on=FIRST)
    assert tonight(cast, FIRST + timedelta(days=1)) is not None
