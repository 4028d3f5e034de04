"""Signing: who, what, once; what is frozen; the paper, and how a file is known again."""

from __future__ import annotations

import io
import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.digest import digest_of
from audit.frozen import Verdict, paper_of
from audit.heads import Head
from audit.models import LogDeparture, LogEntry
from oversight.actions import reports as actions
from oversight.actions.reports import Shown, sign_report
from oversight.models import FindingDay, SignedReport
from oversight.queries.reports import said_about
from oversight.queries.reports_due import reports_due
from oversight.queries.reports_signed import opened, standing, verify
from oversight.rules.reports import Period, Said, month_of
from tests.cast import PASSWORD
from tests.oversight.reports.rows import many, one, write
from tests.oversight.reports.test_numbers import CLOCK
from vault import blobs, uses
from vault.models import PartKey

OCTOBER = month_of(date(2026, 10, 1))
HEAD = Head(41, "ab" * 32, datetime(2026, 11, 16, 8, 59, tzinfo=UTC))


COPIED_TO_A_MONTH_THAT_GOES_ON = """
insert into oversight_signedreport select gen_random_uuid(), first_day + 31, last_day + 30, looks,
refused, open_findings, sealed, 'x', gen_random_uuid(), 'y', head_number, head_link,
head_sealed_at, language, signed_as, signed_at, school_id, signed_by_id
from oversight_signedreport
"""


@pytest.fixture(autouse=True)
def sealed(cast, monkeypatch, settings, tmp_path) -> None:
    """The log began in October, is sealed and looked at; sealed files have an own folder."""
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr(actions, "newest_head", lambda: HEAD)
    first = datetime(2026, 10, 1, 8, tzinfo=CLOCK)
    write(
        one(cast.counsellor, [], school.pk, first, event="page-listed")
        for school in (cast.school, cast.other_school)
    )
    FindingDay.objects.create(unit=cast.school.unit, day=OCTOBER.last, has_assent=True, rows_read=0)


@pytest.fixture
def quick_paper(monkeypatch) -> None:
    """A paper that takes no time; what stands on it is asked elsewhere."""
    made = iter(range(100))
    monkeypatch.setattr(
        actions, "report_paper", lambda *a, **k: b"%PDF-quick " + str(next(made)).encode()
    )


def sign(cast, who: str = "director", *, period: Period = OCTOBER, school=None, **given):
    by, school = cast.people[who], school or cast.school
    with acting_as(by, on=cast.today):
        said = said_about(by, school, period, on=cast.today)
        shown = Shown(given.get("seen") or digest_of(said.plain()), given.get("remarks", ""))
        return sign_report(
            school=school, period=period, shown=shown, language="en", by=by, on=cast.today
        )


@pytest.mark.promise("P22")
@pytest.mark.parametrize("who", ["director", "deputy"])
def test_a_signed_report_keeps_what_was_read_with_the_head_of_the_log(cast, quick_paper, who):
    many(cast, OCTOBER, 40)
    report = sign(cast, who, remarks="Discussed in the team.")
    with acting_as(cast.fg, on=cast.today):
        found = opened(SignedReport.objects.get(), cast.fg)
        assert found.said == said_about(cast.fg, cast.school, OCTOBER, on=cast.today)
    assert found.remarks == "Discussed in the team."
    assert (report.head_number, report.head_link) == (HEAD.number, HEAD.link_hex)
    assert report.looks == found.said.numbers.looks > 0
    assert b"Discussed" not in bytes(report.sealed)
    row = LogEntry.objects.get(event="report-signed")
    assert row.additional_data == {
        "month": "2026-10",
        "digest": report.digest,
        "paper": report.paper_digest,
        "head": 41,
    }
    assert row.unit == cast.school.pk


@pytest.mark.parametrize(
    ("who", "period", "refused"),
    [
        ("counsellor", OCTOBER, NotAllowed),
        ("board_officer", OCTOBER, NotAllowed),
        ("fg", OCTOBER, NotAllowed),
        ("other_director", OCTOBER, NotAllowed),
        ("director", month_of(date(2026, 11, 1)), Refused),  # going on
        ("director", Period(date(2026, 10, 1), date(2026, 10, 30)), Refused),  # no month
        ("director", month_of(date(2026, 9, 1)), Refused),  # before the log began
    ],
)
def test_only_a_director_signs_and_only_a_month_that_is_over(
    cast, quick_paper, who, period, refused
):
    with pytest.raises(refused):
        sign(cast, who, period=period)
    assert not SignedReport.objects.exists()


