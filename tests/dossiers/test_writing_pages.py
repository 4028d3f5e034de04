"""Forms around notes: nothing typed is lost, and nothing happens without being asked."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers.actions.notes import NoteText, correct_note
from dossiers.models import Note

TYPED = {
    "part": "guidance",
    "happened_on": "2026-11-16",
    "title": "Typed title",
    "facts": "Typed facts",
    "opinion": "Typed opinion",
}


def address(cast, pupil="own") -> str:
    return reverse("write_note", args=[cast.dossier(pupil).pk])


def test_writing_leads_to_the_note_in_its_part(cast, sign_in):
    client = sign_in(cast.counsellor)
    response = client.post(address(cast), TYPED)
    note = Note.objects.get()
    place = reverse("dossier_part", args=[cast.dossier("own").pk, "guidance"])
    assert response.headers["Location"] == f"{place}#note-{note.pk}"
    assert "Typed facts" in client.get(place).content.decode()


@pytest.mark.promise("P24")
def test_the_form_says_who_may_read_it_and_what_does_not_belong_here(cast, sign_in):
    html = sign_in(cast.counsellor).get(address(cast), headers={"accept-language": "en"})
    text = html.content.decode()
    assert "Parents may read this" in text
    assert "Meldcode" in text
    assert "[[" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("facts", "number 111222333"),
        ("opinion", "opened [[ and not closed"),
        ("title", ""),
        ("happened_on", "2026-11-17"),
        ("happened_on", "not a day"),
        ("part", "medical"),
        ("part", "agreements"),
        ("facts", "x" * 6001),
    ],
)
@pytest.mark.promise("P24")
def test_a_mistake_keeps_everything_that_was_typed(cast, sign_in, field, value):
    response = sign_in(cast.counsellor).post(address(cast), TYPED | {field: value})
    assert response.status_code == 200
    html = response.content.decode()
    for name in {"title", "facts", "opinion"} - {field}:
        assert TYPED[name] in html
    assert 'class="error-summary"' in html
    assert not Note.objects.exists()


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("other_counsellor", 404),
        ("director", 404),
        ("foreign_counsellor", 404),
        ("administrator", 403),
        ("parent", 403),
    ],
)
def test_nobody_else_comes_to_the_form(cast, sign_in, person, status):
    client = sign_in(cast.people[person])
    assert client.get(address(cast)).status_code == status
    assert client.post(address(cast), TYPED).status_code == status
    assert not Note.objects.exists()


def test_a_correction_by_form_is_the_newest_version(cast, write, sign_in):
    note = write()
    client = sign_in(cast.counsellor)
    place = reverse("correct_note", args=[note.pk])
    assert "Facts-marker" in client.get(place).content.decode()
    typed = {"title": "T", "facts": "Mended", "opinion": "", "reason": "Because", "seen": "1"}
    assert client.post(place, typed).headers["Location"] == reverse("note", args=[note.pk])
    assert note.versions.count() == 2


def test_who_was_overtaken_sees_both_texts_and_can_save_after_all(cast, write, sign_in):
    note = write()
    with acting_as(cast.coordinator, on=cast.today):
        correct_note(
            note=note,
            text=NoteText("Title-marker", "Other-marker"),
            reason="Other-reason",
            seen_number=1,
            by=cast.coordinator,
            on=cast.today,
        )
    client = sign_in(cast.counsellor)
    place = reverse("correct_note", args=[note.pk])
    typed = {"title": "T", "facts": "Mine-marker", "opinion": "", "reason": "Mine-why", "seen": "1"}
    response = client.post(place, typed)
    html = response.content.decode()
    assert response.status_code == 409
    for words in ("Other-marker", "Mine-marker", "Mine-why", cast.coordinator.name):
        assert words in html
    assert 'name="seen" value="2"' in html
    assert note.versions.count() == 2
    assert client.post(place, typed | {"seen": "2"}).status_code == 302
    assert note.versions.count() == 3


def test_a_correction_without_a_difference_says_so(cast, write, sign_in):
    note = write()
    typed = {
        "title": "Title-marker",
        "facts": "Facts-marker",
        "opinion": "Opinion-marker",
        "reason": "None",
        "seen": "1",
    }
    response = sign_in(cast.counsellor).post(reverse("correct_note", args=[note.pk]), typed)
    assert 'class="error-summary"' in response.content.decode()
    assert note.versions.count() == 1


def test_withdrawing_asks_first_and_then_hides(cast, write, sign_in):
    note = write()
    client = sign_in(cast.counsellor)
    place = reverse("withdraw_note", args=[note.pk])
    assert client.get(place).status_code == 200
    assert Note.objects.get().withdrawn_at is None
    assert client.post(place).status_code == 302
    assert Note.objects.get().withdrawn_by_id == cast.counsellor.pk
    assert client.get(place).status_code == 404


def test_a_colleague_is_refused_to_withdraw_it(cast, write, sign_in):
    note = write()
    client = sign_in(cast.coordinator)
    place = reverse("withdraw_note", args=[note.pk])
    assert client.get(place).status_code == 403
    assert client.post(place).status_code == 403
    assert LogEntry.objects.filter(outcome="refused", actor=cast.coordinator).count() == 2


@pytest.mark.promise("P7")
def test_the_keeper_is_asked_first_too(cast, write, sign_in):
    note = write()
    client = sign_in(cast.deputy)
    place = reverse("withdraw_note_as_keeper", args=[cast.dossier("own").pk, note.pk])
    html = client.get(place).content.decode()
    assert cast.counsellor.name in html
    assert "marker" not in html
    assert client.post(place).status_code == 302
    assert Note.objects.get().withdrawn_by_id == cast.deputy.pk
    missing = reverse("withdraw_note_as_keeper", args=[cast.dossier("other").pk, note.pk])
    assert client.get(missing).status_code == 404
