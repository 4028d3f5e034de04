"""What a stranger sends: believed by nobody, refused or made harmless."""

from __future__ import annotations

import csv
import io
import uuid
from importlib import import_module

import pytest
from django.forms import BaseForm, CharField, PasswordInput
from django.urls import reverse

from access.acting import acting_as
from access.fields import OneLine, SeveralLines
from access.models import Invitation
from audit.models import LogEntry
from dossiers.actions.notes import NoteText, write_note
from dossiers.forms.texts import DossierText
from dossiers.models import Assignment, Note, NoteVersion
from students.models import Pupil
from tests.guards.rooms import python_files

pytestmark = pytest.mark.promise("P22")

SCRIPT = "<script>alert(1)</script>"
EVIL = "https://evil.example/"


def newest_row() -> LogEntry:
    return LogEntry.objects.latest("timestamp")


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", None),
        (1, "'; drop table audit_logentry; --", None),
        (1, "", None),
    ],
)
def test_where_somebody_comes_from_is_told_by_our_own_proxies_only(
    cast, sign_in, settings, proxies, header, address
):
    settings.TRUSTED_PROXIES = proxies
    sign_in(cast.counsellor).get("/home/", headers={"x-forwarded-for": header})
    assert newest_row().remote_addr == address


@pytest.mark.parametrize("name", ["x-correlation-id", "x-request-id", "x-cid", "traceparent"])
def test_the_number_of_a_request_is_our_own(cast, sign_in, name):
    theirs = str(uuid.uuid4())
    sign_in(cast.counsellor).get("/home/", headers={name: theirs})
    assert newest_row().cid != theirs
    assert uuid.UUID(newest_row().cid)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil"])
