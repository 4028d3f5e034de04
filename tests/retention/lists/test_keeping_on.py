"""What the nights do with destruction lists: made, reminded of, carried out, taken up again."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from access.acting import Job
from retention import carrying_out
from retention.keeping_on import (
    SomeListsFailed,
    carry_on_all,
    make_all_lists,
    remind_of_lists,
)
from retention.models import DestructionItem, DestructionList, OtherSystem
from retention.rules.lists import is_to_be_reminded
from tests.retention.lists.conftest import APPROVED, LEFT, MADE, Lists
from tests.retention.test_due_in_sql import let_leave

pytestmark = pytest.mark.promise("P9")
NIGHT = Job("test of a night")


@pytest.fixture
def places(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"


def test_each_night_makes_a_list_a_school_and_mails_who_reviews_without_a_childs_name(
    cast, django_capture_on_commit_callbacks
):
    let_leave(cast, "own", LEFT)
    let_leave(cast, "foreign", LEFT)
    with django_capture_on_commit_callbacks(execute=True):
        assert make_all_lists(by=NIGHT, on=MADE) == 2
    told = {address for sent in mail.outbox for address in sent.to}
    assert told == {f"{one}@example.org" for one in ("director", "deputy", "other_director")}
    assert not any("Sur-" in sent.body for sent in mail.outbox)
    assert make_all_lists(by=NIGHT, on=MADE + timedelta(days=1)) == 0
    late = LEFT.replace(year=2026) - timedelta(days=7)  # the last day on which it is in time
    assert remind_of_lists(on=late - timedelta(days=1)) == 0
    assert remind_of_lists(on=late) == 2


@pytest.mark.parametrize(
    ("days", "reminds"), [(21, False), (15, False), (14, True), (8, False), (0, True), (-7, True)]
)
def test_who_must_act_hears_of_it_two_weeks_ahead_and_then_each_week(days, reminds):
    assert is_to_be_reminded(APPROVED + timedelta(days=days), APPROVED) is reminds


def test_a_list_that_cooled_off_is_carried_out_by_one_run_at_a_time_and_asks_what_it_needs(
    cast, places, sign_in
):
    made = Lists(cast).approved("own")
    assert carry_on_all(by=NIGHT, on=APPROVED + timedelta(days=7)) == 0
    other = connection.copy()
    key = int.from_bytes(made.pk.bytes[:4], "big", signed=True)
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(20261124, %s)", [key])
        assert carry_on_all(by=NIGHT, on=cast.today) == 0
    finally:
        other.close()  # as when a worker is killed
    said = io.StringIO()
    call_command("carry_on_lists", "--dry-run", stdout=said)
    assert f"list {made.pk}: {made.items.count()} items to destroy now" in said.getvalue()
    assert set(made.items.values_list("outcome", flat=True)) == {""}
    assert carry_on_all(by=NIGHT, on=cast.today) == 1
    assert set(made.items.values_list("outcome", flat=True)) == {"destroyed"}
    client = sign_in(cast.privacy_officer)
    home = reverse("home")
    assert "one list waits for your next step" not in client.get(home).content.decode()
    OtherSystem.objects.create(list=made, tag="0" * 64, sealed=b"", pupils=1)
    assert "one list waits for your next step" in client.get(home).content.decode()
    overview = client.get(reverse("destruction_lists")).content.decode()
    assert "Demo director" in overview
    assert "Demo privacy_officer" in overview
    assert remind_of_lists(on=cast.today + timedelta(days=1)) == 1
    assert remind_of_lists(on=cast.today + timedelta(days=2)) == 0


def test_an_item_that_fails_is_named_on_the_page_until_a_night_succeeds(
    cast, places, sign_in, monkeypatch
):
    made = Lists(cast).approved("own")

    def fails(*_args: object, **_more: object) -> None:
        raise OSError("no disk")

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "write_out", fails)
        with pytest.raises(SomeListsFailed):
            carry_on_all(by=NIGHT, on=cast.today)
    number = made.items.count()
    assert DestructionItem.objects.filter(failed_at__isnull=False).count() == number
    assert carry_on_all(by=NIGHT, on=cast.today) == 0  # not every ten minutes
    client = sign_in(cast.director)
    assert f"{number} items failed" in client.get(reverse("destruction_lists")).content.decode()
    address = reverse("destruction_list", args=[made.pk])
    page = client.post(address, {"show": "failed"}).content.decode()
    assert page.count('class="badge no"') == number + 1  # the list itself: stopped
    progress = reverse("destruction_progress", args=[made.pk])
    assert "It is tried again each night" in client.get(progress).content.decode()
    assert carry_on_all(by=NIGHT, on=cast.today, again=True) == 1
    assert not DestructionItem.objects.filter(failed_at__isnull=False).exists()
    page = client.get(progress).content.decode()
    assert "Everything is dealt with" in page
    assert "every 2s" not in page
    assert DestructionList.objects.get().begun_at is not None
