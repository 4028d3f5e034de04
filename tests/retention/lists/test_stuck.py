"""While an item waits for another try nobody comes back to what goes, and nobody is told wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from access.acting import acting_as
from access.errors import Refused
from audit.actions import record
from dossiers.kinds import AssignmentKind
from dossiers.models import DossierPart
from retention import carrying_out
from retention.actions import again, holds
from retention.actions.holds import Reason, place_hold
from retention.models import EndedKind
from retention.tasks.leavers import make_dossiers_whole
from students import seen
from students.actions.enrolments import record_leaving, return_pupil, undo_leaving
from students.events import ACCOUNT_LINKED
from students.models import Enrolment, PupilSourceKey
from students.roster.actions import forget_problems
from tests.retention.lists.conftest import LEFT, MADE, OVERNIGHT
from tests.students.roster import imports
from tests.students.roster.files import edexml
from tests.students.roster.files import pupil as row_of
from vault.models import PartKey

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P9")]
LONG_AGO = date(2021, 10, 20)  # also the administration is due


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def stuck(cast, lists, monkeypatch):
    """Everything of a pupil that is due is intended, and the disk beside the ledger is full."""
    made = lists.approved("own")
    with monkeypatch.context() as broken:
        broken.setattr(carrying_out, "write_out", _full)
        assert len(run(made, cast).failed) == 6
    assert set(made.items.values_list("outcome", flat=True)) == {"intended"}
    return made


def _full() -> None:
    raise OSError("disk")


def run(made, cast) -> carrying_out.Carried:
    return carrying_out.carry_out(made=made, by=OVERNIGHT, on=cast.today)


def stay(cast) -> Enrolment:
    return Enrolment.objects.filter(pupil=cast.pupils["own"]).latest("starts_on")


def returns(cast, **how) -> None:
    how = {"pupil": cast.pupils["own"], "school": cast.school, "starts_on": cast.today, **how}
    by_hand(cast, return_pupil, **how)


def by_hand(cast, act, **how) -> None:
    by, before = cast.administrator, seen.of_enrolments(cast.pupils["own"])
    with acting_as(by, on=cast.today):
        act(**how, seen_before=before, by=by, on=cast.today)


def had_not_left(cast) -> None:
    by_hand(cast, undo_leaving, enrolment=stay(cast))


def left_on_another_day(cast) -> None:
    by_hand(cast, record_leaving, enrolment=stay(cast), last_day=LEFT + timedelta(days=9))


def raw(sql: str):
    def change(cast) -> None:
        values = {"pupil": cast.pupils["own"].pk, "school": cast.school.pk}
        with acting_as(OVERNIGHT, on=cast.today), connection.cursor() as cursor:
            cursor.execute(sql, values)
            record(ACCOUNT_LINKED, by=OVERNIGHT, subjects=[cast.pupils["own"].log_key])

    return change


COMES = raw(
    "insert into students_enrolment (id, pupil_id, school_id, starts_on)"
    " values (gen_random_uuid(), %(pupil)s, %(school)s, current_date)"
)
STAYS = raw("update students_enrolment set ends_on = null where pupil_id = %(pupil)s")


def is_whole(cast) -> bool:
    parts = DossierPart.objects.filter(dossier=cast.dossier("own")).values_list("pk", flat=True)
    ended = EndedKind.objects.filter(dossier_id=cast.dossier("own").pk)
    keys = PartKey.objects.filter(part_id__in=list(parts))
    return len(parts) == keys.count() == 6 and not ended.exists()


def test_nobody_comes_back_to_what_is_being_destroyed_and_who_does_afterwards_has_a_whole_dossier(
    cast, stuck
):
    for way in (returns, had_not_left, left_on_another_day):
        with pytest.raises(Refused, match="being destroyed now"):
            way(cast)
    for way in (COMES, STAYS):
        with pytest.raises(DatabaseError, match="being destroyed"), transaction.atomic():
            way(cast)
    assert stay(cast).ends_on == LEFT
    raw("update students_enrolment set starts_on = starts_on where pupil_id = %(pupil)s")(cast)

    assert run(stuck, cast).destroyed == 6
    few = {"starts_on": cast.today, "ends_on": cast.today + timedelta(days=3)}
    with pytest.raises(Refused, match="nothing to open"):
        cast.assign("counsellor", "own", AssignmentKind.SHORT, **few)
    returns(cast)

    assert is_whole(cast)
    cast.assign("counsellor", "own", starts_on=cast.today)


def test_a_roster_leaves_out_whose_records_are_being_destroyed_says_so_and_does_the_rest(
    cast, stuck, sign_in
):
    pupil, key = cast.pupils["own"], "own-1"
    PupilSourceKey.objects.create(pupil=pupil, school=cast.school, system=imports.SOURCE, key=key)
    rows = [
        row_of(key, roepnaam="Bente", achternaam=pupil.surname, geboortedatum=pupil.birth_date),
        row_of("new-1", roepnaam="Fenna", achternaam="Duinmeijer"),
    ]
    data = edexml(rows, school="<schooljaar>2026-2027</schooljaar><brincode>99DA</brincode>")

    done = imports.run(cast.school, data, by=cast.administrator, on=cast.today)

    assert done.state == "applied"
    assert [(one["code"], one["key"]) for one in done.problems] == [("being_destroyed", key)]
    assert done.counts == {"pupil.new": 1}
    assert stay(cast).ends_on == LEFT
    assert Enrolment.objects.filter(pupil__first_name="Fenna", ends_on=None).exists()
    page = sign_in(cast.administrator).get(reverse("roster_import", args=[done.pk]))
    assertContains(page, "1 pupil was left out")
    assertContains(page, key)
    run(stuck, cast)
    assert imports.run(cast.school, data, by=cast.administrator, on=cast.today).problems == []
    assert is_whole(cast)
    with acting_as(OVERNIGHT, on=cast.today):
        assert forget_problems(by=OVERNIGHT, on=cast.today + timedelta(days=20)) == 1


@pytest.mark.parametrize("is_at_once", [True, False])
def test_who_is_back_all_the_same_begins_again_when_the_old_dossier_goes_or_the_next_night(
    cast, stuck, monkeypatch, is_at_once
):
    """As it was before anybody was refused: back at school, and assigning ended in an error."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("drop trigger no_stay_changes_while_it_goes on students_enrolment")
        cursor.execute("set constraints all deferred")
    STAYS(cast)
    if not is_at_once:
        monkeypatch.setattr(again, "begin_again_after", lambda items: 0)

    assert run(stuck, cast).destroyed == 6

    assert is_whole(cast) is is_at_once
    if not is_at_once:
        with pytest.raises(Refused, match="the next morning"):
            cast.assign("counsellor", "own", starts_on=cast.today)
        assert make_dossiers_whole() == 1
        assert is_whole(cast)
    assert make_dossiers_whole() == 0
    cast.assign("counsellor", "own", starts_on=cast.today)


