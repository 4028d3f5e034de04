"""What somebody wrote in the database past the portal: a hold lifted, a term that counts."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from audit.actions import record
from audit.models import LogEntry
from retention import carrying_out, events
from retention.actions.holds import Reason, lift_hold, place_hold
from retention.actions.lists import due_unlisted
from retention.carrying_out import carry_out
from retention.keeping_on import SomeListsFailed, carry_on_all
from retention.models import DestructionList, Hold, HoldWords, LedgerLine, TermChange
from retention.queries.unsaid import TermNotSaid, lifted_by_nobody, terms_not_said
from retention.rules.closing import Stop
from students.models import Parent, Parenthood
from tests.retention.lists.closing import NIGHT
from tests.retention.lists.conftest import LEFT, Lists
from tests.retention.test_due_in_sql import let_leave
from tests.retention.test_setting_terms import approve, propose

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P9")]


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


def place(cast, pupil: str, by: str = "fg", school=None) -> Hold:
    who = cast.people[by]
    with acting_as(who, on=cast.today):
        reason = Reason("procedure", "Rechtszaak")
        dossier = cast.dossier(pupil, school or cast.school)
        return place_hold(dossier=dossier, reason=reason, by=who, on=cast.today)


def lift(cast, hold: Hold, by: str = "fg") -> None:
    who = cast.people[by]
    with acting_as(who, on=cast.today):
        lift_hold(hold=hold, words="Afgehandeld", by=who, on=cast.today)


def lift_in_the_database(cast, hold: Hold) -> None:
    """In the name of the FG, with a row in the log that bears the mark of another row."""
    words = HoldWords.objects.create(dossier=hold.dossier, sealed=b"x", written_by=cast.fg)
    rows = Hold.objects.filter(pk=hold.pk)
    now = timezone.now()
    rows.update(lifted_on=cast.today, lifted_at=now, lifted_by=cast.fg, lifting=words)
    with acting_as(cast.fg, on=cast.today):
        forged = record(events.HOLD_REVIEWED, by=cast.fg, unit=cast.school.pk, target=hold)
    forged = LogEntry.objects.get(pk=forged.pk)
    forged.pk, forged.event = uuid.uuid4(), events.HOLD_LIFTED.code
    LogEntry.objects.bulk_create([forged])


def set_in_the_database(cast) -> None:
    """A year for what is medical, in the names of two people."""
    row = TermChange.objects.create(
        board=cast.board, kind="medical", years=1, source="Wet op niets",
        proposed_by=cast.privacy_officer,
    )  # fmt: skip
    assert terms_not_said([cast.board.pk]) == set(), "it only waits"
    rows = TermChange.objects.filter(pk=row.pk)
    rows.update(approved_by=cast.board_officer, approved_at=timezone.now())


def left(made: DestructionList) -> dict[str, str]:
    return dict(made.items.values_list("kind", "left_because"))


def test_a_hold_that_was_lifted_in_the_database_alone_still_stands_until_one_is_placed_anew(
    cast, sign_in, django_capture_on_commit_callbacks
):
    made = Lists(cast).approved("own")
    lift_in_the_database(cast, hold := place(cast, "own"))
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        done = carry_out(made=made, by=NIGHT, on=cast.today)
    assert (done.destroyed, done.left, set(left(made).values())) == (0, 6, {"unlifted"})
    assert not LedgerLine.objects.exists()
    heard = {address for one in mail.outbox for address in one.to}
    assert heard >= {"fg@example.org", "director@example.org", "privacy_officer@example.org"}
    assert "past the portal" in mail.outbox[0].body
    assert not any("Sur-" in one.body for one in mail.outbox)
    address = reverse("destruction_item", args=[made.items.first().pk])
    page = sign_in(cast.director).get(address).content.decode()
    assert "the log does not say who lifted that hold" in page

    dossier = [hold.dossier_id]
    assert lifted_by_nobody(dossier, cast.today) == [hold]
    lift(cast, place(cast, "own", by="director"), by="director")
    assert lifted_by_nobody(dossier, cast.today) == [hold], "it weighs less than one of the FG"
    again = place(cast, "own")
    assert due_unlisted(cast.school, cast.today) == [], "it goes round no more"
    lift_in_the_database(cast, again)
    assert lifted_by_nobody(dossier, cast.today) == [again]
    lift(cast, place(cast, "own"))
    assert lifted_by_nobody(dossier, cast.today) == []


def test_parents_data_are_kept_by_such_a_hold_of_another_child_and_the_rest_goes(cast):
    made = Lists(cast).approved("own")
    sister = let_leave(cast, "foreign", LEFT)
    mother = Parent.objects.get(user=cast.parent)
    Parenthood.objects.create(parent=mother, pupil=sister.pupil, relation="mother")
    hold = place(cast, "foreign", school=cast.other_school)
    lift_in_the_database(cast, hold)
    assert lifted_by_nobody([sister.pk], cast.today) == [hold]
    done = carry_out(made=made, by=NIGHT, on=cast.today)
    assert (done.destroyed, left(made).pop("parents")) == (5, "unlifted")


def test_who_placed_a_hold_hears_that_somebody_else_lifted_it_while_a_list_is_approved(
    cast, django_capture_on_commit_callbacks
):
    lists, held = Lists(cast), place(cast, "own", by="director")
    lift(cast, held, by="director")
    made = lists.approved("own")

    def heard(by: str, lifted_by: str) -> set[str]:
        hold = place(cast, "own", by=by)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            lift(cast, hold, by=lifted_by)
        assert all(made.name in one.body and "Sur-" not in one.body for one in mail.outbox)
        return {address for one in mail.outbox for address in one.to}

    cast.add_person("second_fg", "fg", cast.board.unit)
    assert heard("director", "deputy") == {"director@example.org"}
    assert heard("director", "director") == set()
    assert heard("fg", "second_fg") == {"fg@example.org"}
    assert heard("second_fg", "second_fg") == {"fg@example.org"}
    lists.cancel(made, because="keep")
    assert heard("director", "deputy") == set()


def test_a_term_that_two_rows_made_in_the_database_alone_stops_the_list_until_it_is_set_anew(
    cast, sign_in
):
    made = Lists(cast).approved("own")
    set_in_the_database(cast)
    assert terms_not_said([cast.board.pk]) == {"medical"}
    with pytest.raises(SomeListsFailed):
        carry_on_all(by=NIGHT, on=cast.today, again=True)
    assert carry_on_all(by=NIGHT, on=cast.today) == 0, "it is tried each night"
    made.refresh_from_db()
    assert (made.stopped_because, set(left(made).values())) == (Stop.TERM, {""})
    client = sign_in(cast.fg)
    page = client.get(reverse("destruction_list", args=[made.pk])).content.decode()
    assert "proposes it anew" in page
    terms = reverse("retention_terms")
    assert "not in the log</span>" in client.get(terms).content.decode()

    approve(cast, propose(cast, years=1))  # the same one, by two people
    assert terms_not_said([cast.board.pk]) == set()
    assert "not in the log" not in client.get(terms).content.decode()
    done = carry_out(made=made, by=NIGHT, on=cast.today)
    assert (done.destroyed, left(made)["medical"]) == (5, "moved")


def test_what_was_begun_goes_to_its_end_though_such_a_term_stops_the_rest(cast, monkeypatch):
    made = Lists(cast).approved("own", "other")
    monkeypatch.setattr(carrying_out, "_BATCH", 3)
    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "write_out", _full)
        patch.setattr(carrying_out, "OF_EVERY_ITEM", {Stop.DISK})
        carry_out(made=made, by=NIGHT, on=cast.today)
    begun = set(made.items.filter(outcome="intended").values_list("pk", flat=True))
    assert len(begun) == 3
    set_in_the_database(cast)
    with pytest.raises(TermNotSaid):
        carry_out(made=made, by=NIGHT, on=cast.today)
    gone = set(made.items.filter(outcome="destroyed").values_list("pk", flat=True))
    assert (gone, made.items.filter(outcome="").count()) == (begun, made.items.count() - 3)


def _full() -> None:
    raise OSError("full")
