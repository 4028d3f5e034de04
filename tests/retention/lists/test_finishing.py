"""Closing a list: not before it may, with one certificate, frozen, known again years later."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.frozen import paper_of
from audit.models import LogDeparture, LogEntry
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from pdf.errors import NotMade, Reason
from retention import carrying_out, finishing, searching
from retention.actions.lists import destroy_item
from retention.actions.other_systems import confirm_other_systems
from retention.destroyer import as_destroyer
from retention.finishing import finish
from retention.models import Certificate, DestructionList, OtherSystem
from retention.queries import closing as queries
from retention.queries.closing import certificate_papers_in_use, other_systems_of
from retention.rules.closing import Waiting
from students.models import Representative
from tests.retention.lists.closing import HEAD, NIGHT, Search, carried_out, finished
from tests.retention.lists.conftest import REVIEWED, Lists
from tests.retention.lists.test_carrying_out import run
from vault import blobs
from vault.models import PartKey

pytestmark = [pytest.mark.promise("P9"), pytest.mark.django_db]
Answer = queries.OtherSystemConfirmation.Answer


@pytest.fixture(autouse=True)
def places(settings, tmp_path, monkeypatch) -> None:
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    for module in (finishing, queries):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)


@pytest.fixture
def search(monkeypatch) -> Search:
    """A search that a test decides about, instead of the real one."""
    found = Search()
    found.stands_in(monkeypatch)
    return found


@pytest.fixture
def quick_paper(monkeypatch) -> None:
    """A paper that takes no time; what stands on it is asked elsewhere."""
    made = iter(range(100))
    monkeypatch.setattr(
        finishing, "certificate_paper", lambda *a: b"%PDF-quick " + str(next(made)).encode()
    )


def list_elsewhere(cast, pupil: str, *words: str) -> None:
    with acting_as(cast.director, on=cast.today):
        what = Elsewhere(*words)
        add_record_elsewhere(
            dossier=cast.dossier(pupil), what=what, by=cast.director, on=cast.today
        )


def confirm(cast, made, answer=Answer.GONE_WRITTEN, by: str = "director") -> int:
    who = cast.people[by]
    with acting_as(who, on=cast.today):
        answers = {row.pk: answer for row in OtherSystem.objects.filter(list=made)}
        return confirm_other_systems(made=made, answers=answers, by=who, on=cast.today)


def test_a_list_closes_once_with_a_certificate_that_says_it_all(cast, tmp_path, capsys):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "De intern begeleider", "5 jaar")
    list_elsewhere(cast, "own", f"Map van {cast.pupils['own'].said_first}", "Verslagen", "X", "Y")
    list_elsewhere(cast, "other", "ParnasSys", "Toetsen", "De intern begeleider", "5 jaar")
    mother = cast.add_parent("mother", "own")
    Representative.objects.create(
        pupil=cast.pupils["other"], kind="voogd", name="Tjerk van Pietersen", court_decision="C/1",
        starts_on=cast.today,
    )  # fmt: skip
    list_elsewhere(cast, "other", "Kluis", "Brief", "Voogd Pietersen", "1 jaar")
    list_elsewhere(cast, "own", "Archief", "Brief", f"bij mw. {mother.surname}", "")
    lists = Lists(cast)
    made = lists.make("own", "other")
    with acting_as(cast.deputy, on=REVIEWED):
        destroy_item(item=made.items.first(), by=cast.deputy, on=REVIEWED)
    lists.decide(made)
    lists.review(made)
    lists.approve(made)
    made.refresh_from_db()
    carried_out(made, cast.today)
    assert finished(made, cast.today).waits_for == (Waiting.OTHER_SYSTEMS,)
    assert confirm(cast, made) == 4

    certificate = finished(made, cast.today).certificate

    made.refresh_from_db()
    assert made.closed_at == certificate.made_at
    destroyed = made.items.filter(outcome="destroyed").count()
    assert (certificate.number, certificate.destroyed) == (1, destroyed)
    assert destroyed >= 6
    assert not PartKey.objects.filter(pk=made.pk).exists(), "what was looked for is forgotten"
    row = LogEntry.objects.get(event="destruction-list-closed")
    assert row.additional_data["digest"] == certificate.digest
    data = paper_of(certificate)
    reader = PdfReader(io.BytesIO(data), strict=True)
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    squeezed = text.replace(" ", "")
    for said in (
        certificate.digest, HEAD.link_hex, certificate.ledger_hash, cast.director.name,
        f"Decided about items{cast.deputy.name}", "The sealed files were deleted, then the rows",
        cast.privacy_officer.name, made.name, "ParnasSys", "De intern begeleider",
        "Columns of both databases",
    ):  # fmt: skip
        assert said.replace(" ", "") in squeezed, said
    for pupil in ("own", "other"):
        one = cast.pupils[pupil]
        assert not {one.said_first, one.surname} & set(text.replace(",", " ").split())
    meta = reader.xmp_metadata.rdf_root.toxml()
    assert 'pdfaid:conformance="A"' in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert reader.trailer["/Root"]["/Lang"] == cast.privacy_officer.language
    assert mother.surname not in text
    assert "Pietersen" not in text
    shown = {one.words["system"]: one.system.pupils for one in other_systems_of(made)}
    assert shown == {"Archief": 1, "Kluis": 1, "ParnasSys": 2, "": 1}, (
        "what names a pupil is counted, unnamed"
    )

    again = finished(made, cast.today)
    assert again.certificate == certificate
    assert Certificate.objects.count() == 1
    assert certificate_papers_in_use([certificate.blob]) == {certificate.blob}
    _must_be_known_again(certificate, data, tmp_path / "certificate.pdf", capsys)


def _must_be_known_again(certificate, data, file, capsys) -> None:
    """Intact, changed, and not ours."""
    file.write_bytes(data)
    call_command("verify_certificate", str(file))
    assert "intact" in capsys.readouterr().out
    file.write_bytes(data + b"\n")
    with pytest.raises(CommandError, match="changed"):
        call_command("verify_certificate", str(file))
    file.write_text("Verklaring van vernietiging")
    with pytest.raises(CommandError, match="not ours"):
        call_command("verify_certificate", str(file))
    LogEntry.objects.filter(event="destruction-list-closed").update(additional_data={})
    file.write_bytes(data)
    with pytest.raises(CommandError, match="row in the log"):
        call_command("verify_certificate", str(file))
    month = certificate.made_at.date().replace(day=1)
    LogDeparture.objects.create(month=month, rows=1, left_at=certificate.made_at)
    call_command("verify_certificate", str(file))
    said = capsys.readouterr().out
    assert "intact" in said
    assert "The log of that month has left" in said
    settings.LEDGER.unlink()
    with pytest.raises(CommandError, match="line in the ledger"):
        call_command("verify_certificate", str(file))


def test_without_a_clean_search_no_list_closes(cast, search, quick_paper, monkeypatch):
    made = carried_out(Lists(cast).approved("own"), cast.today)
    search.finds.add("a file that was left")
    for _ten_minutes in range(2):
        closing = finish(made=made, by=NIGHT, on=cast.today, looks_again=False)
        assert closing.waits_for == (Waiting.SEARCH,)
    assert search.looked == [made.pk], "everything is read once, not every ten minutes"
    assert finished(made, cast.today).waits_for == (Waiting.SEARCH,)
    assert len(search.looked) == 2
    with monkeypatch.context() as patch:
        patch.setattr(searching, "is_clean", lambda made: True)  # the database asks for itself
        with pytest.raises(DatabaseError, match="once nothing is left"), transaction.atomic():
            finished(made, cast.today)
    search.finds.clear()
    assert finished(made, cast.today).certificate is not None


def test_a_list_with_an_item_that_failed_is_not_even_searched(cast, search, monkeypatch):
    made = Lists(cast).approved("own")
    assert finished(made, cast.today).waits_for == (Waiting.ITEMS,)

    def full(*args):
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "destroy_rows", full)
        assert len(run(made, cast.today).failed) == made.items.count()
    assert Waiting.ITEMS in finished(made, cast.today).waits_for
    assert search.looked == []


def test_numbers_of_a_board_have_no_gap_though_a_paper_could_not_be_made(
    cast, search, quick_paper, monkeypatch
):
    first = carried_out(Lists(cast).approved("own"), cast.today)
    second = Lists(cast)
    later = second.make("other", on=REVIEWED)
    second.decide(later)
    second.review(later)
    second.approve(later)

    def no_paper(*args):
        raise NotMade(Reason.BUSY)

    with monkeypatch.context() as patch:
        patch.setattr(finishing, "certificate_paper", no_paper)
        assert finished(first, cast.today).waits_for == (Waiting.PAPER,)
    assert finished(carried_out(later, cast.today), cast.today).certificate.number == 1
    assert finished(first, cast.today).certificate.number == 2


def test_the_database_lets_no_list_close_without_and_no_certificate_go(cast, search, quick_paper):
    made = carried_out(Lists(cast).approved("own"), cast.today)
    rows = DestructionList.objects.filter(pk=made.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), as_destroyer():
        rows.update(closed_at=HEAD.sealed_at)
    certificate = finished(made, cast.today).certificate
    kept = Certificate.objects.filter(pk=certificate.pk)
    for change in (lambda: kept.update(number=2), lambda: kept._raw_delete(using="default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert blobs.is_there(certificate.blob)


def test_who_handles_the_list_says_what_other_systems_hold(cast):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "", "")
    made = carried_out(Lists(cast).approved("own"), cast.today)
    for by in ("counsellor", "fg", "other_director"):
        with pytest.raises(NotAllowed):
            confirm(cast, made, by=by)
    assert confirm(cast, made, Answer.UNKNOWN, by="privacy_officer") == 1
    with pytest.raises(Refused):
        confirm(cast, made, Answer.UNKNOWN)  # nothing new
    assert confirm(cast, made, Answer.KEPT, by="board_officer") == 1


def test_what_was_said_of_other_systems_stays(cast, search, quick_paper):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "", "")
    made = carried_out(Lists(cast).approved("own"), cast.today)
    confirm(cast, made, Answer.KEPT)
    said = queries.OtherSystemConfirmation.objects.filter(system__list=made)
    for change in (lambda: said.update(answer="gone-seen"), lambda: said._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert finished(made, cast.today).certificate is not None
    with pytest.raises(Overtaken):
        confirm(cast, made)


@pytest.mark.parametrize(
    ("module", "step", "after"),
    [
        (searching, "search", True),
        (finishing, "certificate_paper", True),
        (finishing, "freeze", True),
        (finishing, "_record", True),
        (searching, "forget", False),
        (searching, "forget", True),
    ],
)
def test_cut_off_at_any_step_there_is_one_certificate_in_the_end(
    cast, search, quick_paper, monkeypatch, module, step, after
):
    made = carried_out(Lists(cast).approved("own"), cast.today)
    real = getattr(module, step)

    def cut_off(*args, **keywords):
        if after:
            real(*args, **keywords)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            finished(made, cast.today)
    made.refresh_from_db()
    assert (made.closed_at is not None) == Certificate.objects.exists() == (step == "forget")
    certificate = finished(made, cast.today).certificate
    assert Certificate.objects.get() == certificate
    assert certificate.number == 1
    assert paper_of(certificate).startswith(b"%PDF-quick")
    assert LogEntry.objects.filter(event="destruction-list-closed").count() == 1
    assert made.pk in search.forgotten