def test_another_host_is_refused_and_a_forwarded_one_ignored(cast, sign_in, host):
    client = sign_in(cast.counsellor)
    answer = client.get("/pupils/", headers={"host": host})
    assert answer.status_code == 400
    assert cast.pupils["own"].name not in answer.content.decode()
    answer = client.get("/", headers={"x-forwarded-host": host})
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize(
    "address", ["/second-step/", "/account/login/", "/account/reauthenticate/", "/account/logout/"]
)
@pytest.mark.parametrize("wanted", [EVIL, "//evil.example/", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_to_another_site(cast, sign_in, address, wanted):
    client = sign_in(cast.counsellor)
    for answer in (
        client.get(address, {"next": wanted}),
        client.post("/language/", {"language": "en", "next": wanted}),
        client.post(address, {"next": wanted}),
    ):
        assert not answer.get("Location", "").startswith((EVIL, "//", "/\\", "javascript"))


@pytest.fixture
def hostile(cast) -> Note:
    """A pupil whose name, and a note whose text, is markup."""
    pupil = cast.pupils["own"]
    pupil.first_name, pupil.surname = SCRIPT, "=1+1"
    Pupil.objects.filter(pk=pupil.pk).update(
        first_name=SCRIPT, surname="=1+1", **pupil.name_fields()
    )
    with acting_as(cast.counsellor, on=cast.today):
        return write_note(
            part=cast.part("own"),
            text=NoteText(SCRIPT, f"{SCRIPT}\n- {SCRIPT}", f"[[{SCRIPT}]] {{{{ 7|add:7 }}}}"),
            happened_on=cast.today,
            by=cast.counsellor,
            on=cast.today,
        )


def test_markup_in_names_and_notes_is_text(cast, hostile, sign_in):
    dossier, own = hostile.part.dossier_id, cast.pupils["own"].pk
    for person, address in (
        ("counsellor", "/home/"),
        ("counsellor", "/pupils/"),
        ("counsellor", reverse("dossier", args=[dossier])),
        ("counsellor", reverse("note", args=[hostile.pk])),
        ("counsellor", reverse("correct_note", args=[hostile.pk])),
        ("administrator", reverse("school_pupils")),
        ("administrator", reverse("school_pupil", args=[own])),
        ("director", reverse("pupil_assignments", args=[dossier])),
        ("director", "/log/"),
    ):
        page = sign_in(cast.people[person]).get(address)
        assert page.status_code == 200, address
        assert "<script>alert" not in page.content.decode(), address
        assert "&lt;script&gt;alert" in page.content.decode(), address
        assert "unsafe-" not in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("person", "name"), [("administrator", "export_school_pupils"), ("director", "log_export")]
)
def test_formulas_in_files_are_shown_and_never_computed(cast, hostile, sign_in, person, name):
    answer = sign_in(cast.people[person]).post(reverse(name))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def note_form(cast, **extra) -> dict:
    return {
        "part": "guidance",
        "happened_on": cast.today.isoformat(),
        "title": "Title",
        "facts": "Facts",
        **extra,
    }


def test_a_note_is_not_planted_in_a_dossier_by_its_key(cast, sign_in):
    theirs = cast.dossier("other")
    client = sign_in(cast.counsellor)
    refused = client.post(reverse("write_note", args=[theirs.pk]), note_form(cast))
    assert refused.status_code == 404
    part = cast.part("other")
    client.post(
        reverse("write_note", args=[cast.dossier("own").pk]),
        note_form(cast, dossier=theirs.pk, dossier_id=theirs.pk, part_id=part.pk, note=part.pk),
    )
    assert Note.objects.get().part.dossier == cast.dossier("own")
    answer = client.post(
        reverse("write_note", args=[cast.dossier("own").pk]), note_form(cast, part=str(part.pk))
    )
    assert answer.status_code == 200  # no such choice
    assert Note.objects.count() == 1


def test_a_counsellor_does_not_write_in_the_medical_part_by_naming_it(cast, sign_in):
    answer = sign_in(cast.counsellor).post(
        reverse("write_note", args=[cast.dossier("own").pk]), note_form(cast, part="medical")
    )
    assert answer.status_code == 200
    assert not Note.objects.exists()


def test_fields_that_a_form_does_not_have_change_nothing(cast, sign_in):
    sign_in(cast.counsellor).post(
        reverse("write_note", args=[cast.dossier("own").pk]),
        note_form(
            cast,
            author=cast.director.pk,
            author_id=cast.director.pk,
            by=cast.director.pk,
            withdrawn_by=cast.director.pk,
            created_at="2001-01-01",
            number=7,
        ),
    )
    note, version = Note.objects.get(), NoteVersion.objects.get()
    assert (note.author, version.author, version.number) == (cast.counsellor, cast.counsellor, 1)
    assert note.withdrawn_by is None
    assert note.created_at.year == cast.today.year


def test_a_pupil_keeps_its_keys_whatever_the_form_says(cast, sign_in):
    pupil = cast.pupils["own"]
    address = reverse("change_pupil", args=[pupil.pk])
    client = sign_in(cast.administrator)
    fields = client.get(address).context["form"]
    sent = {name: fields[name].value() or "" for name in fields.fields}
    sent |= {"first_name": "Renamed", "log_key": uuid.uuid4(), "id": uuid.uuid4()}
    sent |= {"board": uuid.uuid4(), "user": cast.director.pk, "sort_name": "zzz"}
    assert client.post(address, sent).status_code == 302
    now = Pupil.objects.get(pk=pupil.pk)
    assert now.first_name == "Renamed"
    assert (now.log_key, now.board_id, now.user_id) == (pupil.log_key, pupil.board_id, None)
    assert not now.sort_name.startswith("zzz")


@pytest.mark.parametrize("whom", ["director", "foreign_counsellor", "former", "parent"])
def test_a_key_of_somebody_else_in_a_hidden_field_assigns_nobody(cast, sign_in, whom):
    before = Assignment.objects.count()
    answer = sign_in(cast.director).post(
        reverse("assign_pupil", args=[cast.dossier("eleven").pk]),
        {
            "user": cast.people[whom].pk,
            "kind": "counsellor",
            "starts_on": cast.today.isoformat(),
            "reason": "teaches this group",
            "assigned_by": cast.board_officer.pk,
            "dossier": cast.dossier("own").pk,
        },
    )
    assert answer.status_code in {200, 403, 409}
    assert Assignment.objects.count() == before


def test_a_role_is_not_given_at_a_school_one_does_not_direct(cast, sign_in):
    user = cast.counsellor
    sign_in(cast.director).post(
        reverse("give_role", args=[user.pk]),
        {"role": "director", "unit": cast.other_school.pk, "starts_on": cast.today.isoformat()},
    )
    assert list(user.memberships.values_list("role", flat=True)) == ["counsellor"]


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_look_does_not_become_a_change_by_saying_so(cast, sign_in, header):
    address = reverse("write_note", args=[cast.dossier("own").pk])
    client = sign_in(cast.counsellor)
    for method in ("POST", "DELETE"):
        page = client.get(address, note_form(cast, _method=method), headers={header: method})
        assert page.status_code == 200
    assert not Note.objects.exists()
    client.post(address, note_form(cast, _method="DELETE"), headers={header: "DELETE"})
    assert Note.objects.count() == 1


def test_a_form_from_another_site_is_refused(cast, sign_in):
    client = sign_in(cast.counsellor)
    client.handler.enforce_csrf_checks = True
    answer = client.post(
        reverse("write_note", args=[cast.dossier("own").pk]),
        note_form(cast),
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert not Note.objects.exists()


HIDDEN = "Anna\u202egro.live\u200b \u2066de\u00a0\x07Wit\ufeff"  # turned around, hidden, rung
SEEN = "Annagro.live de Wit"


def test_a_name_with_signs_nobody_sees_is_kept_as_it_is_seen(cast, sign_in):
    """Else an invitation, and later the log, could show another name than the one that counts."""
    sent = {
        "name": HIDDEN,
        "email": "anna@example.org",
        "language": "en",
        "role": "counsellor",
        "unit": str(cast.school.pk),
        "starts_on": cast.today.isoformat(),
    }
    assert sign_in(cast.director).post(reverse("invite"), sent).status_code == 302
    assert Invitation.objects.get(email="anna@example.org").name == SEEN
    sent = sent | {"name": "\u202e\u200b", "email": "nobody@example.org"}
    assert sign_in(cast.director).post(reverse("invite"), sent).status_code == 200
    assert not Invitation.objects.filter(email="nobody@example.org").exists()


def test_nor_does_a_dossier_hold_signs_nobody_sees(cast):
    field = DossierText(long=True)
    assert field.clean("first\u202e line\r\n\tsecond\u200b\x00 line") == "first line\n\tsecond line"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # held together by joiners
    assert field.clean(family) == family


# Fields that only look something up, or hold a key of our own form.
LOOKS_UP = {
    "StaffFilter.q",
    "SearchForm.q",
    "FindCardForm.q",
    "CheckForm.head",
    "CheckForm.typed",
    "LogSearch.person",
    "LogSearch.pupil",
    "LogSearch.request",
    "AccountForm.username",
    "ColleagueForm.username",
    "DecisionForm.decision",
}
# Taken in by the room of files, which makes names and messages safe itself.
TIDIED_LATER = {"AddFilesForm.paper_name", "MessageForm.pasted"}


def test_each_line_that_people_type_is_tidied():
    """A new field of a form is a OneLine, SeveralLines or DossierText, or stands above."""
    found, bare = 0, set()
    for form in _forms():
        for name, field in form.base_fields.items():
            found += isinstance(field, OneLine | SeveralLines | DossierText)
            if type(field) is CharField and not isinstance(field.widget, PasswordInput):
                bare.add(f"{form.__name__}.{name}")
    assert found > 40, "the guard reads no forms"
    hidden = {name for name in bare if name.endswith(".seen")}
    assert bare - hidden == LOOKS_UP | TIDIED_LATER


NOT_OURS = ("django", "allauth", "tests")


def _forms() -> list[type[BaseForm]]:
    """Every form of the rooms."""
    for path in python_files(rooms_only=True):
        if "forms" in {path.stem, path.parent.name}:
            import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    forms, waiting = [], [BaseForm]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        forms += [form for form in below if not form.__module__.startswith(NOT_OURS)]
    return forms
