"""Parents' data of brothers and sisters who do not go in the same moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from access.acting import Job
from retention import carrying_out
from retention.carrying_out import carry_out
from retention.destroyer import as_destroyer
from retention.models import DestructionItem
from retention.queries.changed import has_moved
from students.models import Enrolment, Parent, Parenthood
from tests.retention.lists.conftest import LEFT, Lists
from tests.retention.test_due_in_sql import let_leave

pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P11")]
NIGHT = Job("carry out lists")
DUE, DAY = LEFT.replace(year=2026), timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "due_on", "left_on", "is_moved"),
    [
        ("parents", DUE, LEFT, False),
        ("parents", DUE - DAY, LEFT - DAY, False),
        ("parents", DUE, LEFT - DAY, False),  # a hold until then
        ("parents", DUE - DAY, LEFT, True),  # of the term, not of the family
        ("parents", DUE + DAY, LEFT - DAY, True),
        ("parents", DUE + DAY, LEFT + DAY, True),
        ("parents", DUE, LEFT + DAY, True),
        ("parents", DUE, None, True),
        ("parents", None, LEFT - DAY, True),
        ("guidance", DUE, LEFT, False),
        ("guidance", DUE - DAY, LEFT - DAY, True),
        ("guidance", DUE, LEFT - DAY, True),
        ("guidance", DUE, None, True),
    ],
)
def test_only_a_family_may_have_left_earlier_than_was_listed_and_nobody_later(
    kind, due_on, left_on, is_moved
):
    item = DestructionItem(kind=kind, due_on=DUE, last_day=LEFT)
    assert has_moved(item, due_on, left_on, is_elsewhere=False) is is_moved
    as_listed = (due_on, left_on) == (DUE, LEFT)
    assert has_moved(item, due_on, left_on, is_elsewhere=True) is not as_listed


@pytest.mark.django_db
def test_parents_of_brothers_and_sisters_go_whichever_of_them_goes_first(
    settings, tmp_path, cast, monkeypatch
):
    settings.LEDGER, settings.FILES_DIR = tmp_path / "ledger" / "destroyed", tmp_path / "files"
    first, second = sorted(("own", "fifteen"), key=lambda key: cast.dossier(key).pk)
    mother = cast.add_parent("of_both", first, second)
    lists = Lists(cast)
    let_leave(cast, second, date(2023, 10, 20))
    made = lists.make(first)
    for step in (lists.decide, lists.review, lists.approve):
        step(made)
    made.refresh_from_db()
    last = made.items.get(dossier_id=cast.dossier(second).pk, kind="parents")
    assert last.last_day == LEFT
    monkeypatch.setattr(carrying_out, "_BATCH", 1)

    done = carry_out(made=made, by=NIGHT, on=cast.today)

    assert (done.left, done.failed, done.busy) == (0, [], set())
    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
    assert not Parenthood.objects.filter(parent=mother).exists()
    assert not Parent.objects.filter(pk=mother.pk).exists()


@pytest.mark.django_db
def test_the_database_intends_no_parents_of_a_family_that_left_later_or_whose_own_day_was_moved(
    cast,
):
    cast.add_parent("of_both", "own", "fifteen")
    made = Lists(cast).approved("own", "fifteen")
    parents = made.items.get(dossier_id=cast.dossier("own").pk, kind="parents")
    stays = Enrolment.objects.filter(pupil__in=[cast.pupils["own"], cast.pupils["fifteen"]])
    for last_day in (LEFT + DAY, None, LEFT - DAY):  # the last one of the pupil too
        stays.update(ends_on=last_day)
        with (
            pytest.raises(DatabaseError, match="who is back"),
            transaction.atomic(),
            as_destroyer(),
        ):
            made.items.filter(pk=parents.pk).update(outcome="intended")
