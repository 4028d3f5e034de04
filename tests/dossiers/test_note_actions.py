"""Writing, correcting and withdrawing notes: what is kept, recorded and refused."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.notes import (
    NoteText,
    correct_note,
    withdraw_note,
    withdraw_note_as_keeper,
    write_note,
)
from dossiers.models import Note, NoteVersion
from dossiers.queries import note_headers, notes_visible_to
from tests.cast import build_cast
from vault.errors import Unreadable
from vault.sealing import keyring

BSN = "111222333"


def text_of(version: NoteVersion) -> dict[str, str]:
    return keyring([version.part_id]).open_json(version.part_id, version.place, version.sealed)


def correct(note, by, on, *, seen=1, facts="Better facts", reason="the level was wrong"):
    return correct_note(
        note=note,
        text=NoteText("Title-marker", facts, "Opinion-marker"),
        reason=reason,
        seen_number=seen,
        by=by,
        on=on,
    )


@pytest.mark.promise("P24")
def test_writing_keeps_facts_and_opinion_apart_and_is_recorded(cast, write):
    note = write()
    assert text_of(note.versions.get()) == {
        "title": "Title-marker",
        "facts": "Facts-marker",
        "opinion": "Opinion-marker",
    }
    row = LogEntry.objects.get(event="note-written")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert (row.actor_id, row.ground) == (cast.counsellor.pk, "assignment")
    assert row.additional_data == {"part": "guidance"}


@pytest.mark.parametrize("person", ["other_counsellor", "director", "school_doctor", "former"])
@pytest.mark.promise("P2")
def test_only_who_is_assigned_to_the_part_writes_in_it(cast, write, person):
    with pytest.raises(NotAllowed):
        write(by=person)
    assert not LogEntry.objects.filter(event="note-written").exists()


@pytest.mark.promise("P6")
def test_the_school_doctor_writes_in_the_medical_part_and_a_counsellor_does_not(cast, write):
    assert write(by="school_doctor", part="medical").part.kind == "medical"
    with pytest.raises(NotAllowed):
        write(part="medical")


@pytest.mark.parametrize("field", ["title", "facts", "opinion"])
@pytest.mark.promise("P24")
def test_a_citizen_service_number_is_refused(cast, write, field):
    with pytest.raises(Refused):
        write(**{field: f"number {BSN}"})
    assert not Note.objects.exists()


def test_a_note_about_tomorrow_and_one_among_agreements_are_refused(cast, write):
    with pytest.raises(Refused):
        write(happened_on=cast.today + timedelta(days=1))
    with pytest.raises(Refused):
        write(part="agreements")


@pytest.mark.promise("P24")
def test_a_correction_keeps_the_old_version_with_who_when_and_why(cast, write):
    note = write()
    with acting_as(cast.coordinator, on=cast.today):
        correct(note, cast.coordinator, cast.today)
    first, second = note.versions.order_by("number")
    assert text_of(first)["facts"] == "Facts-marker"
    assert text_of(second)["facts"] == "Better facts"
    assert text_of(second)["reason"] == "the level was wrong"
    assert (first.author_id, second.author_id) == (cast.counsellor.pk, cast.coordinator.pk)
    row = LogEntry.objects.get(event="note-corrected")
    assert row.changes == ["facts"]
    assert row.subjects == [cast.pupils["own"].log_key]


def test_a_correction_needs_a_reason_a_difference_and_no_number(cast, write):
    note = write()
    with acting_as(cast.counsellor, on=cast.today):
        for wrong in (
            {"reason": " "},
            {"facts": "Facts-marker"},
            {"facts": BSN},
            {"reason": BSN},
        ):
            with pytest.raises(Refused):
                correct(note, cast.counsellor, cast.today, **wrong)
    assert note.versions.count() == 1


def test_a_correction_of_an_older_version_is_overtaken(cast, write):
    note = write()
    with acting_as(cast.coordinator, on=cast.today):
        correct(note, cast.coordinator, cast.today)
    with acting_as(cast.counsellor, on=cast.today), pytest.raises(Overtaken):
        correct(note, cast.counsellor, cast.today, facts="Mine")
    assert note.versions.count() == 2


@pytest.mark.promise("P2")
def test_a_stranger_corrects_nothing(cast, write):
    note = write()
    with acting_as(cast.director, on=cast.today), pytest.raises(NotAllowed):
        correct(note, cast.director, cast.today)


def test_the_author_withdraws_a_note_and_it_is_gone_for_everybody(cast, write):
    note = write()
    with acting_as(cast.counsellor, on=cast.today):
        withdraw_note(note=note, by=cast.counsellor, on=cast.today)
        assert not notes_visible_to(cast.counsellor, on=cast.today).exists()
        with pytest.raises(Refused):
            withdraw_note(note=note, by=cast.counsellor, on=cast.today)
        with pytest.raises(Refused):
            correct(note, cast.counsellor, cast.today)
    row = LogEntry.objects.get(event="note-withdrawn")
    assert row.subjects == [cast.pupils["own"].log_key]


def test_another_counsellor_does_not_withdraw_it(cast, write):
    note = write()
    with acting_as(cast.coordinator, on=cast.today), pytest.raises(NotAllowed):
        withdraw_note(note=note, by=cast.coordinator, on=cast.today)


@pytest.mark.parametrize("keeper", ["director", "deputy"])
@pytest.mark.promise("P7")
def test_the_keeper_withdraws_a_note_without_reading_it(cast, write, keeper):
    note, person = write(), cast.people[keeper]
    with acting_as(person, on=cast.today):
        (header,) = note_headers(cast.dossier("own"))
        assert (header.id, header.author_name) == (note.pk, cast.counsellor.name)
        assert not NoteVersion.objects.exists()
        withdraw_note_as_keeper(
            dossier=cast.dossier("own"), note_id=note.pk, by=person, on=cast.today
        )
        with pytest.raises(Refused):
            withdraw_note_as_keeper(
                dossier=cast.dossier("own"), note_id=note.pk, by=person, on=cast.today
            )
    note.refresh_from_db()
    assert note.withdrawn_by_id == person.pk
    row = LogEntry.objects.get(event="note-withdrawn")
    assert (row.ground, row.object_pk) == ("custodian", str(note.pk))


@pytest.mark.parametrize(
    "person", ["counsellor", "other_director", "former_director", "board_officer", "fg"]
)
@pytest.mark.promise("P7")
def test_nobody_else_is_keeper(cast, write, person):
    yesterday = cast.today - timedelta(days=1)
    cast.add_person("former_director", "director", cast.school.unit, ends_on=yesterday)
    note, somebody = write(), cast.people[person]
    with acting_as(somebody, on=cast.today):
        assert note_headers(cast.dossier("own")) == []
        with pytest.raises(NotAllowed):
            withdraw_note_as_keeper(
                dossier=cast.dossier("own"), note_id=note.pk, by=somebody, on=cast.today
            )
    note.refresh_from_db()
    assert note.withdrawn_at is None


@pytest.mark.promise("P7")
def test_the_keeper_withdraws_a_note_only_from_the_dossier_it_stands_in(cast, write):
    """The log would say that it was withdrawn from another pupil's dossier."""
    note = write()
    with acting_as(cast.director, on=cast.today), pytest.raises(NotAllowed):
        withdraw_note_as_keeper(
            dossier=cast.dossier("other"), note_id=note.pk, by=cast.director, on=cast.today
        )
    assert not Note.objects.filter(withdrawn_at__isnull=False).exists()
    assert not LogEntry.objects.filter(event="note-withdrawn").exists()


