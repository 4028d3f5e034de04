"""Asking, approving, refusing, taking back: who may, what is recorded, what is refused."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.notes import withdraw_note
from dossiers.models import Note
from retention.actions import erasures as asking
from retention.actions.erasures import approve_erasure, refuse_erasure, withdraw_erasure
from retention.actions.holds import Reason, place_hold
from retention.destroyer import as_destroyer
from retention.models import Erasure, ErasureWords
from retention.queries.erasures import erasable_in, withdrawn_and_kept, words_of
from students.models import School
from tests.retention.lists.conftest import Lists

_ARGUMENTS = "uuid, uuid, date, text[], text[]"
_COUNTED = f"""
create sequence times_asked;
alter function retention_holds_role({_ARGUMENTS}) rename to really_holds_role;
create function retention_holds_role({_ARGUMENTS}) returns boolean language sql security definer
    as 'select nextval(''times_asked'') > 0 and really_holds_role($1, $2, $3, $4, $5)';
select setval('times_asked', 1);
"""
pytestmark = [pytest.mark.django_db, pytest.mark.promise("P23")]


def test_director_deputy_and_privacy_officer_ask_and_nobody_else_nor_for_an_own_child(
    cast, erasures
):
    for by in ("director", "deputy", "privacy_officer"):
        row = erasures.ask("note", erasures.note().pk, by=by)
        assert LogEntry.objects.get(event="erasure-asked", object_pk=str(row.pk)).subjects == [
            cast.pupils["own"].log_key
        ]
    note = erasures.note()
    for by in ("counsellor", "board_officer", "fg", "other_director", "administrator", "parent"):
        with pytest.raises(NotAllowed):
            erasures.ask("note", note.pk, by=by)
    cast.add_person("parent_teacher", "director", cast.school.unit)
    with pytest.raises(NotAllowed):
        erasures.ask("note", note.pk, by="parent_teacher")


def test_what_is_asked_must_stand_in_that_dossier_and_makes_sense(cast, erasures):
    note, elsewhere = erasures.note(), erasures.note(pupil="other", by="other_counsellor")
    for key in (elsewhere.pk, uuid.uuid4()):
        with pytest.raises(NotAllowed):
            erasures.ask("note", key)
    with pytest.raises(NotAllowed):
        erasures.ask("file", note.pk)
    for more in (
        {"received_on": cast.today + timedelta(days=1)}, {"words": " "},
        {"because": "because"}, {"asker": "aunt"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            erasures.ask("note", note.pk, **more)
    erasures.ask("note", note.pk)
    with pytest.raises(Overtaken):
        erasures.ask("note", note.pk, by="deputy")
    # The database asks the same of whoever writes past the action.
    row = Erasure.objects.get()
    planted = Erasure(
        dossier=row.dossier, sort="note", target=elsewhere.pk, part_kind="guidance",
        asker="school", because="law", received_on=cast.today, words=row.words,
        proposed_on=cast.today, proposed_by=cast.director,
    )  # fmt: skip
    with acting_as(cast.director, on=cast.today) as work:
        work.abandon()
        with pytest.raises(DatabaseError, match="for no own child"), transaction.atomic():
            planted.save(force_insert=True)


def test_a_second_person_of_the_board_approves_and_what_is_held_waits(cast, erasures):
    row = erasures.ask("note", erasures.note().pk, by="privacy_officer")
    for by in ("privacy_officer", "director", "fg", "counsellor"):
        with pytest.raises(NotAllowed):
            erasures.approve(row, by=by)
        with pytest.raises(DatabaseError), acting_as(cast.people[by], on=cast.today):
            Erasure.objects.filter(pk=row.pk).update(
                approved_on=cast.today, approved_at=row.proposed_at, approved_by=cast.people[by]
            )
    with acting_as(cast.fg, on=cast.today):
        place_hold(
            dossier=cast.dossier("own"), reason=Reason("complaint", "Klacht", cast.today),
            by=cast.fg, on=cast.today,
        )  # fmt: skip
    with pytest.raises(Refused, match="held"):
        erasures.approve(row, by="board_officer")
    other = erasures.ask(
        "note", erasures.note(pupil="other", by="other_counsellor").pk, pupil="other"
    )
    erasures.approve(other, by="board_officer")
    assert LogEntry.objects.filter(event="erasure-approved", object_pk=str(other.pk)).count() == 1
    with pytest.raises(Overtaken):
        erasures.approve(other, by="privacy_officer")


def test_refused_or_taken_back_with_a_reason_nothing_goes_and_it_may_be_asked_again(cast, erasures):
    note, on = erasures.note(), cast.today
    refused = erasures.ask("note", note.pk)
    with acting_as(cast.board_officer, on=on):
        refuse_erasure(erasure=refused, words="The law keeps it", by=cast.board_officer, on=on)
    back = erasures.approve(erasures.ask("note", note.pk, asker="school"))
    with acting_as(cast.deputy, on=on):
        withdraw_erasure(erasure=back, words="It is right after all", by=cast.deputy, on=on)
    assert (erasures.run().done, Erasure.objects.filter(outcome="").count()) == (0, 2)
    events = LogEntry.objects.filter(event__in=["erasure-refused", "erasure-withdrawn"])
    assert events.count() == 2
    refused.refresh_from_db()
    with acting_as(cast.director, on=on):
        said = words_of(refused, cast.director, on=on)
    assert (said.asked, said.ended) == ("It is about another pupil", "The law keeps it")
    with acting_as(cast.counsellor, on=on):
        assert not ErasureWords.objects.exists()
    with acting_as(cast.board_officer, on=on), pytest.raises(Overtaken):
        approve_erasure(erasure=refused, by=cast.board_officer, on=on)
    assert erasures.ask("note", note.pk, by="deputy").state == "open"


def test_nobody_asks_to_erase_what_is_being_destroyed_and_the_rest_may_still_be_asked(
    cast, erasures, monkeypatch
):
    medical = erasures.note(by="school_doctor", kind="medical")
    others = [erasures.note() for _number in "123"]
    lists = Lists(cast)
    made = lists.make("own", left=date(2021, 10, 20))
    for step in (lists.decide, lists.review, lists.approve):
        step(made)

    def goes(kind: str) -> None:
        with as_destroyer():
            made.items.filter(kind=kind).update(outcome="intended")

    def is_refused(note: Note) -> None:
        with pytest.raises(Refused, match="being destroyed now"):
            erasures.ask("note", note.pk)
        with monkeypatch.context() as patch:
            patch.setattr(asking, "kinds_going", lambda dossier: set())
            with pytest.raises(DatabaseError, match="is being destroyed"), transaction.atomic():
                erasures.ask("note", note.pk)

    goes("medical")
    is_refused(medical)
    asked = erasures.ask("note", others[0].pk)  # as it was: keeps the rest until it is answered
    with pytest.raises(DatabaseError, match="is answered first"), transaction.atomic():
        goes("guidance")
    with acting_as(cast.board_officer, on=cast.today):
        by = cast.board_officer
        refuse_erasure(erasure=asked, words="The law keeps it", by=by, on=cast.today)
    goes("guidance")
    is_refused(others[1])
    assert Erasure.objects.get() == asked


def test_what_was_withdrawn_waits_with_who_may_ask_until_somebody_does(cast, erasures):
    note, stays = erasures.note(), erasures.note()
    with acting_as(cast.counsellor, on=cast.today):
        withdraw_note(note=note, by=cast.counsellor, on=cast.today)

    def waiting(by: str) -> list[uuid.UUID]:
        with acting_as(cast.people[by], on=cast.today):
            return [one.id for one in withdrawn_and_kept()]

    for by in ("director", "deputy", "privacy_officer"):
        assert waiting(by) == [note.pk]
    for by in ("other_director", "board_officer", "fg", "counsellor", "parent"):
        assert waiting(by) == []
    with acting_as(cast.director, on=cast.today):
        assert {one.id for one in erasable_in(cast.dossier("own"))} == {note.pk, stays.pk}
    with acting_as(cast.counsellor, on=cast.today):
        assert erasable_in(cast.dossier("own")) == []
    erasures.ask("note", note.pk)
    assert waiting("director") == []


def test_what_was_withdrawn_asks_the_role_of_schools_however_much_it_is_and_shows_no_own_child(
    cast,
):
    by = cast.counsellor
    said = {
        "author": by,
        "happened_on": cast.today,
        "withdrawn_at": timezone.now(),
        "withdrawn_by": by,
    }
    for pupil in ("own", "other", "eleven", "twelve"):
        Note.objects.create(part=cast.part(pupil), **said)
    cast.add_person("parent", "director", cast.school.unit)  # of "own"
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
    for name, seen in (("director", 4), ("parent", 3), ("other_director", 0)):
        with acting_as(cast.people[name], on=cast.today):
            assert len(withdrawn_and_kept()) == seen
        with connection.cursor() as cursor:
            cursor.execute("select last_value - 1 from times_asked")
            assert cursor.fetchone()[0] == School.objects.count()
            cursor.execute("select setval('times_asked', 1)")
