"""What stops a list is said: what, since when and what to do, on its page and in a mail."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from audit.actions import record
from audit.models import LogEntry
from pdf.errors import NotMade, Reason
from retention import carrying_out, events, finishing, searching
from retention.backups.streams import BackupFailed
from retention.closing_words import conditions, stopped
from retention.keeping_on import SomeListsFailed, carry_on_all
from retention.ledger import LedgerDamaged
from retention.models import Backup, DestructionList, LedgerLine
from retention.queries import closing
from retention.rules.closing import Facts, Stop, is_to_be_told, overdue
from retention.searching import SearchIsBlind
from tests.retention.lists.closing import HEAD, NIGHT, Search
from tests.retention.lists.conftest import APPROVED, Lists
from vault.errors import Unreadable

pytestmark = pytest.mark.promise("P9")
DONE = datetime(2026, 11, 2, 9, tzinfo=UTC)
SOON, LATE = DONE + timedelta(hours=20), DONE + timedelta(hours=25)


@pytest.mark.parametrize(
    ("copied", "sealed", "was_copied", "now", "stop"),
    [
        (None, LATE, False, SOON, None),  # the copy of the night is still to come
        (None, LATE, False, LATE, Stop.UNCOPIED),
        (None, LATE, True, SOON, Stop.COPIES),  # it was made, and is not there
        (SOON, DONE, True, SOON, None),
        (SOON, DONE, True, LATE, Stop.UNSEALED),
        (SOON, SOON, True, LATE, None),
    ],
)
def test_what_should_have_come_about_by_itself_is_told_once_it_is_late(
    copied, sealed, was_copied, now, stop
):
    facts = Facts(0, 0, True, DONE, True, copied, sealed)
    assert overdue(facts, was_copied=was_copied, now=now) is stop


@pytest.mark.parametrize(("days", "tells"), [(None, True), (0, False), (6, False), (7, True)])
def test_people_hear_of_a_stop_once_and_then_each_week(days, tells):
    told = None if days is None else APPROVED - timedelta(days=days)
    assert is_to_be_told(told, APPROVED) is tells


def test_each_stop_has_words_and_no_condition_is_green_that_it_stands_in_the_way_of():
    said = [stopped(stop, DONE) for stop in Stop]
    assert len({(str(one.what), str(one.todo)) for one in said}) == len(Stop)
    shown = conditions((), stopped(Stop.COPIES, DONE))
    assert [one.is_stopped for one in shown] == [not one.is_met for one in shown]
    assert sum(one.is_stopped for one in shown) == 1
    assert all(one.is_met for one in conditions((), stopped(Stop.PAPER, DONE)))


def raises(error: Exception):
    def fails(*_args: object, **_more: object) -> None:
        raise error

    return fails


# In the order in which a list meets them: what fails, how, and what its page says of it.
STOPS = [
    (carrying_out, "write_out", LedgerDamaged("line 1"), Stop.LEDGER, "the ledger, was changed"),
    (carrying_out, "gathering", Unreadable("no"), Stop.KEYS, "A key of this list does not open."),
    (carrying_out, "destroy_rows", OSError("full"), Stop.DISK, "A file could not be written"),
    (searching, "search", SearchIsBlind("blind"), Stop.BLIND, "could not see everything"),
    (finishing, "holding_copy", BackupFailed("changed"), Stop.COPIES, "not in its place any more"),
    (finishing, "certificate_paper", NotMade(Reason.BUSY), Stop.PAPER, "could not be made"),
    (finishing, "freeze", ValueError("?"), Stop.OTHER, "has no words for"),
]


@pytest.mark.django_db
def test_each_stop_is_on_the_page_until_the_list_goes_on_and_never_says_that_it_closes(
    cast, sign_in, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    settings.OPERATORS = ["server@example.org"]
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    Search().stands_in(monkeypatch)
    made = Lists(cast).approved("own")
    client = sign_in(cast.director)
    addresses = [
        reverse(one, args=[made.pk]) for one in ("destruction_list", "destruction_progress")
    ]

    for night, (module, name, error, stop, words) in enumerate(STOPS):
        on = cast.today + timedelta(days=night)
        with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
            patch.setattr(module, name, raises(error))
            with pytest.raises(SomeListsFailed):
                carry_on_all(by=NIGHT, on=on, again=True)
        made.refresh_from_db()
        assert (made.stopped_because, made.stopped_told_on) == (stop, on)
        assert LogEntry.objects.filter(additional_data={"because": stop.value}).count() == 2
        for address in addresses:
            page = client.get(address).content.decode()
            assert "This list has stopped" in page, stop
            assert words in page.replace("&#x27;", "'"), stop
            assert "closes in the coming night" not in page
            assert "It begins within ten minutes" not in page
            assert "every 2s" not in page
        half_way = made.items.filter(outcome="intended")
        assert not half_way.filter(failed_at=None).exists()
        assert half_way.exists() == (stop in (Stop.LEDGER, Stop.KEYS, Stop.DISK))
    overview = client.get(reverse("destruction_lists")).content.decode()
    assert "stopped</span>" in overview
    assert "who looks after the server" in overview

    _must_be_told_in_plain_words(made)
    assert carry_on_all(by=NIGHT, on=on) == 1
    made.refresh_from_db()
    assert (made.closed_at is not None, made.stopped_because) == (True, "")
    assert "This list has stopped" not in client.get(addresses[0]).content.decode()


def _must_be_told_in_plain_words(made: DestructionList) -> None:
    told = {address for sent in mail.outbox for address in sent.to}
    assert told >= {"server@example.org", "director@example.org", "privacy_officer@example.org"}
    assert "fg@example.org" not in told
    first = next(sent for sent in mail.outbox if sent.to == ["director@example.org"])
    assert str(made.pk) in first.body
    assert "What to do now:" in first.body
    assert not any("Sur-" in sent.body for sent in mail.outbox)


@pytest.mark.django_db
def test_a_copy_that_is_gone_and_a_worker_that_does_not_come_are_no_green_page(
    cast, sign_in, settings, tmp_path, monkeypatch
):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    Search().stands_in(monkeypatch)
    made = Lists(cast).approved("own")
    client, page = sign_in(cast.director), reverse("destruction_list", args=[made.pk])

    def said() -> str:
        return client.get(page).content.decode()

    assert "the work of the night did not come by" in said()  # ready since days
    assert "it goes on by itself once this is mended" in said()
    monkeypatch.setattr(finishing, "certificate_paper", raises(NotMade(Reason.BUSY)))
    with pytest.raises(SomeListsFailed):
        carry_on_all(by=NIGHT, on=cast.today)
    later = timezone.now() + timedelta(seconds=5)
    Backup.objects.create(begun_at=later, finished_at=later, blobs=0, let_go=0)
    with pytest.raises(SomeListsFailed):
        carry_on_all(by=NIGHT, on=cast.today)
    made.refresh_from_db()
    assert made.stopped_because == Stop.COPIES  # its folder holds none
    assert "not in its place any more" in said()
    assert 'class="badge no"' in said()
    DestructionList.objects.filter(pk=made.pk).update(
        stopped_because="", stopped_at=None, stopped_told_on=None
    )
    assert "closes in the coming night" in said()
    monkeypatch.setattr(closing, "is_silent", lambda since, now: since is not None)
    assert "the work of the night did not come by" in said()
    assert "closes in the coming night" not in said()


@pytest.mark.django_db
def test_a_list_that_was_approved_in_the_database_alone_is_not_carried_out(
    cast, sign_in, settings, tmp_path
):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    lists, who = Lists(cast), cast.privacy_officer
    made = lists.make("own")
    lists.decide(made)
    lists.review(made)
    with acting_as(who, on=APPROVED):
        DestructionList.objects.filter(pk=made.pk).update(
            approved_by=who, approved_on=APPROVED, approved_at=timezone.now()
        )
        forged = record(events.LIST_ASSIGNED, by=who, unit=made.school_id, target=made)
    forged = LogEntry.objects.get(pk=forged.pk)
    forged.pk, forged.event = uuid.uuid4(), events.LIST_APPROVED.code
    LogEntry.objects.bulk_create([forged])  # with the mark of another row: it has no better one
    assert LogEntry.objects.filter(event=events.LIST_APPROVED.code).exists()
    with pytest.raises(SomeListsFailed):
        carry_on_all(by=NIGHT, on=cast.today, again=True)
    made.refresh_from_db()
    assert (made.begun_at, made.stopped_because) == (None, Stop.UNSAID)
    assert not LedgerLine.objects.exists()
    page = sign_in(cast.director).get(reverse("destruction_list", args=[made.pk]))
    assert "Nothing of it is destroyed. Cancel the list." in page.content.decode()
