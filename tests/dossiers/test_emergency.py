"""The emergency card: for the pupil's counsellors, and for a colleague with a reason, one day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.emergency import (
    CardText,
    open_card_in_an_emergency,
    see_notice,
    write_card,
)
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Assignment, EmergencyCardVersion, KeeperNotice
from dossiers.queries import parts_visible_to, unseen_notices

REASON = "Fell in the playground"


@pytest.fixture
def card(cast):
    """Fills the card of an own pupil in."""
    with acting_as(cast.counsellor, on=cast.today):
        return write_card(
            part=cast.part("own", "emergency"),
            text=CardText("Allergy-marker", "Medicine-marker", "Call-marker 06 12345678"),
            seen_number=0,
            by=cast.counsellor,
            on=cast.today,
        )


def take(cast, person: str, pupil: str = "own", reason: str = REASON) -> Assignment:
    user = cast.people[person]
    with acting_as(user, on=cast.today):
        return open_card_in_an_emergency(
            dossier=cast.dossier(pupil), reason=reason, by=user, on=cast.today
        )


def address(cast, name: str, pupil: str = "own") -> str:
    school = cast.other_school if pupil == "foreign" else cast.school
    return reverse(name, args=[cast.dossier(pupil, school).pk])


# --- writing the card ---------------------------------------------------------------------------


def test_the_card_has_versions_is_sealed_and_recorded(cast, card):
    with acting_as(cast.coordinator, on=cast.today):
        newer = write_card(
            part=cast.part("own", "emergency"),
            text=CardText("Newer-marker"),
            seen_number=1,
            by=cast.coordinator,
            on=cast.today,
        )
    assert newer.number == 2
    assert EmergencyCardVersion.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_emergencycardversion")
        for value in (v for row in cursor.fetchall() for v in row):
            raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
            assert b"marker" not in raw
    assert LogEntry.objects.filter(event="emergency-card-written").count() == 2


def test_who_was_overtaken_is_told_and_keeps_what_they_typed(cast, card, sign_in):
    with acting_as(cast.coordinator, on=cast.today), pytest.raises(Overtaken):
        write_card(
            part=cast.part("own", "emergency"),
            text=CardText("Late"),
            seen_number=0,
            by=cast.coordinator,
            on=cast.today,
        )
    response = sign_in(cast.coordinator).post(
        address(cast, "change_card"), {"allergies": "Typed-words", "seen": "0"}
    )
    html = response.content.decode()
    assert response.status_code == 409
    assert "Typed-words" in html
    assert "Allergy-marker" in html
    assert 'name="seen" value="1"' in html
    row = LogEntry.objects.filter(additional_data__status=409).get()
    assert row.outcome == "success", "the page showed the card: a look, not a refusal"
    assert row.subjects == [cast.pupils["own"].log_key]


@pytest.mark.promise("P2")
@pytest.mark.parametrize("person", ["director", "other_counsellor", "school_doctor"])
def test_nobody_else_writes_the_card(cast, person):
    user = cast.people[person]
    with acting_as(user, on=cast.today), pytest.raises(NotAllowed):
        write_card(
            part=cast.part("own", "emergency"),
            text=CardText("X"),
            seen_number=0,
            by=user,
            on=cast.today,
        )


def test_counsellors_read_and_change_the_card(cast, card, sign_in):
    client = sign_in(cast.substitute)
    page = reverse("dossier_part", args=[cast.dossier("own").pk, "emergency"])
    html = client.get(page).content.decode()
    for marker in ("Allergy-marker", "Medicine-marker", "Call-marker"):
        assert marker in html
    change = address(cast, "change_card")
    assert "Allergy-marker" in client.get(change).content.decode()
    refused = client.post(change, {"allergies": "111222333", "seen": "1"})
    assert 'class="error-summary"' in refused.content.decode()
    assert client.post(change, {"allergies": "None", "seen": "1"}).headers["Location"] == page
    assert "Allergy-marker" in client.get(page).content.decode()  # among the earlier versions


# --- in an emergency ----------------------------------------------------------------------------


@pytest.mark.promise("P2")
@pytest.mark.promise("P7")
@pytest.mark.parametrize("person", ["other_counsellor", "administrator", "safeguarding"])
def test_a_colleague_opens_the_card_for_a_day_and_the_keepers_are_told(
    cast, card, person, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        given = take(cast, person)
    user = cast.people[person]
    assert (given.kind, given.starts_on, given.ends_on) == ("emergency", cast.today, cast.today)
    with acting_as(user, on=cast.today):
        assert [p.kind for p in parts_visible_to(user, on=cast.today)].count("emergency") >= 1
        assert EmergencyCardVersion.objects.count() == 1
        with pytest.raises(NotAllowed):
            write_card(
                part=cast.part("own", "emergency"),
                text=CardText("X"),
                seen_number=1,
                by=user,
                on=cast.today,
            )
        with pytest.raises(NotAllowed):
            write_note(
                part=cast.part("own"),
                text=NoteText("T", "F"),
                happened_on=cast.today,
                by=user,
                on=cast.today,
            )
    with acting_as(user, on=cast.today + timedelta(days=1)):
        assert EmergencyCardVersion.objects.count() == 0
    row = LogEntry.objects.get(event="emergency-card-opened")
    assert (row.ground, row.subjects) == ("emergency", [cast.pupils["own"].log_key])
    assert {m.to[0] for m in mail.outbox} == {"director@example.org", "deputy@example.org"}
    for message in mail.outbox:
        said = message.subject + message.body
        for secret in (cast.pupils["own"].first_name, user.name, REASON, "marker"):
            assert secret not in said


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("person", "pupil"),
    [
        ("foreign_counsellor", "own"),
        ("board_officer", "own"),
        ("fg", "own"),
        ("parent", "own"),
        ("former", "own"),
        ("parent_teacher", "own"),  # an own child
    ],
)
def test_strangers_and_parents_of_the_pupil_do_not(cast, card, person, pupil):
    with pytest.raises(NotAllowed):
        take(cast, person, pupil)
    assert not KeeperNotice.objects.exists()


@pytest.mark.promise("P6")
@pytest.mark.parametrize("person", ["school_doctor", "safeguarding", "administrator"])
def test_whoever_works_at_the_school_opens_a_card_and_nothing_more(cast, card, sign_in, person):
    client = sign_in(cast.people[person])
    other = cast.dossier("own").pk
    assert 'href="/emergency' in client.get(reverse("home")).content.decode()
    client.post(reverse("ask_emergency_card", args=[other]), {"reason": REASON})
    assert "marker" in client.get(reverse("emergency_card", args=[other])).content.decode()
    with acting_as(cast.people[person], on=cast.today):
        kinds = set(
            parts_visible_to(cast.people[person], on=cast.today)
            .filter(dossier=other)
            .values_list("kind", flat=True)
        )
    assert kinds - {"medical"} == {"emergency"}


@pytest.mark.parametrize("person", ["board_officer", "privacy_officer", "fg"])
def test_the_board_has_no_door_to_cards_that_would_find_nobody(cast, sign_in, person):
    client = sign_in(cast.people[person])
    assert 'href="/emergency' not in client.get(reverse("home")).content.decode()
    assert client.get(reverse("find_emergency_card")).status_code == 403


def test_a_button_pressed_twice_opens_once_and_tells_once(cast, card):
    assert take(cast, "other_counsellor") == take(cast, "other_counsellor")
    assert KeeperNotice.objects.count() == 1
    assert LogEntry.objects.filter(event="emergency-card-opened").count() <= 1


def test_a_reason_is_needed(cast):
    with pytest.raises(Refused):
        take(cast, "other_counsellor", reason=" x ")
    with pytest.raises(Refused):
        take(cast, "other_counsellor", reason="bsn 111222333")


def test_the_database_too_wants_a_reason_and_one_day(cast):
    def give(**other):
        fields = {"sealed_reason": b"sealed", "ends_on": cast.today} | other
        with acting_as(cast.other_counsellor, on=cast.today), transaction.atomic():
            Assignment.objects.create(
                dossier=cast.dossier("own"),
                user=cast.other_counsellor,
                kind="emergency",
                starts_on=cast.today,
                assigned_by=cast.other_counsellor,
                **fields,
            )

    tomorrow = cast.today + timedelta(days=1)
    for wrong in ({"sealed_reason": None}, {"ends_on": None}, {"ends_on": tomorrow}):
        with pytest.raises(DatabaseError):
            give(**wrong)


def test_a_mail_server_that_is_down_loses_nothing(
    cast, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with django_capture_on_commit_callbacks(execute=True):
        take(cast, "other_counsellor")
    assert KeeperNotice.objects.count() == 1


def test_a_pupil_who_left_is_not_found(cast):
    cast.pupils["own"].enrolments.update(ends_on=cast.today - timedelta(days=1))
    with pytest.raises(NotAllowed):
        take(cast, "other_counsellor")


# --- its pages ----------------------------------------------------------------------------------


@pytest.mark.promise("P22")
def test_a_pupil_is_found_by_name_and_the_name_stays_out_of_the_address(cast, card, sign_in):
    client = sign_in(cast.administrator)
    page = reverse("find_emergency_card")
    assert cast.pupils["own"].name not in client.get(page).content.decode()
    html = client.post(page, {"q": "sur-own"}).content.decode()
    assert cast.pupils["own"].name in html
    for other in ("other", "foreign"):
        assert cast.pupils[other].name not in html
    assert "marker" not in html
    row = LogEntry.objects.filter(event="searched").latest("timestamp")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert "sur-own" not in str(row.additional_data)
    assert "marker" not in client.post(page, {"q": "x"}).content.decode()
    assert 'class="empty"' in client.post(page, {"q": "nobody"}).content.decode()


def test_asking_says_why_opens_the_card_and_tells_the_director(cast, card, sign_in):
    client = sign_in(cast.administrator)
    ask, opened = address(cast, "ask_emergency_card"), address(cast, "emergency_card")
    assert client.get(opened).status_code == 404
    assert "marker" not in client.get(ask).content.decode()
    assert "error" in client.post(ask, {"reason": "x"}).content.decode()
    assert client.post(ask, {"reason": REASON}).headers["Location"] == opened
    html = client.get(opened).content.decode()
    assert "Allergy-marker" in html
    assert LogEntry.objects.latest("timestamp").ground == "emergency"
    assert opened in client.get(ask).content.decode()
    assert client.post(ask, {"reason": REASON}).headers["Location"] == opened
    assert KeeperNotice.objects.count() == 1
    notices = sign_in(cast.director).get(reverse("keeper_notices")).content.decode()
    for words in (REASON, cast.administrator.name, cast.pupils["own"].name):
        assert words in notices
    assert "marker" not in notices


@pytest.mark.promise("P2")
def test_an_emergency_shows_the_card_and_no_other_part(cast, card, write, sign_in):
    write()
    take(cast, "other_counsellor")
    client = sign_in(cast.other_counsellor)
    html = client.get(reverse("dossier", args=[cast.dossier("own").pk])).content.decode()
    assert "Allergy-marker" in html
    assert "Facts-marker" not in html
    assert reverse("change_card", args=[cast.dossier("own").pk]) not in html
    assert client.get(address(cast, "change_card")).status_code == 404
    assert client.get(address(cast, "write_note")).status_code == 403
    part = reverse("dossier_part", args=[cast.dossier("own").pk, "guidance"])
    assert client.get(part).status_code == 404


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("person", "status"), [("foreign_counsellor", 404), ("board_officer", 403), ("parent", 403)]
)
def test_the_pages_are_not_there_for_strangers(cast, card, sign_in, person, status):
    client = sign_in(cast.people[person])
    for name in ("ask_emergency_card", "emergency_card"):
        response = client.get(address(cast, name))
        assert response.status_code == status
        assert "marker" not in response.content.decode()


# --- the keeper ---------------------------------------------------------------------------------


@pytest.mark.promise("P7")
def test_a_keeper_ticks_a_notice_off_once(cast, card, sign_in):
    take(cast, "other_counsellor")
    notice = KeeperNotice.objects.get()
    seen = reverse("keeper_notice_seen", args=[notice.pk])
    with acting_as(cast.director, on=cast.today):
        assert list(unseen_notices(cast.director, on=cast.today)) == [notice]
    assert sign_in(cast.counsellor).post(seen).status_code == 403
    assert sign_in(cast.other_director).post(seen).status_code == 404
    assert sign_in(cast.deputy).post(seen).status_code == 302
    notice.refresh_from_db()
    assert notice.seen_by_id == cast.deputy.pk
    assert LogEntry.objects.filter(event="keeper-notice-seen").count() == 1
    with acting_as(cast.director, on=cast.today):
        assert not unseen_notices(cast.director, on=cast.today).exists()
        with pytest.raises(Overtaken):
            see_notice(notice=notice, by=cast.director, on=cast.today)


@pytest.mark.promise("P7")
def test_a_director_who_opened_a_card_is_watched_by_others(cast, card):
    take(cast, "director")
    notice = KeeperNotice.objects.get()
    with acting_as(cast.director, on=cast.today):
        assert not unseen_notices(cast.director, on=cast.today).exists()
        with pytest.raises(NotAllowed):
            see_notice(notice=notice, by=cast.director, on=cast.today)
    for other in (cast.deputy, cast.board_officer):
        with acting_as(other, on=cast.today):
            assert unseen_notices(other, on=cast.today).exists()
