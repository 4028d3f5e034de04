"""The pages of a dossier: what is seen, what is not, and by how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers.actions.notes import NoteText, correct_note, withdraw_note
from dossiers.kinds import AssignmentKind


def part(cast, kind="guidance", pupil="own") -> str:
    return reverse("dossier_part", args=[cast.dossier(pupil).pk, kind])


def shown(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.promise("P1")
def test_a_part_shows_its_notes_newest_first_with_who_and_when(cast, write, sign_in):
    write(title="Older", happened_on=cast.today - timedelta(days=2))
    write(title="Newer")
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    assert html.index("Newer") < html.index("Older")
    assert cast.counsellor.name in html
    assert "14 November 2026" in html


def test_the_address_without_a_part_opens_the_first_one_open(cast, write, sign_in):
    write()
    write(by="school_doctor", part="medical", facts="Medical-marker")
    address = reverse("dossier", args=[cast.dossier("own").pk])
    assert "Facts-marker" in shown(sign_in(cast.counsellor).get(address))
    html = shown(sign_in(cast.school_doctor).get(address))
    assert "Medical-marker" in html
    assert "Facts-marker" not in html


@pytest.mark.promise("P6")
def test_a_locked_part_is_named_but_has_no_count_and_no_link(cast, write, sign_in):
    for _ in range(7):
        write(by="school_doctor", part="medical")
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    assert 'class="locked"' in html
    assert part(cast, "medical") not in html
    assert '<span class="count">7</span>' not in html
    html = shown(sign_in(cast.school_doctor).get(part(cast, "medical")))
    assert '<span class="count">7</span>' in html
    assert part(cast, "guidance") not in html


@pytest.mark.promise("P6")
@pytest.mark.parametrize(
    ("person", "kind"),
    [
        ("counsellor", "medical"),
        ("school_doctor", "guidance"),
        ("school_doctor", "emergency"),
        ("other_counsellor", "guidance"),
        ("director", "guidance"),
        ("administrator", "guidance"),
        ("foreign_counsellor", "guidance"),
    ],
)
def test_a_part_that_is_not_open_is_not_there(cast, write, sign_in, person, kind):
    write()
    write(by="school_doctor", part="medical")
    response = sign_in(cast.people[person]).get(part(cast, kind))
    assert response.status_code == (403 if person == "administrator" else 404)
    assert "marker" not in response.content.decode()


@pytest.mark.parametrize("kind", ["reports", "care"])
def test_an_empty_part_says_what_to_do(cast, sign_in, kind):
    html = shown(sign_in(cast.counsellor).get(part(cast, kind)))
    assert 'class="empty"' in html
    assert reverse("write_note", args=[cast.dossier("own").pk]) in html


def test_more_than_twenty_notes_come_in_pages(cast, write, sign_in):
    for number in range(21):
        write(title=f"Note-{number:02}", happened_on=cast.today - timedelta(days=number))
    client = sign_in(cast.counsellor)
    first, second = shown(client.get(part(cast))), shown(client.get(part(cast) + "?page=2"))
    assert "Note-19" in first
    assert "Note-20" not in first
    assert "Note-20" in second
    assert "Note-19" not in second


@pytest.mark.parametrize("notes", [1, 20])
def test_a_page_takes_a_fixed_number_of_queries(cast, write, sign_in, notes):
    for number in range(notes):
        write(title=f"Note-{number}")
    client = sign_in(cast.counsellor)
    client.get(part(cast))
    with (
        CaptureQueriesContext(connection) as content,
        CaptureQueriesContext(connections["keys"]) as keys,
    ):
        assert client.get(part(cast)).status_code == 200
    assert len(content) == 20
    assert len(keys) == 1


def test_html_in_a_note_is_shown_as_text_with_its_lines(cast, write, sign_in):
    write(
        title="<b>Title</b>",
        facts="<script>alert(1)</script>\nsecond line\n\n- a list",
        opinion="{{ settings.SECRET_KEY }}",
    )
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in html
    assert "<b>Title</b>" not in html
    assert "<li>a list</li>" in html
    assert "{{ settings.SECRET_KEY }}" in html


@pytest.mark.promise("P24")
def test_a_passage_about_somebody_else_is_highlighted(cast, write, sign_in):
    write(facts="Plays with [[Sem <i>]] outside")
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    assert "Sem &lt;i&gt;</mark>" in html
    assert "[[" not in html


@pytest.mark.promise("P20")
def test_the_record_line_says_on_which_ground_and_since_when(cast, write, sign_in):
    html = shown(sign_in(cast.substitute).get(part(cast)))
    assert "17 October 2026" in html
    row = LogEntry.objects.filter(event="page-seen").latest("timestamp")
    assert (row.ground, row.unit) == ("substitute", cast.school.pk)


def test_the_ground_is_that_of_the_part_that_is_read(cast, write, sign_in):
    cast.add_person("school_doctor", "counsellor", cast.school.unit)
    vars(cast.school_doctor).pop("_membership_rows", None)
    cast.assign("school_doctor", "own", starts_on=cast.today - timedelta(days=400))
    sign_in(cast.school_doctor).get(part(cast, "medical"))
    assert LogEntry.objects.filter(event="page-seen").latest("timestamp").ground == "medical"


def test_counsellors_are_listed_with_role_and_last_day(cast, sign_in):
    cast.assign(
        "other_counsellor",
        "own",
        AssignmentKind.SUBSTITUTE,
        starts_on=cast.today - timedelta(days=9),
        ends_on=cast.today - timedelta(days=1),
    )
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    for person in ("counsellor", "coordinator", "substitute", "school_doctor"):
        assert f"{cast.people[person].name}</span>" in html
    assert f"{cast.other_counsellor.name}</span>" not in html
    assert "21 November" in html


# --- one note -----------------------------------------------------------------------------------


@pytest.fixture
def corrected(cast, write):
    note = write()
    with acting_as(cast.coordinator, on=cast.today):
        correct_note(
            note=note,
            text=NoteText("Title-marker", "Newest-marker"),
            reason="Reason-marker",
            seen_number=1,
            by=cast.coordinator,
            on=cast.today,
        )
    return note


@pytest.mark.promise("P24")
def test_a_note_shows_every_version_with_who_when_and_why(cast, corrected, sign_in):
    html = shown(sign_in(cast.counsellor).get(reverse("note", args=[corrected.pk])))
    for marker in ("Newest-marker", "Facts-marker", "Reason-marker", cast.coordinator.name):
        assert marker in html
    assert html.index("Newest-marker") < html.index("Facts-marker")


def test_the_list_shows_the_newest_version_only(cast, corrected, sign_in):
    html = shown(sign_in(cast.counsellor).get(part(cast)))
    assert "Newest-marker" in html
    assert "Facts-marker" not in html
    assert cast.coordinator.name in html


@pytest.mark.promise("P2")
@pytest.mark.parametrize("name", ["note", "correct_note", "withdraw_note"])
@pytest.mark.parametrize("person", ["other_counsellor", "director", "school_doctor"])
def test_a_note_is_not_there_for_others(cast, corrected, sign_in, name, person):
    response = sign_in(cast.people[person]).get(reverse(name, args=[corrected.pk]))
    assert response.status_code == 404
    assert "marker" not in response.content.decode()


def test_a_withdrawn_note_is_gone_from_every_page_and_count(cast, write, sign_in):
    note = write()
    with acting_as(cast.counsellor, on=cast.today):
        withdraw_note(note=note, by=cast.counsellor, on=cast.today)
    client = sign_in(cast.coordinator)
    html = shown(client.get(part(cast)))
    assert "marker" not in html
    assert '<span class="count">1</span>' not in html
    assert client.get(reverse("note", args=[note.pk])).status_code == 404


# --- the keeper ---------------------------------------------------------------------------------


@pytest.mark.promise("P7")
def test_the_keeper_sees_that_notes_exist_and_not_what_they_say(cast, corrected, sign_in):
    address = reverse("note_headers", args=[cast.dossier("own").pk])
    html = shown(sign_in(cast.director).get(address))
    assert cast.counsellor.name in html
    assert reverse("withdraw_note_as_keeper", args=[cast.dossier("own").pk, corrected.pk]) in html
    assert "marker" not in html
    assert LogEntry.objects.latest("timestamp").ground == "custodian"


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    ("person", "status"),
    [("counsellor", 403), ("administrator", 403), ("board_officer", 403), ("other_director", 404)],
)
def test_nobody_else_sees_the_headers(cast, corrected, sign_in, person, status):
    address = reverse("note_headers", args=[cast.dossier("own").pk])
    assert sign_in(cast.people[person]).get(address).status_code == status


@pytest.mark.promise("P7")
def test_a_director_sees_no_headers_of_an_own_child(cast, corrected, sign_in):
    cast.add_parent("director", "own")
    address = reverse("note_headers", args=[cast.dossier("own").pk])
    assert sign_in(cast.director).get(address).status_code == 403
