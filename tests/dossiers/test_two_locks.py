"""The thin path: a counsellor opens an own pupil's dossier, nobody else can, and it is recorded."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers.actions.assignments import withdraw_assignment
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Assignment, Note, NoteVersion


@pytest.fixture
def note(cast) -> Note:
    with acting_as(cast.counsellor, on=cast.today):
        return write_note(
            part=cast.part("own"),
            text=NoteText("Title-marker", "Facts-marker", "Opinion-marker"),
            happened_on=cast.today,
            by=cast.counsellor,
            on=cast.today,
        )


@pytest.mark.promise("P2")
def test_a_counsellor_opens_the_dossier_of_an_own_pupil(cast, note, sign_in):
    page = sign_in(cast.counsellor).get(reverse("dossier", args=[cast.dossier("own").pk]))
    assert page.status_code == 200
    assert "Facts-marker" in page.content.decode()


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    "person",
    ["other_counsellor", "director", "deputy", "foreign_counsellor", "school_doctor"],
)
def test_nobody_else_reads_the_note(cast, note, sign_in, person):
    page = sign_in(cast.people[person]).get(reverse("dossier", args=[cast.dossier("own").pk]))
    assert page.status_code == (200 if person == "school_doctor" else 404)
    assert "Facts-marker" not in page.content.decode()


@pytest.mark.promise("P2")
def test_a_withdrawn_assignment_closes_the_door_on_the_next_request(cast, note, sign_in):
    client = sign_in(cast.counsellor)
    address = reverse("dossier", args=[cast.dossier("own").pk])
    assert client.get(address).status_code == 200
    with acting_as(cast.director, on=cast.today):
        withdraw_assignment(
            assignment=Assignment.objects.get(user=cast.counsellor),
            by=cast.director,
            on=cast.today,
        )
    assert client.get(address).status_code == 404


@pytest.mark.promise("P22")
def test_the_database_hides_a_note_when_django_forgets(cast, note):
    with acting_as(cast.counsellor, on=cast.today):
        assert NoteVersion.objects.count() == 1
    with acting_as(cast.director, on=cast.today):
        assert NoteVersion.objects.count() == 0
        assert Note.objects.count() == 0


@pytest.mark.promise("P22")
def test_a_note_cannot_be_planted_in_a_strangers_dossier(cast):
    with pytest.raises(DatabaseError), acting_as(cast.counsellor, on=cast.today):
        Note.objects.create(part=cast.part("other"), author=cast.counsellor, happened_on=cast.today)


@pytest.mark.promise("P20")
def test_each_look_and_each_refusal_is_a_row(cast, note, sign_in):
    address = reverse("dossier", args=[cast.dossier("own").pk])
    sign_in(cast.counsellor).get(address)
    row = LogEntry.objects.filter(event="page-seen").latest("timestamp")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert (row.actor_name, row.actor_role) == (cast.counsellor.name, "counsellor")
    assert row.ground == "assignment"
    sign_in(cast.director).get(address)
    refusal = LogEntry.objects.filter(outcome="refused").latest("timestamp")
    assert refusal.actor_id == cast.director.pk
    assert refusal.object_pk == str(cast.dossier("own").pk)


@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    "verb",
    [
        "update audit_logentry set outcome = 'failed'",
        "delete from audit_logentry",
        "truncate audit_logentry",
    ],
)
def test_the_web_login_cannot_change_the_log(cast, verb):
    from django.db import connection

    with (
        pytest.raises(DatabaseError),
        acting_as(cast.director, on=cast.today),
        transaction.atomic(),
    ):
        connection.cursor().execute(verb)
