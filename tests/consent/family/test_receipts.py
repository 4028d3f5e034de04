"""Receipts: a page at once, a paper once, and a code that knows a changed file."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from access.acting import acting_as
from audit.models import LogEntry
from consent.actions.answering import row_for
from consent.models import Receipt, ReceiptPaper
from consent.queries import receipts_to_verify
from consent.queries.genuine import Verdict, Verified, verify
from pdf import making, papers
from vault.models import PartKey

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P20")]


@pytest.fixture
def signed(family, enter) -> Receipt:
    """A parent said yes to one question."""
    family.asked.ask("own")
    enter("parent")
    family.sign("parent", "own", website=True)
    return Receipt.objects.get()


@pytest.fixture
def made_here(monkeypatch) -> list[str]:
    """Papers are made in this process; gives which."""
    made: list[str] = []

    def here(html: str, pictures: dict[str, bytes], pages: int) -> bytes:
        made.append(html)
        return making.made(html, pictures, pages=pages)

    monkeypatch.setattr(papers, "_made", here)
    return made


def paper(family, receipt: Receipt) -> bytes:
    answer = family.client.post(reverse("receipt_paper", args=[receipt.pk]))
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def altered(data: bytes) -> bytes:
    """The same paper with another page before it, saved by another program."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


def test_a_paper_that_can_not_be_opened_any_more_stands_in_the_log(family, signed, made_here):
    paper(family, signed)
    kept = ReceiptPaper.objects.get()
    PartKey.objects.filter(part_id=kept.pk).delete()
    page = family.client.post(reverse("receipt_paper", args=[signed.pk]), follow=True)
    assert "be read any more. The school can help you." in page.content.decode()
    told = LogEntry.objects.get(event="damage-met")
    own = family.asked.cast.pupils["own"]
    assert (told.object_pk, told.subjects) == (str(kept.pk), [own.log_key])


def test_a_paper_is_made_once_says_what_was_signed_and_is_known_again(family, signed, made_here):
    data = paper(family, signed)
    assert paper(family, signed) == data
    assert len(made_here) == 1
    assert LogEntry.objects.filter(event="consent-receipt-kept").count() == 1
    assert data not in bytes(ReceiptPaper.objects.get().sealed)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    for words in ("May website?", "yes", signed.code, "Demo parent", "First-own", "Text 1"):
        assert words in text, words
    assert "parent_teacher" not in text
    assert verify(data).verdict is Verdict.GENUINE
    assert verify(altered(data)) == Verified(Verdict.CHANGED, signed.code)
    assert verify(data + b"\n").verdict is Verdict.CHANGED
    assert verify(signed.code.encode()).verdict is Verdict.CHANGED
    stranger = signed.code[:-1] + ("a" if signed.code[-1] != "a" else "b")
    assert verify(stranger.encode()).verdict is Verdict.UNKNOWN


def test_a_receipt_whose_answer_was_changed_behind_our_back_no_longer_fits(
    family, signed, made_here
):
    data = paper(family, signed)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table consent_answer disable trigger nothing_is_changed")
        cursor.execute("update consent_answer set said = 'refused'")
        cursor.execute("alter table consent_answer enable trigger nothing_is_changed")
    found = verify(data)
    assert (found.verdict, found.rows_fit) == (Verdict.CHANGED, False)


def test_the_command_says_which_and_fails_for_all_but_genuine(
    family, signed, made_here, tmp_path, capsys
):
    file = tmp_path / "receipt.pdf"
    file.write_bytes(paper(family, signed))
    call_command("verify_receipt", str(file))
    assert capsys.readouterr().out.startswith("genuine")
    for data, word in ((b"%PDF-1.7 nothing", "unknown"), (file.read_bytes() + b" ", "changed")):
        file.write_bytes(data)
        with pytest.raises(CommandError, match=f"^{word}"):
            call_command("verify_receipt", str(file))
    with pytest.raises(CommandError, match="can't be read"):
        call_command("verify_receipt", str(tmp_path / "none.pdf"))


def test_nobody_else_reads_a_receipt_and_nobody_changes_one(asked, family, signed, enter):
    for who in ("parent_teacher", "parent_without", "administrator", "director", "fg"):
        with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
            assert not Receipt.objects.exists(), who
    with acting_as(asked.cast.parent, on=asked.cast.today, read_only=True):
        assert Receipt.objects.get() == signed
        assert not receipts_to_verify([signed.code], b"")  # what only the command learns
    for verb in ("update consent_receipt set language = 'nl'", "delete from consent_receipt"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
    asked.cast.add_person("parent_teacher", "parent", asked.cast.school.unit)
    client = enter("parent_teacher")
    assert client.get(reverse("receipt", args=[signed.pk])).status_code == 404
    assert client.post(reverse("receipt_paper", args=[signed.pk])).status_code == 404


@pytest.mark.parametrize("who", ["parent", "parent_teacher"])
def test_nobody_adds_an_answer_to_a_receipt_that_was_signed(asked, signed, who):
    row = row_for(asked.request("own", of=who))
    row.said, row.route, row.language = "given", "online", "nl"
    row.answered_at = row.recorded_at = timezone.now()
    row.recorded_by, row.receipt = asked.cast.people[who], signed
    with acting_as(asked.cast.people[who], on=asked.cast.today):
        with pytest.raises(DatabaseError, match="own receipt"), transaction.atomic():
            row.save(force_insert=True)
    assert receipts_to_verify([signed.code], b"")[0].fits