def test_a_month_is_signed_once_and_as_it_was_shown(cast, quick_paper):
    with pytest.raises(Overtaken, match="changed since you opened it"):
        sign(cast, seen="0" * 64)
    sign(cast, "deputy")
    with pytest.raises(Overtaken, match=cast.deputy.name):
        sign(cast)
    assert SignedReport.objects.count() == 1
    assert LogEntry.objects.filter(event="report-signed").count() == 1


def test_nothing_is_signed_before_the_findings_of_the_last_day_are_made(cast, quick_paper):
    """Who is told of nothing at one in the night would sign that there was nothing.

    So would who signs where no night ever ran.
    """

    def looked_at(day: date) -> None:
        FindingDay.objects.create(
            unit=cast.other_school.unit, day=day, has_assent=True, rows_read=0
        )

    for day in (None, OCTOBER.last - timedelta(days=1)):
        if day is not None:
            looked_at(day)
        with pytest.raises(Refused, match="findings"):
            sign(cast, "other_director", school=cast.other_school)
    assert not SignedReport.objects.exists()
    looked_at(OCTOBER.last)
    assert sign(cast, "other_director", school=cast.other_school).open_findings == 0


@pytest.mark.parametrize("head", [None, replace(HEAD, sealed_at=OCTOBER.ends)])
def test_nothing_is_signed_before_the_log_of_the_month_is_sealed(
    cast, quick_paper, monkeypatch, head
):
    monkeypatch.setattr(actions, "newest_head", lambda: head)
    with pytest.raises(Refused, match="not sealed yet"):
        sign(cast)


@pytest.mark.promise("P22")
@pytest.mark.parametrize(
    "change",
    [
        "update oversight_signedreport set looks = 0",
        "update oversight_signedreport set sealed = ''",
        "delete from oversight_signedreport",
        COPIED_TO_A_MONTH_THAT_GOES_ON,
    ],
)
def test_the_database_freezes_what_was_signed_for_the_owner_too(cast, quick_paper, change):
    sign(cast)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('portal.day', '2026-11-16', true)")
        with pytest.raises(Error, match=r"frozen|once its month is over"), transaction.atomic():
            cursor.execute(change)


def test_who_works_elsewhere_reaches_no_row_even_without_the_check_of_django(cast, quick_paper):
    sign(cast)
    for person, seen in (("other_director", 0), ("counsellor", 0), ("fg", 1), ("director", 1)):
        with acting_as(cast.people[person], on=cast.today):
            assert SignedReport.objects.count() == seen


def test_the_sweep_leaves_the_papers_of_reports(cast, quick_paper):
    report = sign(cast)
    assert uses.blobs_without_a_row([report.blob]) == []
    assert "oversight" in uses.rooms_that_keep_blobs()


@pytest.mark.promise("P22")
def test_the_paper_is_an_archive_of_keys_with_head_hash_and_signature(cast):
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    write([one(cast.counsellor, [cast.pupils["own"].log_key], cast.school.pk, moment)])
    report = sign(cast, remarks="Read with the team.")
    data = paper_of(report)
    reader = PdfReader(io.BytesIO(data), strict=True)
    said = "".join(page.extract_text() for page in reader.pages)
    for word in (
        cast.director.name,
        "Read with the team.",
        report.digest,
        HEAD.link_hex,
        str(cast.pupils["own"].log_key),
        str(cast.counsellor.pk),
    ):
        assert word in said
    assert cast.pupils["own"].name not in said
    assert cast.counsellor.name not in said
    _must_be_archived(reader)
    assert b"<svg" not in data
    assert verify(data).verdict is Verdict.GENUINE


