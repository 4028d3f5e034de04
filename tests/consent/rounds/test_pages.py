"""Rounds by their pages: what would be asked, starting once, following, carrying on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import LogEntry
from consent import tasks
from consent.actions.rounds import RoundDates, ask_next_batch, start_round
from consent.models import Request, Round
from students.models import SchoolYear

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)
POLLED = {"HX-Request": "true"}


@pytest.fixture
def office(asked, sign_in):
    """The administrator's browser; there is no worker."""
    return sign_in(asked.cast.administrator)


@pytest.fixture
def next_year(asked) -> SchoolYear:
    row = SchoolYear.objects.create(
        board=asked.cast.board, name="2027-2028", starts_on="2027-08-01", ends_on="2028-07-31"
    )
    row.refresh_from_db()
    return row


def start_address(cast, year=None) -> str:
    return reverse("start_consent_round", args=[cast.school.pk, (year or cast.year).pk])


def proposed(client, address: str) -> dict:
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in form.fields}


@pytest.fixture
def begun(asked, monkeypatch) -> Round:
    """A round of which four of six pupils were asked about, and that stands still."""
    cast = asked.cast
    dates = RoundDates(*(cast.today + n * DAY for n in (0, 14, 28, 42)))
    row = asked.act(
        start_round, by="director", school=cast.school, school_year=cast.year, dates=dates
    )
    with monkeypatch.context() as patch:
        patch.setattr("consent.actions.rounds.BATCH", 4)
        return asked.act(ask_next_batch, by="director", round_id=row.pk)


def test_the_list_has_each_year_that_runs_or_comes_and_each_round(asked, office, next_year):
    past = SchoolYear.objects.create(
        board=asked.cast.board, name="2020-2021", starts_on="2020-08-01", ends_on="2021-07-31"
    )
    page = office.get(reverse("consent_rounds"))
    assert [one.year.name for one in page.context["years"]] == ["2027-2028", "2026-2027"]
    assert past.name not in page.content.decode()
    assert start_address(asked.cast, next_year) in page.content.decode()


def test_the_page_proposes_days_and_says_what_is_asked_about_how_many(asked, office, next_year):
    asked.add("press", "press")
    page = office.get(start_address(asked.cast, next_year))
    words = page.content.decode()
    assert "6 pupils are asked about" in words
    assert "with 2 questions each" in words
    assert "answers count from 1 August 2027 up to and including 31 July 2028" in words
    assert "May website?" in words
    form = page.context["form"]
    assert str(form["opens_on"].value()) == "2027-06-01"
    assert 'type="checkbox"' not in words.split("<main")[1]
    assert 'type="radio"' not in words.split("<main")[1]


def test_a_round_is_started_once_and_a_second_click_is_told(asked, office):
    cast = asked.cast
    address = start_address(cast)
    sent = proposed(office, address)
    first = office.post(address, sent)
    row = Round.objects.get()
    assert first["Location"] == reverse("consent_round", args=[row.pk])
    assert (row.carried_out_at is not None, row.requests_made) == (True, 6)
    second = office.post(address, sent, follow=True)
    assert "was started already" in second.content.decode()
    assert office.get(address)["Location"] == reverse("consent_round", args=[row.pk])
    assert Request.objects.count() == 6
    assert LogEntry.objects.filter(event="consent-round-started").count() == 1


def test_a_round_that_opens_later_waits_for_its_day_and_says_so(asked, office):
    address, cast = start_address(asked.cast), asked.cast
    days = [(cast.today + n * DAY).isoformat() for n in (5, 19, 33, 47)]
    names = ("opens_on", "reminds_on", "reminds_again_on", "closes_on")
    page = office.post(address, dict(zip(names, days, strict=True)), follow=True)
    assert "This round opens on 21 November 2026" in page.content.decode()
    assert "Carry it on" not in page.content.decode()
    row = Round.objects.get()
    again = office.post(reverse("carry_on_consent_round", args=[row.pk]), follow=True)
    assert "opens by itself on its day" in again.content.decode()
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"reminds_on": "2026-01-01"}, {"closes_on": ""}, {"opens_on": "moon"}]
)
def test_days_out_of_order_or_missing_start_nothing(asked, office, sent):
    address = start_address(asked.cast)
    answer = office.post(address, proposed(office, address) | sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Round.objects.exists()


def test_fields_the_form_does_not_have_change_no_round(asked, office):
    address = start_address(asked.cast)
    forged = {"counts_from": "2020-01-01", "school": asked.cast.other_school.pk, "pupils_done": 9}
    office.post(address, proposed(office, address) | forged)
    row = Round.objects.get()
    assert (row.school, row.counts_from) == (asked.cast.school, asked.cast.today)
    assert row.started_by == asked.cast.administrator


def test_with_nothing_in_use_no_round_can_be_started(cast, sign_in):
    page = sign_in(cast.director).get(start_address(cast))
    assert "There is nothing to ask" in page.content.decode()
    assert "<form" not in page.content.decode().split("<main")[1].split("</main")[0]


def test_with_a_worker_the_round_is_a_job_that_carries_keys_only(asked, office, monkeypatch):
    monkeypatch.setattr(tasks, "worker_is_there", lambda: True)
    address = start_address(asked.cast)
    office.post(address, proposed(office, address))
    row = Round.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs")
        ((task, sent),) = cursor.fetchall()
    assert (task, json.loads(sent)) == ("consent.carry_out_round", {"round_id": str(row.pk)})
    assert row.carried_out_at is None
    still = office.get(reverse("consent_round", args=[row.pk])).content.decode()
    assert "stands still" in still  # the worker is gone
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")
    page = office.get(reverse("consent_round", args=[row.pk])).content.decode()
    assert '<meta http-equiv="refresh" content="3;url=?again=1">' in page
    assert "0 of 6" in page
    office.post(reverse("carry_on_consent_round", args=[row.pk]))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone() == (1,)


def test_progress_shows_and_a_round_that_stands_still_is_carried_on_by_a_colleague(
    asked, office, begun
):
    address = reverse("consent_round", args=[begun.pk])
    page = office.get(address).content.decode()
    assert "4 of 6" in page
    assert "The round stands still" in page
    assert "http-equiv" not in page
    assert "4 of 6" in office.get(address, {"again": "1"}, headers=POLLED).content.decode()
    office.post(reverse("carry_on_consent_round", args=[begun.pk]))
    begun.refresh_from_db()
    assert (begun.pupils_done, begun.carried_out_at is not None) == (6, True)
    asked_about = list(Request.objects.values_list("pupil", "text", "parent", "representative"))
    assert len(asked_about) == len(set(asked_about)) == begun.requests_made
    assert office.get(address, headers=POLLED)["HX-Refresh"] == "true"
    again = office.post(reverse("carry_on_consent_round", args=[begun.pk]), follow=True)
    assert "carried out already" in again.content.decode()
    done = office.get(address).content.decode()
    assert "everybody is asked" in done
    assert "May website?" in done


def test_watching_a_round_writes_a_row_a_minute(asked, office, begun):
    before = LogEntry.objects.count()
    for _turn in range(3):
        office.get(reverse("consent_round", args=[begun.pk]), {"again": "1"}, headers=POLLED)
    assert LogEntry.objects.count() == before + 1


def test_a_round_of_another_school_is_not_found(asked, sign_in, begun):
    client = sign_in(asked.cast.other_director)
    assert client.get(reverse("consent_round", args=[begun.pk])).status_code == 404
    assert client.post(reverse("carry_on_consent_round", args=[begun.pk])).status_code == 404
    assert client.get(start_address(asked.cast)).status_code == 404
