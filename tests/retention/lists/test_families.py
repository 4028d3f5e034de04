"""Parents' data of brothers and sisters who do not go in the same moment."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from access.acting import Job
from retention import carrying_out
from retention.carrying_out import carry_out
from retention.destroyer import as_destroyer
from retention.models import DestructionItem
from retention.queries.changed import has_moved, with_changes
from retention.queries.lists import WantedItems, items_listed, with_dossiers
from students.models import Enrolment, Parent, Parenthood, Pupil
from tests.cast import build_cast
from tests.retention.lists.conftest import LEFT, Lists
from tests.retention.test_due_in_sql import let_leave

pytestmark = [pytest.mark.promise("P9"), pytest.mark.promise("P11")]
NIGHT = Job("carry out lists")
DUE, DAY = LEFT.replace(year=2026), timedelta(days=1)


class _Roster(threading.Thread):
    """Locks its pupils, and writes the sister's stay once somebody waits for it, or it is told."""

    def __init__(self, brother, sister) -> None:
        super().__init__()
        self.pupils, self.sister = {brother.pupil_id, sister.pupil_id}, sister.pupil_id
        self.has_taken, self.may_write = threading.Event(), threading.Event()
        self.failed: Exception | None = None

    def run(self) -> None:
        try:
            with transaction.atomic():
                list(Pupil.objects.select_for_update(no_key=True).filter(pk__in=self.pupils))
                self.has_taken.set()
                while not self.may_write.wait(0.05) and not self._is_waited_for():
                    pass
                stays = Enrolment.objects.filter(pupil=self.sister)
                stays.update(ends_on=date(2025, 7, 30))
        except DatabaseError as error:
            self.failed = error
        finally:
            connections.close_all()

    def _is_waited_for(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where not granted"
                " and pg_backend_pid() = any(pg_blocking_pids(pid)))"
            )
            return bool(cursor.fetchone()[0])


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
def test_the_page_counts_what_changed_as_the_run_does_also_where_a_family_left_earlier(cast):
    cast.add_parent("of_both", "own", "fifteen")
    lists = Lists(cast)
    let_leave(cast, "own", date(2023, 10, 20))
    made = lists.make("fifteen")
    theirs = made.items.filter(dossier_id=cast.dossier("own").pk)

    def changed() -> set[str]:
        rows = items_listed(made, cast.director, on=cast.today, wanted=WantedItems(shown="changed"))
        found = {item.kind for item in rows.filter(dossier_id=cast.dossier("own").pk)}
        listed = with_changes(with_dossiers(theirs, on=cast.today), on=cast.today)
        assert {one.item.kind for one in listed if one.changed} == found
        return found

    assert theirs.get(kind="parents").last_day == LEFT
    links = Parenthood.objects.filter(pupil=cast.pupils["fifteen"])
    links.update(withdrawn_at=timezone.now(), withdrawn_by=cast.administrator)
    assert changed() == set()
    let_leave(cast, "own", date(2023, 10, 19))
    assert changed() == {one.kind for one in theirs}


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


@pytest.mark.django_db(transaction=True)
def test_a_roster_that_holds_a_family_and_what_takes_its_rows_away_never_wait_in_a_circle(
    settings, tmp_path, today, monkeypatch
):
    settings.LEDGER, settings.FILES_DIR = tmp_path / "ledger" / "destroyed", tmp_path / "files"
    cast = build_cast(today)
    cast.add_parent("of_both", "own", "fifteen")
    lists = Lists(cast)
    made = lists.make("own", "sixteen", left=date(2021, 10, 20))
    for step in (lists.decide, lists.review, lists.approve):
        step(made)
    made.refresh_from_db()
    brother, sister, other = (cast.dossier(key) for key in ("own", "fifteen", "sixteen"))
    let_leave(cast, "fifteen", date(2025, 7, 31))
    roster = _Roster(brother, sister)
    real = carrying_out.destroy_keys

    def meanwhile(named):
        real(named)
        if not roster.has_taken.is_set():
            roster.start()
            assert roster.has_taken.wait(60)

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "destroy_keys", meanwhile)
        done = carry_out(made=made, by=NIGHT, on=today)
    roster.may_write.set()
    roster.join(60)
    assert (done.failed, done.busy, roster.failed) == ([], {brother.pk}, None)
    assert Enrolment.objects.get(pupil=sister.pupil).ends_on == date(2025, 7, 30)
    outcomes = made.items.values_list("dossier_id", "outcome").distinct()
    assert set(outcomes) == {(brother.pk, "intended"), (other.pk, "destroyed")}

    assert carry_out(made=made, by=NIGHT, on=today).busy == set()
    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