def _must_be_archived(reader: PdfReader) -> None:
    """PDF/A-2a and PDF/UA-1 as far as a reader can see: said so, self-contained, tagged."""
    root = reader.trailer["/Root"]
    meta = reader.xmp_metadata.rdf_root.toxml()
    assert 'pdfaid:part="2"' in meta
    assert 'pdfaid:conformance="A"' in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert "pdfaExtension:schemas" in meta, "a word that PDF/A does not know is explained"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    (intent,) = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object()["/N"] == 3
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.trailer["/ID"]
    assert not reader.is_encrypted
    assert not reader.attachments
    assert "/OpenAction" not in root
    assert "/AA" not in root
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            deep = font.get_object()["/DescendantFonts"][0].get_object()
            described = deep["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), "not embedded"
        for image in page["/Resources"].get("/XObject", {}).values():
            assert not image.get_object().get("/Interpolate")


@pytest.mark.parametrize(
    ("harm", "verdict"),
    [
        (lambda data: data, Verdict.GENUINE),
        (lambda data: data.replace(b"quick", b"other"), Verdict.UNKNOWN),
        (lambda data: b"a report with hash " + data, Verdict.UNKNOWN),
    ],
)
def test_a_file_is_the_signed_one_or_it_is_not(cast, quick_paper, harm, verdict):
    data = paper_of(sign(cast))
    assert verify(harm(data)).verdict is verdict


def test_a_file_with_the_hash_of_a_report_is_a_changed_one(cast, quick_paper, tmp_path, capsys):
    report = sign(cast)
    file = tmp_path / "report.pdf"
    file.write_bytes(paper_of(report))
    call_command("verify_report", str(file))
    assert "genuine" in capsys.readouterr().out
    file.write_text(f"Report, hash {report.digest}, all is well.")
    with pytest.raises(CommandError, match="changed") as changed:
        call_command("verify_report", str(file))
    assert str(report.pk) in str(changed.value)
    assert cast.director.name not in str(changed.value)


@pytest.mark.promise("P22")
def test_whoever_writes_in_the_database_makes_no_report_that_was_signed(cast, quick_paper):
    """The row in the log, sealed, says what was signed; a copy of a blob does not open."""
    report = sign(cast)
    data = paper_of(report)
    LogEntry.objects.filter(event="report-signed").update(additional_data={"digest": "other"})
    assert verify(data).trouble == ("the row in the log",)
    path = blobs._path(report.blob)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "what is kept, which can't be opened" in verify(data).trouble


def test_what_was_said_comes_back_from_json_as_it_was(cast):
    many(cast, OCTOBER, 50)
    with acting_as(cast.fg, on=cast.today):
        said = said_about(cast.fg, cast.school, OCTOBER, on=cast.today)
    assert Said.of_plain(said.plain()) == said


def test_a_director_who_is_a_parent_signs_without_a_line_about_the_child(cast, quick_paper):
    """ADR 13. Who reads it later reads that a line is missing; the colleague's names the child."""
    cast.add_parent("director", "own")
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    keys = [cast.pupils[name].log_key for name in ("own", "other")]
    write([one(cast.director, [key], cast.school.pk, moment) for key in keys])
    report = sign(cast)
    with acting_as(cast.fg, on=cast.today):
        numbers = opened(report, cast.fg).said.numbers
    assert [ranked.key for ranked in numbers.dossiers] == keys[1:]
    assert (numbers.left_out, numbers.looks) == (1, 2)
    assert [ranked.key for ranked in numbers.most_looked] == [cast.director.pk]


def test_the_colleagues_paper_is_not_given_to_the_parent_of_a_child_on_it(
    cast, quick_paper, sign_in
):
    cast.add_parent("director", "own")
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    write([one(cast.counsellor, [cast.pupils["own"].log_key], cast.school.pk, moment)])
    sign(cast, "deputy")
    address = f"/reports/{cast.school.pk}/2026/10/"
    client = sign_in(cast.director)
    assert (
        "A dossier of a child of yours is not shown here." in client.get(address).content.decode()
    )
    assert client.post(f"{address}paper/").status_code == 302
    assert sign_in(cast.fg).post(f"{address}paper/").content.startswith(b"%PDF-")


def test_signing_asks_who_it_is_and_keeps_the_remarks_when_it_is_not(cast, quick_paper, sign_in):
    client = sign_in(cast.director)
    session = client.session  # as after a real sign-in: whose these factors are
    session["account_authentication_methods_user"] = str(cast.director.pk)
    session.save()
    address = f"/reports/{cast.school.pk}/2026/10/sign/"
    page = client.get(address)
    seen = page.context["form"].initial["seen"]
    sent = {"seen": seen, "remarks": "Nothing stands out."}
    wrong = client.post(address, sent | {"password": "not it"})
    assert wrong.status_code == 200
    assert "Nothing stands out." in wrong.content.decode()
    assert not SignedReport.objects.exists()
    assert client.post(address, sent | {"password": PASSWORD}).status_code == 302
    month = client.get(
        f"/reports/{cast.school.pk}/period/?first=2026-10-01&last=2026-10-31", follow=True
    )
    page = month.content.decode()
    assert f"Signed by {cast.director.name}" in page
    assert "Nothing stands out." in page
    overtaken = client.get(address)
    assert overtaken.status_code == 302


def test_a_page_that_was_overtaken_says_by_whom(cast, quick_paper, sign_in, monkeypatch):
    client = sign_in(cast.director)
    address = f"/reports/{cast.school.pk}/2026/10/sign/"
    seen = client.get(address).context["form"].initial["seen"]
    stale = client.post(address, {"seen": "1" * 64, "remarks": "x", "password": PASSWORD})
    assert stale.status_code == 409
    assert "changed since you opened it" in stale.content.decode()
    assert seen in stale.content.decode()


def test_an_unsigned_report_is_a_draft_on_paper(cast, sign_in, monkeypatch):
    monkeypatch.setattr(
        "oversight.views.reports_signing.made_paper",
        lambda school, period, said, signature, language: b"%PDF-draft" if not signature else b"",
    )
    answer = sign_in(cast.fg).post(f"/reports/{cast.school.pk}/2026/10/paper/")
    assert answer.content == b"%PDF-draft"
    assert "report-2026-10-draft.pdf" in answer["Content-Disposition"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told(cast, quick_paper):
    """One is stopped while it makes its paper; the other waits, and then it is too late."""
    said, began = [], threading.Barrier(2)

    def try_to(who: str) -> None:
        began.wait()
        try:
            sign(cast, who)
            said.append("signed")
        except Overtaken as overtaken:
            said.append(str(overtaken.sentence))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to, args=[who]) for who in ("director", "deputy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said)[1] == "signed"
    assert "signed this report already" in sorted(said)[0]
    assert SignedReport.objects.count() == 1


def test_a_picture_is_exactly_the_same_on_the_page_and_on_paper(cast, sign_in, monkeypatch):
    many(cast, OCTOBER, 60)
    drawn = {}

    def make(template, context, **given):
        drawn.update(given["pictures"])
        return b"%PDF-"

    monkeypatch.setattr("oversight.documents.reports_paper.papers.make", make)
    client = sign_in(cast.fg)
    address = f"/reports/{cast.school.pk}/2026/10/"
    assert client.post(f"{address}paper/").status_code == 200
    page = client.get(address).content.decode()
    assert set(drawn) == {"days", "hours", "grounds", "people", "dossiers", "refusals"}
    for picture in drawn.values():
        assert picture.decode() in page
        assert cast.counsellor.name not in picture.decode()


def test_what_was_signed_shows_however_the_log_counts_later(cast, quick_paper, sign_in):
    """A row that comes late changes neither the page nor the file of a signed month."""
    sign(cast)
    moment = datetime(2026, 10, 5, 9, tzinfo=CLOCK)
    write([one(cast.counsellor, [cast.pupils["own"].log_key], cast.school.pk, moment)])
    client = sign_in(cast.fg)
    assert client.get(f"/reports/{cast.school.pk}/2026/10/").context["numbers"].looks == 0
    days = {"first": "2026-10-01", "last": "2026-10-31"}
    file = client.post(f"/reports/{cast.school.pk}/export/", days).content.decode()
    assert '"Looks";"";"0"' in file


def harmed(cast, how: str) -> SignedReport:
    """A report of October that is not what a director signed."""
    if how == "its key is gone":
        report = sign(cast)
        PartKey.objects.filter(part_id=report.pk).delete()
        return report
    rubbish = {"sealed": b"rubbish", "digest": "d" * 64, "paper_digest": "e" * 64}
    return SignedReport.objects.create(
        school=cast.school,
        first_day=OCTOBER.first,
        last_day=OCTOBER.last,
        looks=0,
        refused=0,
        open_findings=0,
        blob=uuid.uuid4(),
        head_number=HEAD.number,
        head_link=HEAD.link_hex,
        head_sealed_at=HEAD.sealed_at,
        language="nl",
        signed_by=cast.director,
        signed_as="director",
        **rubbish,
    )


@pytest.mark.parametrize("how", ["its key is gone", "nobody signed it"])
def test_a_damaged_report_shows_as_one_and_the_month_is_signed_beside_it(
    cast, quick_paper, sign_in, monkeypatch, how
):
    """Whoever has the web's login can add a row with rubbish: it must not stop a month."""
    damaged = harmed(cast, how)
    address = f"/reports/{cast.school.pk}/2026/10/"
    client = sign_in(cast.director)
    page = client.get(address)
    assert [row.pk for row in page.context["damaged"]] == [damaged.pk]
    assert "is damaged" in page.content.decode()
    assert reverse("sign_report", args=[cast.school.pk, 2026, 10]) in page.content.decode()
    assert LogEntry.objects.filter(event="damage-met", object_pk=str(damaged.pk)).exists()
    again = sign(cast)
    assert again.beside_id == damaged.pk
    page = client.get(address)
    assert page.context["signed"].pk == again.pk
    assert "was signed beside it" in page.content.decode()
    with acting_as(cast.director, on=cast.today):
        assert reports_due(cast.director, on=cast.today) == []
    with pytest.raises(Overtaken):
        sign(cast)
    assert SignedReport.objects.filter(pk=damaged.pk).exists()
    # Nor does it stand once the log can't say any more which of them was signed.
    month = damaged.signed_at.date().replace(day=1)
    LogDeparture.objects.create(month=month, rows=1, left_at=damaged.signed_at)
    monkeypatch.setattr("audit.frozen.said_by_the_log", lambda rows, event: set())
    assert standing([damaged, again]) == [again]