@pytest.mark.promise("P7")
def test_a_director_handles_nothing_of_an_own_child(cast, write):
    note = write()
    cast.add_parent("director", "own")
    with acting_as(cast.director, on=cast.today), pytest.raises(NotAllowed):
        withdraw_note_as_keeper(
            dossier=cast.dossier("own"), note_id=note.pk, by=cast.director, on=cast.today
        )


@pytest.mark.promise("P22")
def test_a_sealed_value_moved_to_another_row_does_not_open(cast, write):
    note, other = write(), write(title="Other")
    stolen, host = note.versions.get(), other.versions.get()
    NoteVersion.objects.filter(pk=host.pk).update(sealed=stolen.sealed)
    host.refresh_from_db()
    with pytest.raises(Unreadable):
        text_of(host)


@pytest.mark.promise("P22")
def test_what_a_note_says_is_nowhere_readable_in_its_tables(cast, write):
    note = write()
    with acting_as(cast.counsellor, on=cast.today):
        correct(note, cast.counsellor, cast.today, facts="Facts-marker two", reason="Why-marker")
    with connection.cursor() as cursor:
        for table in ("dossiers_note", "dossiers_noteversion", "audit_logentry"):
            cursor.execute(f"select * from {table}")
            values = [value for row in cursor.fetchall() for value in row]
            assert values
            for value in values:
                raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                assert b"marker" not in raw


@pytest.mark.promise("P22")
def test_two_people_correct_at_once_one_wins_and_the_other_is_told(transactional_db, today):
    cast = build_cast(today)
    with acting_as(cast.counsellor, on=today):
        note = write_note(
            part=cast.part("own"),
            text=NoteText("Title-marker", "Facts-marker", "Opinion-marker"),
            happened_on=today,
            by=cast.counsellor,
            on=today,
        )
    start, outcomes = threading.Barrier(2), {}

    def work(key: str) -> None:
        person = cast.people[key]
        try:
            start.wait(timeout=60)
            with acting_as(person, on=today):
                correct(note, person, today, facts=f"Facts of {key}")
            outcomes[key] = "won"
        except Overtaken:
            outcomes[key] = "told"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(k,)) for k in ("counsellor", "coordinator")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes.values()) == ["told", "won"]
    winner = next(key for key, outcome in outcomes.items() if outcome == "won")
    newest = note.versions.get(number=2)
    assert newest.author_id == cast.people[winner].pk
    assert text_of(newest)["facts"] == f"Facts of {winner}"
    assert LogEntry.objects.filter(event="note-corrected").count() == 1
