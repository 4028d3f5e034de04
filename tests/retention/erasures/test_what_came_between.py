"""What comes between the approval and the night: a question, a version, a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from audit.sealing import seal_restoration
from dossiers.actions.files import move_file
from dossiers.models import Dossier, File, Note, NoteVersion
from oversight.actions.questions import answer_question
from retention import erasing
from retention.actions.again import destroy_missing_again
from retention.actions.erasures import withdraw_erasure
from retention.destroyer import as_destroyer
from retention.erasing import approved_and_not_done
from retention.models import DestructionItem, Erasure, ErasureWords, Hold
from retention.queries.due import is_held
from retention.taking_back import TakenBack, take_approvals_back
from retention.tasks.restored import tell_of_restoring
from tests.guards.seed_looks import look_and_ask
from tests.retention.erasures.conftest import NIGHT
from tests.retention.erasures.test_erasing import everything_opens
from tests.retention.lists.conftest import Lists
from tests.retention.lists.test_carrying_out import run

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P23")]


def test_an_open_question_of_a_parent_holds_up_approving_and_erasing_until_it_is_answered(
    cast, erasures, sign_in
):
    approved, asked = (erasures.ask("note", erasures.note().pk) for _ in range(2))
    erasures.approve(approved)
    question = look_and_ask(
        cast, "own", parent="parent", teacher="counsellor", why="Why was this opened?"
    ).question
    with pytest.raises(Refused, match="held"):
        erasures.approve(asked)
    page = sign_in(cast.board_officer).get(reverse("erasure", args=[asked.pk]))
    assert "This dossier is held" in page.content.decode()
    assert (erasures.run().waiting, Note.objects.filter(pk=approved.target).count()) == (1, 1)
    assert Hold.objects.get().room == "oversight"  # which the database respects
    with acting_as(cast.director, on=cast.today):
        answer_question(
            question=question, words="For the report meeting", by=cast.director, on=cast.today
        )
    assert (erasures.run().done, Note.objects.filter(pk=approved.target).count()) == (1, 0)
    erasures.approve(asked)


def test_a_familys_request_keeps_its_dossier_from_every_list_until_it_is_answered_and_erased(
    cast, erasures, sign_in
):
    made = Lists(cast).approved("own")
    rows = [erasures.ask("note", erasures.note().pk, asker=who) for who in ("school", "parent")]
    one = made.items.first()
    with acting_as(NIGHT, on=cast.today), as_destroyer():
        held = pytest.raises(DatabaseError, match="what a family asked is answered first")
        with held, transaction.atomic():
            DestructionItem.objects.filter(pk=one.pk).update(outcome="intended")
    page = sign_in(cast.director).get(reverse("destruction_item", args=[one.pk]))
    assert "Something about this pupil is still open" in page.content.decode()
    assert run(made, cast.today).left == 6
    assert set(made.items.values_list("left_because", flat=True)) == {"held"}
    erasures.approve(rows[1])  # it holds no erasing
    assert erasures.run().done == 1
    again = Dossier.objects.filter(is_held(cast.today), pupil=cast.pupils["own"])
    assert not again.exists(), "what the school asked for itself owes nobody an answer"


def test_a_version_or_file_that_comes_after_the_approval_is_decided_anew_and_a_move_is_not(
    cast, erasures, sign_in
):
    corrected, filled = erasures.note("Corrected"), erasures.note("Filled")
    rows = [erasures.approve(erasures.ask("note", one.pk)) for one in (corrected, filled)]
    file = erasures.file()
    moved = erasures.approve(erasures.ask("file", file.pk))
    erasures.correct(corrected, "Right now")
    erasures.file(filled)
    with acting_as(cast.counsellor, on=cast.today):
        move_file(file=file, to=cast.part("own", "care"), by=cast.counsellor, on=cast.today)

    assert (erasures.run().done, erasures.run().waiting) == (1, 0)
    moved.refresh_from_db()
    assert moved.outcome == "done"
    assert (Note.objects.count(), NoteVersion.objects.filter(note=corrected).count()) == (2, 2)
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.approved_by) == ("open", None)
        assert LogEntry.objects.filter(event="erasure-reopened", object_pk=str(row.pk)).count() == 1
    page = sign_in(cast.board_officer).get(reverse("erasure", args=[rows[0].pk]))
    assert "To be decided anew" in page.content.decode()
    erasures.approve(rows[0], by="board_officer")
    assert (erasures.run().done, Note.objects.get()) == (1, filled)


def test_a_note_takes_no_file_along_that_was_moved_to_another_part(cast, erasures):
    note = erasures.note()
    file, stays = erasures.file(note), erasures.file(note)
    care = cast.part("own", "care")
    with acting_as(cast.counsellor, on=cast.today):
        before = move_file(file=file, to=care, by=cast.counsellor, on=cast.today)
    row = erasures.approve(erasures.ask("note", note.pk))
    with acting_as(cast.counsellor, on=cast.today):
        since = move_file(file=stays, to=care, by=cast.counsellor, on=cast.today)
    assert (erasures.run().done, File.objects.count()) == (
        0,
        4,
    )  # decided anew: it was with it then
    erasures.approve(row, by="board_officer")
    assert erasures.run().done == 1
    assert set(File.objects.values_list("pk", "moved_from")) == {
        (before.pk, None),
        (since.pk, None),
    }
    everything_opens(cast)


def test_no_approval_is_taken_away_where_nothing_came_and_none_carried_out_where_something_did(
    cast, erasures
):
    note = erasures.note()
    row = erasures.approve(erasures.ask("note", note.pk))
    rows = Erasure.objects.filter(pk=row.pk)
    nobody = {"approved_on": None, "approved_at": None, "approved_by": None}
    with pytest.raises(DatabaseError, match="when something came"), transaction.atomic():
        rows.update(reopened_at=timezone.now(), **nobody)
    erasures.correct(note, "Right now")
    intended = {"outcome": "intended", "pieces": 1, "fingerprint": "x"}
    with (
        pytest.raises(DatabaseError, match="too early"),
        acting_as(NIGHT, on=erasures.night),
        as_destroyer(),
    ):
        rows.update(**intended)
    for anew in ({"reopened_at": timezone.now()}, nobody, nobody | {"reopened_at": timezone.now()}):
        with (
            pytest.raises(DatabaseError),
            acting_as(cast.board_officer, on=cast.today),
        ):
            rows.update(**anew)
    assert rows.get().state == "approved"


def test_what_is_being_erased_takes_no_version(cast, erasures, monkeypatch):
    note = erasures.note()
    erasures.approve(erasures.ask("note", note.pk))
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "others_have_ended", lambda: False)
        assert erasures.run().waiting == 1
    with pytest.raises(DatabaseError, match="being erased"), transaction.atomic():
        erasures.correct(note, "Right now")
    assert erasures.run().done == 1


def test_who_approved_takes_it_back_within_a_whole_day_and_no_other_of_the_board_does(
    cast, erasures
):
    row = erasures.approve(erasures.ask("note", erasures.note().pk), by="board_officer")
    assert approved_and_not_done(cast.today + timedelta(days=1)) == []
    on = cast.today + timedelta(days=1)
    with pytest.raises(DatabaseError, match="too early"), acting_as(NIGHT, on=on), as_destroyer():
        Erasure.objects.filter(pk=row.pk).update(outcome="intended", pieces=1, fingerprint="x")
    other = cast.add_person("second_officer", "board-officer", cast.board.unit)
    for by in (other, cast.board_officer):
        with acting_as(by, on=on):
            if by == other:
                with pytest.raises(NotAllowed):
                    withdraw_erasure(erasure=row, words="Mine", by=by, on=on)
            else:
                withdraw_erasure(erasure=row, words="A slip", by=by, on=on)
    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("withdrawn", cast.board_officer)
    assert erasures.run().done == 0


def test_of_two_steps_in_one_statement_the_database_asks_each(cast, erasures):
    row = erasures.ask("note", erasures.note().pk)
    by, now = cast.add_person("deputy_too", "deputy", cast.school.unit), timezone.now()
    words = ErasureWords.objects.create(dossier=row.dossier, written_by=by, sealed=b"sealed")
    on = {"ended_on": cast.today, "ended_at": now, "ended_words": words, "ended": "withdrawn"}
    approved = {"approved_on": cast.today, "approved_at": now}
    for steps in (
        approved | on | {"approved_by": by, "ended_by": by},
        on | {"ended_by": cast.board_officer},  # who did not approve it
    ):
        with pytest.raises(DatabaseError, match="not this person's"), transaction.atomic():
            Erasure.objects.filter(pk=row.pk).update(**steps)
    assert Erasure.objects.filter(pk=row.pk).update(**on, ended_by=by) == 1


def test_after_a_copy_was_put_back_only_what_the_ledger_names_is_still_approved(
    cast, erasures, sign_in, settings, tmp_path, django_capture_on_commit_callbacks
):
    named, lost = (erasures.approve(erasures.ask("note", erasures.note().pk)) for _ in range(2))
    with transaction.atomic(), transaction.atomic(using="keys"):
        with acting_as(cast.privacy_officer, on=cast.today):
            withdraw_erasure(erasure=lost, words="A slip", by=cast.privacy_officer, on=cast.today)
        assert erasures.run().done == 1
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    nobody = {"approved_on": None, "approved_at": None, "approved_by": None}
    anew = nobody | {"restored_from": timezone.now()}
    for more in ({"received_on": cast.today - timedelta(days=1)}, {"reopened_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Erasure.objects.filter(pk=lost.pk).update(**anew, **more)
    for by in (cast.privacy_officer, NIGHT):
        with pytest.raises(DatabaseError), acting_as(by, on=cast.today):
            Erasure.objects.filter(pk=lost.pk).update(**anew)

    settings.LOG_HEADS = tmp_path / "heads"  # of a seal that is gone
    settings.LOG_HEADS.write_text(f"1 {'ab' * 32} {timezone.now().isoformat()}\n")
    assert erasures.run().failed == [named.pk, lost.pk], "it was put back by other means"
    assert Note.objects.count() == 2
    assert seal_restoration(reason="a test", now=timezone.now())

    assert destroy_missing_again(on=cast.today) == 1
    copied_at = datetime(2026, 10, 20, 1, 15, tzinfo=UTC)
    back = [take_approvals_back(copied_at=copied_at, on=cast.today) for _ in range(2)]
    assert back == [TakenBack(erasures=1)] * 2

    assert (erasures.run().done, Note.objects.get().pk) == (1, lost.target)
    named.refresh_from_db()
    lost.refresh_from_db()
    assert (named.state, lost.state) == ("gone", "open")
    page = sign_in(cast.board_officer).get(reverse("erasure", args=[lost.pk]))
    assert "The copy is of 20 October 2026, 03:15." in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        tell_of_restoring()
    assert {sent.subject for sent in mail.outbox} == {"A request to erase waits for you"}
    assert "The portal was put back from a copy of 20 October 2026" in mail.outbox[0].body
    erasures.approve(lost, by="board_officer")
    assert (erasures.run().done, Note.objects.count()) == (1, 0)
