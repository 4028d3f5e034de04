"""What can't be opened any more: the page goes on and says so, and the log tells each time."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from dossiers.actions.agreements import AgreementText, close_agreement, make_agreement
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.actions.emergency import CardText, write_card
from dossiers.actions.notes import NoteText, correct_note
from dossiers.models import EmergencyCardVersion, OtherSystemRecord
from tests.dossiers.files.conftest import upload
from vault import blobs
from vault.chunks import CHUNK
from vault.errors import Unreadable
from vault.models import PartKey

pytestmark = pytest.mark.promise("P22")
SAID = "can't be shown"
NOT_READ = "can't be read"


def spoil(row):
    """One bit of what is sealed in this row turns over."""
    data = bytearray(bytes(row.sealed))
    data[-1] ^= 1
    type(row).objects.filter(pk=row.pk).update(sealed=bytes(data))
    return row


def blob_path(version):
    return blobs._path(version.blob)


@pytest.fixture
def agree(cast):
    def agreement(text: str, *, closed: bool = False):
        with acting_as(cast.counsellor, on=cast.today):
            made = make_agreement(
                part=cast.part("own", "agreements"),
                text=AgreementText(text, "somebody"),
                made_on=cast.today,
                review_on=cast.today,
                by=cast.counsellor,
                on=cast.today,
            )
            if closed:
                close_agreement(agreement=made, by=cast.counsellor, on=cast.today)
        return made

    return agreement


@pytest.fixture
def card(cast):
    with acting_as(cast.counsellor, on=cast.today):
        for number in range(2):
            write_card(
                part=cast.part("own", "emergency"),
                text=CardText(f"Nuts-{number}", "", "", ""),
                seen_number=number,
                by=cast.counsellor,
                on=cast.today,
            )
    return EmergencyCardVersion.objects.get(number=2)


@pytest.fixture
def elsewhere(cast):
    with acting_as(cast.counsellor, on=cast.today):
        for system in ("Bad", "Good"):
            add_record_elsewhere(
                dossier=cast.dossier("own"),
                what=Elsewhere(system, "Kind", "Somebody", "a year"),
                by=cast.counsellor,
                on=cast.today,
            )
    return OtherSystemRecord.objects.order_by("recorded_at").first()


@pytest.fixture
def seen(cast, sign_in):
    """Opens a page as the counsellor; the answer, and the rows of the log about it."""

    def page(name, *keys, method="get", data=None):
        before = set(LogEntry.objects.values_list("pk", flat=True))
        answer = getattr(sign_in(cast.counsellor), method)(reverse(name, args=keys), data or {})
        return answer, list(LogEntry.objects.exclude(pk__in=before).order_by("timestamp"))

    return page


def assert_told(cast, rows, damaged):
    """Exactly one row says what was damaged, whose it is and of which request."""
    (told,) = [row for row in rows if row.event == "damage-met"]
    assert (told.object_pk, told.outcome) == (str(damaged.pk), "failed")
    assert told.subjects == [cast.pupils["own"].log_key]
    assert told.unit == cast.school.pk
    assert told.actor_id == cast.counsellor.pk
    assert {row.cid for row in rows} == {told.cid}


def test_a_damaged_note_leaves_the_others_readable(cast, write, seen):
    write(facts="Good facts")
    damaged = spoil(write(facts="Bad facts").versions.get())
    answer, rows = seen("dossier_part", cast.dossier("own").pk, "guidance")
    assert answer.status_code == 200
    assert "Good facts" in answer.text
    assert answer.text.count(SAID) == 1
    assert_told(cast, rows, damaged)
    answer, rows = seen("note", damaged.note_id)
    assert (answer.status_code, answer.text.count(SAID)) == (200, 1)
    assert_told(cast, rows, damaged)


def test_a_damaged_older_version_leaves_the_newest_readable(cast, write, seen):
    note = write(facts="Old facts")
    damaged = spoil(note.versions.get())
    with pytest.raises(Unreadable), acting_as(cast.counsellor, on=cast.today):
        correct_note(
            note=note,
            text=NoteText("New", "New facts"),
            reason="because",
            seen_number=1,
            by=cast.counsellor,
            on=cast.today,
        )
    other = write(facts="Other facts")
    with acting_as(cast.counsellor, on=cast.today):
        correct_note(
            note=other,
            text=NoteText("New", "New facts"),
            reason="because",
            seen_number=1,
            by=cast.counsellor,
            on=cast.today,
        )
    damaged = spoil(other.versions.get(number=1))
    answer, rows = seen("note", other.pk)
    assert answer.text.count(SAID) == 1
    assert "New facts" in answer.text
    assert_told(cast, rows, damaged)


@pytest.mark.parametrize("harm", ["row", "gone"])
@pytest.mark.parametrize("page", ["files_of_part", "dossier_part", "note"])
def test_a_damaged_file_leaves_the_others_in_the_list(cast, write, add, seen, harm, page):
    note = write()
    add(name="Good.pdf", note=note)
    damaged = add(name="Bad.pdf", note=note).versions.get()
    if harm == "row":
        spoil(damaged)
    else:
        blob_path(damaged).unlink()
    keys = [note.pk] if page == "note" else [cast.dossier("own").pk, "guidance"]
    answer, rows = seen(page, *keys)
    assert answer.status_code == 200
    assert "Good.pdf" in answer.text
    assert SAID in answer.text
    assert ("Bad.pdf" in answer.text) == (harm == "gone")  # its name is sealed in the row
    assert_told(cast, rows, damaged)


@pytest.mark.parametrize("harm", ["row", "gone"])
def test_a_damaged_file_is_mended_by_a_new_version(cast, add, seen, quick, harm):
    file = add()
    damaged = file.versions.get()
    if harm == "row":
        spoil(damaged)
    else:
        blob_path(damaged).unlink()
    answer, rows = seen("file", file.pk)
    assert answer.status_code == 500
    assert NOT_READ in answer.text
    assert_told(cast, rows, damaged)
    answer, rows = seen("replace_file", file.pk)
    assert (answer.status_code, SAID in answer.text) == (200, True)
    assert_told(cast, rows, damaged)
    sent = {"uploads": upload("new.pdf"), "seen": 1}
    answer, _ = seen("replace_file", file.pk, method="post", data=sent)
    assert answer.status_code == 302
    answer, _ = seen("file", file.pk)
    assert answer.status_code == 200
    assert "new.pdf" in answer.text
    assert (SAID in answer.text) == (harm == "row")
    assert seen("file", file.pk)[0].status_code == 200


def test_damaged_agreements_are_told_beside_the_others(cast, agree, seen):
    agree("Good agreement")
    damaged = spoil(agree("Bad agreement"))
    for name, keys in (
        ("dossier_part", (cast.dossier("own").pk, "agreements")),
        ("dossier_part", (cast.dossier("own").pk, "guidance")),
        ("home", ()),
    ):
        answer, rows = seen(name, *keys)
        assert answer.status_code == 200
        assert "Good agreement" in answer.text
        assert answer.text.count(SAID) == 1, name
        assert_told(cast, rows, damaged)
    closed = spoil(agree("Bad agreement too", closed=True))
    _, rows = seen("dossier_part", cast.dossier("own").pk, "agreements")
    assert {row.object_pk for row in rows if row.event == "damage-met"} == {
        str(damaged.pk),
        str(closed.pk),
    }


@pytest.mark.promise("P6")
def test_a_damaged_card_is_not_called_empty_and_can_be_written_anew(cast, card, seen):
    spoil(card)
    dossier = cast.dossier("own")
    for name, keys in (
        ("dossier_part", (dossier.pk, "emergency")),
        ("emergency_card", (dossier.pk,)),
        ("change_card", (dossier.pk,)),
    ):
        answer, rows = seen(name, *keys)
        assert answer.status_code == 200
        assert SAID in answer.text, name
        assert "is empty" not in answer.text
        assert "Nothing is filled in" not in answer.text
        assert_told(cast, rows, card)
    answer, _ = seen(
        "change_card", dossier.pk, method="post", data={"allergies": "Bees", "seen": 2}
    )
    assert answer.status_code == 302


def test_a_damaged_line_of_what_is_kept_elsewhere_leaves_the_others(cast, elsewhere, seen):
    spoil(elsewhere)
    for name, keys in (
        ("elsewhere", (cast.dossier("own").pk,)),
        ("dossier_part", (cast.dossier("own").pk, "guidance")),
    ):
        answer, rows = seen(name, *keys)
        assert answer.status_code == 200
        assert "Good" in answer.text
        assert SAID in answer.text
        assert_told(cast, rows, elsewhere)
    answer, _ = seen("end_elsewhere", cast.dossier("own").pk, elsewhere.pk)
    assert answer.status_code == 404


def test_a_damaged_key_closes_its_own_part_and_no_other(cast, write, agree, seen):
    write(facts="Good facts")
    lost = write(facts="Bad facts", part="care")
    agree("Good agreement")
    row = PartKey.objects.get(part_id=lost.part_id)
    PartKey.objects.filter(pk=row.pk).update(wrapped=bytes(row.wrapped)[:-1] + b"x")
    dossier = cast.dossier("own")
    for keys, said in (
        ((dossier.pk, "guidance"), "Good facts"),
        ((dossier.pk, "agreements"), "Good agreement"),
    ):
        answer, rows = seen("dossier_part", *keys)
        assert said in answer.text
        assert SAID not in answer.text
        assert not [row for row in rows if row.event == "damage-met"]
    answer, rows = seen("dossier_part", dossier.pk, "care")
    assert (answer.status_code, answer.text.count(SAID)) == (200, 1)
    assert_told(cast, rows, lost.versions.get())
    typed = {"part": "care", "title": "New", "facts": "New", "happened_on": cast.today}
    answer, _ = seen("write_note", dossier.pk, method="post", data=typed)
    assert (answer.status_code, NOT_READ in answer.text) == (500, True)


def test_a_page_about_one_damaged_thing_says_so(cast, write, agree, seen):
    note, agreement = spoil(write().versions.get()), spoil(agree("Bad agreement"))
    for name, key, damaged in (
        ("correct_note", note.note_id, note),
        ("renew_agreement", agreement.pk, agreement),
        ("close_agreement", agreement.pk, agreement),
    ):
        answer, rows = seen(name, key)
        assert answer.status_code == 500
        assert NOT_READ in answer.text
        assert_told(cast, rows, damaged)
        assert {row.outcome for row in rows} == {"failed"}


def test_a_download_that_broke_off_in_the_middle_is_told_afterwards(cast, add, seen):
    damaged = add(bytes(8 * CHUNK)).versions.get()
    path = blob_path(damaged)
    data = bytearray(path.read_bytes())
    data[5 * CHUNK] ^= 1
    path.write_bytes(bytes(data))
    answer, (sent,) = seen("download_file", damaged.file_id, 1)
    assert (sent.event, sent.outcome) == ("file-downloaded", "success")
    pieces = iter(answer)
    assert next(pieces) == bytes(4 * CHUNK)
    with pytest.raises(Unreadable):
        next(pieces)
    rows = list(LogEntry.objects.filter(cid=sent.cid))
    assert len(rows) == 2
    assert_told(cast, rows, damaged)
    told = next(row for row in rows if row.event == "damage-met")
    assert (told.actor_role, told.remote_addr) == (sent.actor_role, sent.remote_addr)
