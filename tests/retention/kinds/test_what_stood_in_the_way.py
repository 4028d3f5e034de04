"""What once stood in the way of a list or a restore for ever, although nothing was to be kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from access.acting import Job, acting_as
from dossiers.models import Dossier, DossierPart
from retention.actions.again import destroy_missing_again
from retention.actions.holds import Reason, lift_hold, place_hold
from retention.actions.lists import make_list
from retention.carrying_out import carry_out
from retention.destroyer import as_destroyer
from retention.models import DestructionList, Hold
from students.models import Enrolment, Parent, Parenthood, Pupil, Representative
from tests.retention.lists.conftest import MADE, REVIEWED, Lists
from tests.retention.test_due_in_sql import end_kind, let_leave

pytestmark = [pytest.mark.django_db]
NIGHT = Job("carry out lists")
LONG_AGO = date(2021, 10, 20)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


def test_a_hold_in_a_copy_that_was_lifted_since_keeps_nobody_from_destroying_again(cast):
    made, dossier = Lists(cast).approved("own"), cast.dossier("own")
    held = {"dossier": dossier, "by": cast.fg, "on": cast.today}
    with acting_as(cast.fg, on=cast.today):
        hold = place_hold(reason=Reason("complaint", "Klacht"), **held)
    with transaction.atomic(), transaction.atomic(using="keys"):
        with acting_as(cast.fg, on=cast.today):
            lift_hold(hold=hold, words="Afgehandeld", by=cast.fg, on=cast.today)
        assert carry_out(made=made, by=NIGHT, on=cast.today).destroyed > 1
        transaction.set_rollback(True)  # the copy from before that
        transaction.set_rollback(True, using="keys")
    assert DossierPart.objects.filter(dossier=dossier).exists()

    assert destroy_missing_again(on=cast.today) > 1

    assert not DossierPart.objects.filter(dossier=dossier).exists()
    assert destroy_missing_again(on=cast.today) == 0


def test_who_was_linked_to_two_by_mistake_goes_with_the_last_and_keeps_no_list_open(cast):
    known = Parent.objects.filter(children__pupil=cast.pupils["own"]).first()
    stranger = Parent.objects.create(board=known.board, first_name="Sjoerd", surname="Vergist")
    lists = Lists(cast)
    for key, day in (("own", REVIEWED), ("other", date(2026, 10, 3))):
        let_leave(cast, key, LONG_AGO)
        made = lists.make(on=day)
        if key == "own":
            for pupil in ("own", "other"):
                Parenthood.objects.create(
                    parent=stranger, pupil=cast.pupils[pupil], relation="father",
                    withdrawn_at=timezone.now(), withdrawn_by=cast.director,
                )  # fmt: skip
        lists.decide(made, on=day)
        lists.review(made, on=day)
        lists.approve(made, on=day)
        made.refresh_from_db()
        done = carry_out(made=made, by=NIGHT, on=cast.today)
        assert (done.failed, done.left) == ([], 0)
        assert Parent.objects.filter(pk=stranger.pk).exists() == (key == "own")


def left_two_schools(lists: Lists) -> tuple[DestructionList, Dossier]:
    """An approved list of one school; of the other one consent and parents went before."""
    pupil, other = lists.cast.pupils["own"], lists.cast.other_school
    made = lists.make("own", left=LONG_AGO)
    lists.decide(made)
    lists.review(made)
    lists.approve(made)
    there = Dossier.objects.create(pupil=pupil, school=other, opened_on=LONG_AGO)
    Enrolment.objects.create(pupil=pupil, school=other, starts_on=LONG_AGO, ends_on=LONG_AGO)
    for kind in ("consent", "parents"):
        end_kind(there, kind)
    return made, there


def hold_back(cast, dossier: Dossier) -> Hold:
    """The FG holds it, as a complaint came in."""
    with acting_as(cast.fg, on=cast.today):
        reason = Reason("complaint", "Klacht")
        return place_hold(dossier=dossier, reason=reason, by=cast.fg, on=cast.today)


def test_a_hold_at_one_school_leaves_nothing_half_destroyed_at_another(cast):
    """What the schools share stays while one of them is held, and goes with its last kind."""
    pupil, other, lists = cast.pupils["own"], cast.other_school, Lists(cast)
    made, there = left_two_schools(lists)
    voogd = Representative.objects.create(
        pupil=pupil, kind="voogd", name="Demo", court_decision="C/2", starts_on=LONG_AGO
    )
    hold = hold_back(cast, there)

    with pytest.raises(DatabaseError, match="held dossier"), acting_as(NIGHT, on=cast.today):
        with as_destroyer():
            made.items.filter(kind="parents").update(outcome="intended")
    done = carry_out(made=made, by=NIGHT, on=cast.today)

    assert done.failed == []
    assert [(row.kind, row.left_because) for row in made.items.filter(outcome="left")] == [
        ("parents", "held")
    ]
    assert Enrolment.objects.get(pupil=pupil).school == other
    assert Dossier.objects.get(pupil=pupil) == there
    assert Representative.objects.filter(pk=voogd.pk).exists()
    assert Parenthood.objects.filter(pupil=pupil).exists()

    with acting_as(cast.fg, on=cast.today):
        lift_hold(hold=hold, words="Afgehandeld", by=cast.fg, on=cast.today)
    with acting_as(NIGHT, on=MADE):
        last = make_list(school=other, by=NIGHT, on=MADE)
    lists.decide(last, by="other_director")
    lists.review(last, by="other_director")
    lists.approve(last)
    assert carry_out(made=last, by=NIGHT, on=cast.today).failed == []
    assert not Representative.objects.filter(pk=voogd.pk).exists()
    assert not Parenthood.objects.filter(pupil_id=pupil.pk).exists()
    assert not Pupil.objects.filter(pk=pupil.pk).exists()


def test_a_hold_elsewhere_that_comes_after_the_ledgers_line_keeps_what_both_share(
    cast, monkeypatch
):
    """The other school's item goes on to its end, and takes nothing of who is held along."""
    pupil, lists = cast.pupils["own"], Lists(cast)
    made, there = left_two_schools(lists)
    with monkeypatch.context() as broken:
        broken.setattr("retention.carrying_out.destroy_rows", _fail)
        assert carry_out(made=made, by=NIGHT, on=cast.today).failed
    assert set(made.items.values_list("outcome", flat=True)) == {"intended"}
    hold_back(cast, there)

    assert carry_out(made=made, by=NIGHT, on=cast.today).failed == []

    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
    assert Dossier.objects.get(pupil=pupil) == there
    assert Parenthood.objects.filter(pupil=pupil).count() == 3


def _fail(*_items: object) -> None:
    raise DatabaseError
