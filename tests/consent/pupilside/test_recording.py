"""Recording what came on paper or in person: all of one paper at once, with a sealed scan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from consent.actions.recording import Way, record_answers
from consent.actions.scans import Sent, add_scan, withdraw_scan
from consent.models import Answer, Scan, ScannedAnswer
from consent.queries import content_of_scan, paper_of
from consent.views.pupil import recording
from files.kinds import Kind
from students.models import Authority
from tests.consent.pupilside.conftest import clean, sent, upload
from vault.uses import blobs_without_a_row

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.fixture
def paper(asked, at, monkeypatch):
    """Sends the form about what `parent` answered, without waiting for the sandbox."""
    asked.add("app", "school-app")
    asked.ask("own")
    monkeypatch.setattr(recording, "sent_by", lambda form: sent() if form.pages else None)
    key = asked.request("own", of="parent").parent_id

    def send(*, who: str = "administrator", person: str = f"parent-{key}", **data):
        named = {
            f"answer_{asked.request('own', code, of='parent').pk}": data.pop(code)
            for code in ("website", "app")
            if code in data
        }
        usual = {
            "answered_on": asked.cast.today.isoformat(),
            "route": "paper",
            "language": "nl",
            "scan": upload(),
        }
        fields = {name: value for name, value in (usual | named | data).items() if value != ""}
        return at(who, "record_paper", person, data=fields, follow=True)

    return send


def test_all_of_one_paper_is_recorded_at_once_with_its_scan_and_one_event(asked, paper, stored):
    page = paper(website="yes", app="no")
    assert "2 answers are recorded." in page.content.decode()
    assert "Hidden data was removed" in page.content.decode()
    rows = Answer.objects.order_by("purpose__code")
    assert [(row.said, row.route, row.language) for row in rows] == [
        ("refused", "paper", "nl"),
        ("given", "paper", "nl"),
    ]
    assert {row.recorded_by for row in rows} == {asked.cast.administrator}
    scan = Scan.objects.get()
    assert ScannedAnswer.objects.filter(scan=scan).count() == 2
    entry = LogEntry.objects.get(event="consent-answer-recorded")
    assert entry.subjects == [asked.cast.pupils["own"].log_key]
    assert entry.additional_data["scan"] == str(scan.pk)
    (blob,) = stored()
    assert b"paper-marker" not in blob.read_bytes()
    assert b"Paper-marker" not in bytes(scan.sealed)
    assert content_of_scan(scan) == b"%PDF paper-marker"
    assert paper_of(scan).name == "scan.pdf", "what the sender called it is kept nowhere"


def test_the_same_form_sent_twice_adds_nothing_twice(asked, paper, stored):
    paper(website="yes")
    again = paper(website="yes")
    assert "These answers were recorded already." in again.content.decode()
    assert (Answer.objects.count(), Scan.objects.count(), len(stored())) == (1, 1, 1)
    assert LogEntry.objects.filter(event="consent-answer-recorded").count() == 1


def test_nothing_is_chosen_beforehand_and_every_mistake_is_said_with_nothing_lost(
    asked, at, paper, stored
):
    key = asked.request("own", of="parent").parent_id
    form = at("administrator", "record_paper", f"parent-{key}").content.decode()
    assert "checked" not in form
    tomorrow = (asked.cast.today + DAY).isoformat()
    for data, words in [
        ({}, "Choose yes or no for at least one of these."),
        ({"website": "yes", "scan": ""}, "Add a scan or a picture of the paper"),
        ({"website": "yes", "answered_on": tomorrow}, "This day is still to come."),
        ({"website": "yes", "route": ""}, "This field is required."),
        ({"website": "maybe"}, "Select a valid choice."),
        ({"website": "yes", "route": "online"}, "Select a valid choice."),
    ]:
        page = paper(**data)
        assert words in page.content.decode(), (data, words)
        assert page.context["form"].data["language"] == "nl"
    assert not Answer.objects.exists()
    assert not stored()


def test_without_a_scan_somebody_says_that_the_paper_is_kept_and_a_talk_needs_none(asked, paper):
    assert (
        "1 answer is recorded." in paper(website="yes", scan="", has_no_scan="on").content.decode()
    )
    assert "1 answer is recorded." in paper(app="no", scan="", route="in-person").content.decode()
    assert not Scan.objects.exists()


def test_a_scan_is_added_later_to_an_answer_recorded_without_one(asked, on_one_paper, stored):
    asked.ask("own")
    request = asked.request("own", of="parent")
    on_one_paper([(request, True)])
    done = on_one_paper([(request, True)], scan=sent())
    assert (done.new, done.scan) == (0, Scan.objects.get())
    assert on_one_paper([(request, True)], scan=sent()).scan is None
    assert len(stored()) == 1
    row = asked.act(add_scan, by="director", answer=done.answers[0], sent=sent())
    assert LogEntry.objects.get(event="consent-scan-added").object_pk == str(row.pk)


def test_a_form_about_somebody_else_or_another_purpose_records_nothing(asked, at, paper):
    """Forged fields: a request of the other parent, of another pupil, of nobody."""
    asked.ask("sixteen")
    key = asked.request("own", of="parent").parent_id
    for request in (asked.request("own", of="parent_teacher"), asked.request("sixteen")):
        page = paper(**{f"answer_{request.pk}": "yes"})
        assert "Choose yes or no for at least one of these." in page.content.decode()
    for person in (f"parent-{asked.cast.school.pk}", "parent-", "nobody", f"representative-{key}"):
        assert at("administrator", "record_paper", person).status_code == 404, person
    assert not Answer.objects.exists()


def test_an_older_paper_is_no_withdrawal_and_is_told_to_change_nothing(asked, paper):
    asked.says("parent", "own", True)
    page = paper(website="no", answered_on=(asked.cast.today - DAY).isoformat())
    assert "This person said yes on 16 November 2026, after this answer." in page.content.decode()
    assert [row.said for row in Answer.objects.order_by("answered_at")] == ["refused", "given"]


def test_two_people_can_not_stand_on_one_paper(asked, on_one_paper):
    asked.ask("own")
    both = [(asked.request("own", of=who), True) for who in ("parent", "parent_teacher")]
    with pytest.raises(NotAllowed):
        on_one_paper(both)


def test_nobody_records_for_an_own_child_or_at_another_school(asked, on_one_paper, paper):
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    request = asked.request("own", of="parent")
    for who in ("parent_teacher", "other_director", "counsellor", "parent", "former"):
        with pytest.raises(NotAllowed):
            on_one_paper([(request, True)], by=who)
        assert paper(who=who, website="yes").status_code in {403, 404}
    assert not Answer.objects.exists()


def test_a_day_without_authority_is_told_in_the_words_of_who_records(asked, paper):
    first = asked.cast.today - 10 * DAY
    parent = asked.request("own", of="parent").parent_id
    Authority.objects.filter(parenthood__parent=parent).update(starts_on=first)
    page = paper(website="yes", answered_on=(first - DAY).isoformat())
    assert "This person had no authority on that day" in page.content.decode()
    assert page.context["form"]["route"].value() == "paper"
    assert not Answer.objects.exists()


def test_what_shows_no_paper_and_a_full_disk_keep_nothing(asked, on_one_paper, stored, monkeypatch):
    asked.ask("own")
    said = [(asked.request("own", of="parent"), True)]
    with pytest.raises(Refused, match="A scan is a PDF or a picture"):
        on_one_paper(said, scan=Sent(lambda: clean(kind=Kind.OFFICE)))
    with pytest.raises(Refused, match="at most 30 pages"):
        on_one_paper(said, scan=Sent(lambda: replace(clean(), pages=31)))

    def full(*_args):
        raise OSError(28, "no space left")

    monkeypatch.setattr("vault.blobs._write", full)
    with pytest.raises(Refused, match="can't keep files"):
        on_one_paper(said, scan=sent())
    assert not stored()
    assert not Answer.objects.exists()
    assert not Scan.objects.exists()


def test_a_request_that_fails_afterwards_takes_its_sealed_scan_with_it(asked, stored):
    asked.ask("own")
    said = [(asked.request("own", of="parent"), True)]
    by, on = asked.cast.administrator, asked.cast.today
    with acting_as(by, on=on) as work:
        record_answers(said=said, way=Way(on, "paper", "nl"), scan=sent(), by=by, on=on)
        assert stored()
        work.abandon()
    assert not stored()


# --- looking at a scan --------------------------------------------------------------------------


@pytest.fixture
def scan(asked, on_one_paper) -> Scan:
    asked.ask("own")
    kept = on_one_paper([(asked.request("own", of="parent"), True)], scan=sent()).scan
    assert kept is not None
    return kept


def test_a_look_at_a_scan_and_a_download_are_each_their_own_kind_of_row(
    asked, scan, sign_in, client
):
    sign_in(asked.cast.director)
    page = client.get(reverse("answer_scan", args=[scan.pk])).content.decode()
    assert "2 pages" in page
    assert "Demo website" in page
    answer = client.get(reverse("download_scan", args=[scan.pk]))
    assert answer.content == b"%PDF paper-marker"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    rows = LogEntry.objects.filter(event__in=["file-seen", "file-downloaded"])
    assert [row.event for row in rows.order_by("timestamp")] == ["file-seen", "file-downloaded"]
    assert {tuple(row.subjects) for row in rows} == {(asked.cast.pupils["own"].log_key,)}


def test_nobody_but_who_keeps_consent_sees_a_scan_and_a_damaged_one_is_told(
    asked, scan, sign_in, client, stored
):
    addresses = [
        reverse(name, args=[scan.pk]) for name in ("answer_scan", "download_scan", "withdraw_scan")
    ]
    asked.cast.add_person("parent_teacher", "administrator", asked.cast.school.unit)
    for who in ("counsellor", "parent", "other_director", "parent_teacher", "former", "fg"):
        sign_in(asked.cast.people[who])
        for address in addresses:
            assert client.get(address).status_code in {403, 404}, (who, address)
    (blob,) = stored()
    blob.write_bytes(blob.read_bytes()[:-1])
    sign_in(asked.cast.director)
    assert client.get(addresses[0]).status_code == 200
    page = client.get(addresses[1])
    assert page.status_code == 500
    assert b"missing or was damaged" in page.content
    told = LogEntry.objects.get(event="damage-met")
    assert (told.object_pk, told.subjects) == (str(scan.pk), [asked.cast.pupils["own"].log_key])


def test_a_wrong_paper_goes_out_of_sight_and_the_answers_stay(asked, scan, sign_in, client):
    sign_in(asked.cast.administrator)
    address = reverse("withdraw_scan", args=[scan.pk])
    assert b"Is this the wrong paper" in client.get(address).content
    assert b"Nobody sees it any more." in client.post(address, follow=True).content
    assert client.get(reverse("answer_scan", args=[scan.pk])).status_code == 404
    assert client.post(address).status_code == 404
    with pytest.raises(NotAllowed):
        asked.act(withdraw_scan, by="director", scan=scan)
    assert asked.holds("own").waiting
    assert Answer.objects.count() == 1
    assert LogEntry.objects.get(event="consent-scan-withdrawn").changes == ["withdrawn_at"]


@pytest.mark.promise("P22")
def test_the_database_itself_keeps_a_scan_from_strangers_and_unchanged(asked, scan):
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    seen = {}
    for who in ("administrator", "director", "counsellor", "parent", "parent_teacher"):
        with acting_as(asked.cast.people[who], on=asked.cast.today, read_only=True):
            seen[who] = (Scan.objects.count(), ScannedAnswer.objects.count())
    assert seen.pop("administrator") == seen.pop("director") == (1, 1)
    assert set(seen.values()) == {(0, 0)}
    online = asked.says("parent_teacher", "own", True)
    for verb in (
        "delete from consent_scan",
        "delete from consent_scannedanswer",
        "update consent_scan set blob = gen_random_uuid()",
        f"insert into consent_scannedanswer values (gen_random_uuid(), '{online.pk}', '{scan.pk}')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
    assert blobs_without_a_row([scan.blob, scan.pk]) == [scan.pk], "the sweep knows what is needed"
