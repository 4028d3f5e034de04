"""From a note to its end on the pages: what each sees, and what nobody does."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.acting import acting_as
from dossiers.actions.notes import withdraw_note
from retention.models import Erasure

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P23")]


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def sent(note, **more) -> dict[str, str]:
    return {
        "what": f"note-{note.pk}", "asker": "parent", "because": "wrong-dossier",
        "received_on": "2026-11-10", "words": "Please take it out", **more,
    }  # fmt: skip


def test_a_request_goes_from_the_list_of_notes_over_two_people_to_an_answer(
    cast, erasures, sign_in
):
    note = erasures.note("Marker of the note")
    director = sign_in(cast.director)
    way = reverse("ask_erasure", args=[cast.dossier("own").pk])
    assert way in text(director.get(reverse("note_headers", args=[cast.dossier("own").pk])))
    form = text(director.get(f"{way}?what=note-{note.pk}"))
    assert f'value="note-{note.pk}"' in form
    assert "checked" in form
    assert "Marker" not in form
    assert "Choose the day" in text(director.post(way, sent(note, received_on="2026-11-17")))
    assert Erasure.objects.count() == 0
    row = Erasure.objects.get(pk=director.post(way, sent(note)).url.split("/")[-2])

    page = reverse("erasure", args=[row.pk])
    asked = text(director.get(page))
    assert "Please take it out" in asked
    assert "10 December 2026" in asked
    assert "Approve" not in asked
    assert director.post(page, {"step": "approve"}).status_code == 403

    officer = sign_in(cast.board_officer)
    assert "one request to decide" in text(officer.get(reverse("home")))
    assert "to be decided" in text(officer.get(reverse("erasures")))
    decide = text(officer.get(page))
    assert "Note of 16 November 2026 by Demo counsellor" in decide
    assert "Marker" not in decide
    assert "This field is required" in text(officer.post(page, {"step": "refuse", "words": " "}))
    assert officer.post(page, {"step": "approve"}).status_code == 302
    assert "A whole day follows" in text(officer.get(page))
    assert erasures.run().done == 1
    done = text(sign_in(cast.director).get(page))
    row.refresh_from_db()
    assert row.fingerprint in done
    assert "It is erased since" in done


def test_a_refusal_gives_the_answer_its_reason_and_where_to_complain(cast, erasures, sign_in):
    row = erasures.ask("note", erasures.note().pk)
    page = reverse("erasure", args=[row.pk])
    officer = sign_in(cast.privacy_officer)
    officer.post(page, {"step": "refuse", "words": "A law keeps it"})
    said = text(officer.get(page))
    assert said.count("A law keeps it") == 2
    assert "Autoriteit Persoonsgegevens" in said
    assert "already" in text(officer.post(page, {"step": "approve"}, follow=True))


def test_what_was_withdrawn_waits_on_the_list_and_an_own_child_shows_nowhere(
    cast, erasures, sign_in
):
    note, other = erasures.note(), erasures.note(pupil="other", by="other_counsellor")
    for one, by in ((note, cast.counsellor), (other, cast.other_counsellor)):
        with acting_as(by, on=cast.today):
            withdraw_note(note=one, by=by, on=cast.today)
    row = erasures.ask("note", erasures.note().pk)
    cast.add_person("parent_teacher", "director", cast.school.unit)  # a parent of "own"
    theirs, all_of_them = (
        text(sign_in(cast.people[who]).get(reverse("erasures")))
        for who in ("parent_teacher", "deputy")
    )
    assert "First-other" in theirs
    assert "First-own" not in theirs
    assert all_of_them.count("First-own") == 2
    client = sign_in(cast.people["parent_teacher"])
    for address in (
        reverse("erasure", args=[row.pk]),
        reverse("ask_erasure", args=[cast.dossier("own").pk]),
    ):
        assert client.get(address).status_code == 404
    assert "Withdrawn, and still kept" not in text(sign_in(cast.fg).get(reverse("erasures")))


def test_the_way_in_stands_on_a_note_and_a_file_for_who_may_ask_alone(cast, erasures, sign_in):
    note = erasures.note()
    file = erasures.file()
    cast.add_person("counsellor", "deputy", cast.other_school.unit)  # of another school
    cast.assign("deputy", "own", by="board_officer")
    for name, key in (("note", note.pk), ("file", file.pk)):
        address = reverse(name, args=[key])
        assert "Ask to erase it" in text(sign_in(cast.deputy).get(address))
        assert "Ask to erase it" not in text(sign_in(cast.counsellor).get(address))