def hold(cast, pupil: str) -> None:
    with acting_as(cast.fg, on=cast.today):
        reason = Reason("complaint", "Klacht")
        place_hold(dossier=cast.dossier(pupil), reason=reason, by=cast.fg, on=cast.today)


def test_a_hold_keeps_what_nobody_began_to_destroy_and_comes_too_late_for_the_last_kind(
    cast, stuck, lists, monkeypatch, sign_in
):
    client, own = sign_in(cast.director), reverse("hold_dossier", args=[cast.dossier("own").pk])
    page = client.get(own)
    assertContains(page, "Being destroyed now: Dossier, Medical")
    assertContains(page, "what is left falls due on 1 November 2028")
    sent = {"because": "complaint", "words": "Klacht", "until": "2030-01-01"}
    page = client.post(own, sent, follow=True)
    assertContains(page, "It came too late for what is being destroyed already: Dossier, Medical")
    assertNotContains(page, "Nobody can destroy this dossier now")
    assert run(stuck, cast).destroyed == 6
    page = client.get(own)
    assertContains(page, "Destroyed already: Dossier, Medical")
    assertContains(page, "what is left falls due on 1 November 2028")
    assertNotContains(page, "Being destroyed now")
    here = client.get(reverse("hold_dossier", args=[cast.dossier("twelve").pk]))
    assertContains(here, "No leaving date is known")

    made = lists.make("other", left=LONG_AGO, on=MADE + timedelta(days=1))
    for step in (lists.decide, lists.review, lists.approve):
        step(made)
    monkeypatch.setattr(carrying_out, "write_out", _full)
    assert run(made, cast).failed
    assert made.items.get(kind="administration").outcome == "intended"
    with pytest.raises(Refused, match="comes too late"):
        hold(cast, "other")
    monkeypatch.setattr(holds, "kinds_going", lambda dossier: set())
    with pytest.raises(DatabaseError, match="is being destroyed"), transaction.atomic():
        hold(cast, "other")
    page = client.get(reverse("hold_dossier", args=[cast.dossier("other").pk]))
    assertContains(page, "A hold comes too late")
    assertNotContains(page, "Place the hold")
