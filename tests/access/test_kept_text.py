"""A session that ends while somebody types loses nothing: the text comes back to who sent it."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import LogEntry
from dossiers.models import Note
from tests.conftest import TlsClient

TYPED = {
    "part": "guidance",
    "happened_on": "2026-11-16",
    "title": "Kept title",
    "facts": 'First line\r\nsecond "line" <b>',
    "opinion": "",
}
SITE = "https://testserver"


def expire(time_machine) -> None:
    time_machine.move_to(timezone.now() + timedelta(minutes=31))


def fields_of(page) -> dict[str, str]:
    """What the form on the page would send."""
    return dict(page.context["fields"])


@pytest.fixture
def writing(cast, sign_in) -> tuple[Client, str]:
    """A counsellor with the form of a note before them."""
    address = reverse("write_note", args=[cast.dossier("own").pk])
    client = sign_in(cast.counsellor)
    assert client.get(address).status_code == 200
    return client, address


def test_what_was_typed_comes_back_whole_and_can_be_sent_again(
    cast, writing, sign_in, time_machine
):
    client, address = writing
    expire(time_machine)
    page = client.post(address, TYPED)
    assert page.status_code == 403
    html = page.content.decode()
    assert f'action="{address}"' in html
    assert escape(TYPED["facts"]).replace("&#x27;", "'") in html
    assert "Your text is still here" in html
    assert fields_of(page) == TYPED
    assert not Note.objects.exists()
    sign_in(cast.counsellor)
    assert client.post(address, fields_of(page)).status_code == 302
    assert Note.objects.get().author == cast.counsellor


@pytest.mark.promise("P22")
def test_it_is_kept_nowhere_but_on_that_page(writing, time_machine):
    client, address = writing
    expire(time_machine)
    page = client.post(address, TYPED)
    assert "no-store" in page["Cache-Control"]
    for session in Session.objects.all():
        assert "Kept" not in str(session.get_decoded())
    assert all("Kept" not in cookie.value for cookie in client.cookies.values())
    for row in LogEntry.objects.all():
        assert "Kept" not in f"{row.additional_data} {row.changes} {row.object_pk}"
    row = LogEntry.objects.get(event="page-refused")
    assert (row.actor, row.subjects, row.outcome) == (None, [], "refused")
    again = client.get(address)
    assert again.status_code == 302
    assert "Kept" not in again["Location"]


def test_a_session_without_second_factor_loses_nothing_either(cast, sign_in):
    client = sign_in(cast.counsellor, second_factor=False)
    page = client.post(reverse("write_note", args=[cast.dossier("own").pk]), TYPED)
    assert page.status_code == 403
    assert fields_of(page) == TYPED


@pytest.mark.parametrize(
    ("name", "sent"),
    [("my_pupils", {"q": "Jansen"}), ("write_note", {"title": " ", "facts": ""})],
    ids=["a search", "nothing typed"],
)
def test_who_typed_nothing_that_could_be_lost_just_signs_in(
    cast, writing, time_machine, name, sent
):
    client, _address = writing
    keys = [cast.dossier("own").pk] if name == "write_note" else []
    expire(time_machine)
    answer = client.post(reverse(name, args=keys), sent)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert "Jansen" not in answer["Location"]


def test_a_file_has_to_be_chosen_again(cast, writing, time_machine):
    client, _address = writing
    address = reverse("add_message", args=[cast.dossier("own").pk])
    expire(time_machine)
    page = client.post(address, TYPED | {"file": SimpleUploadedFile("a.txt", b"Inside-file")})
    assert fields_of(page) == TYPED
    assert "choose them again" in page.content.decode()
    assert "Inside-file" not in page.content.decode()


def strict(cast, sign_in) -> TlsClient:
    """The signed-in browser, with the check on forms that Django's test client leaves out."""
    signed_in = sign_in(cast.counsellor)
    client = TlsClient(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    return client


def test_a_form_older_than_the_sign_in_comes_back_with_a_token_that_fits(cast, sign_in):
    """Signing in makes the old form's token useless; who sent it from here sends it once more."""
    client, address = strict(cast, sign_in), reverse("write_note", args=[cast.dossier("own").pk])
    client.get(address)
    stale = TYPED | {"csrfmiddlewaretoken": "x" * 64}
    page = client.post(address, stale, headers={"origin": SITE})
    assert page.status_code == 403
    assert fields_of(page) == TYPED
    token = str(page.context["csrf_token"])
    sent = client.post(
        address, fields_of(page) | {"csrfmiddlewaretoken": token}, headers={"origin": SITE}
    )
    assert sent.status_code == 302
    assert Note.objects.exists()


@pytest.mark.promise("P22")
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
def test_a_form_from_elsewhere_never_comes_back(cast, sign_in, origin):
    """Else a stranger's words would stand under our own button."""
    client, address = strict(cast, sign_in), reverse("write_note", args=[cast.dossier("own").pk])
    client.get(address)
    headers = {"origin": origin} if origin else {"referer": "https://elsewhere.example/"}
    page = client.post(address, TYPED, headers=headers)
    assert page.status_code == 403
    assert "Kept title" not in page.content.decode()
    assert not Note.objects.exists()


def test_a_password_never_comes_back(cast, client):
    strict_one = TlsClient(enforce_csrf_checks=True)
    strict_one.get(reverse("account_login"))
    sent = {"login": "counsellor", "password": "Secret-word", "csrfmiddlewaretoken": "x" * 64}
    page = strict_one.post(reverse("account_login"), sent, headers={"origin": SITE})
    assert page.status_code == 403
    assert "Secret-word" not in page.content.decode()


# --- how long a session has left ------------------------------------------------------------------


def left(client) -> int:
    return client.get(reverse("session_left")).json()["seconds"]


def test_asking_how_long_is_left_does_not_make_it_longer(cast, sign_in, time_machine):
    client = sign_in(cast.counsellor)
    client.get(reverse("home"))
    assert left(client) == pytest.approx(30 * 60, abs=5)
    for minutes in (20, 8):
        time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
        left(client)
    assert left(client) == pytest.approx(120, abs=5)
    answer = client.post(reverse("session_left")).json()
    assert answer["seconds"] == pytest.approx(30 * 60, abs=5)
    assert answer["person"] == str(cast.counsellor.pk)
    time_machine.move_to(timezone.now() + timedelta(minutes=29))
    assert client.get(reverse("home")).status_code == 200


def test_after_the_end_nothing_is_left_and_nobody_is_named(cast, sign_in, time_machine):
    client = sign_in(cast.counsellor)
    client.get(reverse("home"))
    expire(time_machine)
    assert client.get(reverse("session_left")).json() | {"token": ""} == {
        "seconds": 0,
        "person": "",
        "token": "",
    }
    assert LogEntry.objects.filter(event="session-ended").count() == 1
    assert settings.STAFF_IDLE_MINUTES == 30
