"""Agreements: sealed, with a day to look again; renewed and closed once."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.acting import acting_as
from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from dossiers.actions.agreements import (
    AgreementText,
    close_agreement,
    make_agreement,
    renew_agreement,
)
from dossiers.models import Agreement
from dossiers.queries import agreements_to_review
from dossiers.rules import Review
from tests.cast import build_cast
from vault.errors import Unreadable
from vault.sealing import keyring


@pytest.fixture
def make(cast):
    """Makes an agreement through the real action."""

    def agreement(text="Agreed-marker", *, days=7, by="counsellor", pupil="own", part="agreements"):
        person = cast.people[by]
        with acting_as(person, on=cast.today):
            return make_agreement(
                part=cast.part(pupil, part),
                text=AgreementText(text, "Whom-marker"),
                made_on=cast.today,
                review_on=None if days is None else cast.today + timedelta(days=days),
                by=person,
                on=cast.today,
            )

    return agreement


def agreements(cast, pupil="own") -> str:
    return reverse("dossier_part", args=[cast.dossier(pupil).pk, "agreements"])


TYPED = {
    "text": "Typed-marker",
    "with_whom": "both parents",
    "made_on": "2026-11-16",
    "review_on": "2027-01-11",
}


@pytest.mark.promise("P1")
def test_making_is_sealed_and_recorded(cast, make):
    made = make()
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_agreement")
        for value in cursor.fetchone():
            raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
            assert b"marker" not in raw
    row = LogEntry.objects.get(event="agreement-made")
    assert row.subjects == [cast.pupils["own"].log_key]
    assert (row.object_pk, row.ground) == (str(made.pk), "assignment")


@pytest.mark.promise("P2")
@pytest.mark.parametrize("person", ["director", "other_counsellor", "school_doctor", "former"])
def test_nobody_else_makes_one(cast, make, person):
    with pytest.raises(NotAllowed):
        make(by=person)


@pytest.mark.parametrize(
    "wrong", [{"text": "111222333"}, {"days": -1}, {"part": "guidance"}], ids=str
)
def test_what_makes_no_sense_is_refused(make, wrong):
    with pytest.raises(Refused):
        make(**wrong)
    assert not Agreement.objects.exists()


@pytest.mark.promise("P22")
def test_a_sealed_agreement_moved_to_another_row_does_not_open(make):
    stolen, host = make(), make("Other")
    Agreement.objects.filter(pk=host.pk).update(sealed=stolen.sealed)
    host.refresh_from_db()
    with pytest.raises(Unreadable):
        keyring([host.part_id]).open_json(host.part_id, host.place, host.sealed)


def test_renewing_replaces_and_keeps_the_old_one(cast, make):
    old = make()
    with acting_as(cast.coordinator, on=cast.today):
        new = renew_agreement(
            agreement=old,
            text=AgreementText("Renewed"),
            made_on=cast.today,
            review_on=None,
            by=cast.coordinator,
            on=cast.today,
        )
    old.refresh_from_db()
    assert new.replaces_id == old.pk
    assert old.closed_by_id == cast.coordinator.pk
    assert LogEntry.objects.filter(event="agreement-renewed").count() == 1


def test_renewing_that_is_refused_half_way_leaves_the_old_one_standing(cast, make, monkeypatch):
    """Whoever catches the refusal may go on: nothing was written, so nothing is unrecorded."""
    made = make()

    def no(*_args, **_kwargs):
        raise Refused("no")

    monkeypatch.setattr("dossiers.actions.agreements._add", no)
    with acting_as(cast.counsellor, on=cast.today), contextlib.suppress(Refused):
        renew_agreement(
            agreement=made,
            text=AgreementText("Renewed"),
            made_on=cast.today,
            review_on=None,
            by=cast.counsellor,
            on=cast.today,
        )
    made.refresh_from_db()
    assert made.closed_at is None


def test_what_was_closed_is_not_closed_or_renewed_again(cast, make):
    made = make()
    with acting_as(cast.counsellor, on=cast.today):
        close_agreement(agreement=made, by=cast.counsellor, on=cast.today)
        with pytest.raises(Overtaken):
            close_agreement(agreement=made, by=cast.counsellor, on=cast.today)
    assert LogEntry.objects.filter(event="agreement-closed").count() == 1


def test_two_people_renew_at_once_one_wins(transactional_db, today):
    cast = build_cast(today)
    with acting_as(cast.counsellor, on=today):
        made = make_agreement(
            part=cast.part("own", "agreements"),
            text=AgreementText("First"),
            made_on=today,
            review_on=None,
            by=cast.counsellor,
            on=today,
        )
    start, outcomes = threading.Barrier(2), []

    def work(person) -> None:
        try:
            start.wait(timeout=60)
            with acting_as(person, on=today):
                renew_agreement(
                    agreement=made,
                    text=AgreementText("Renewed"),
                    made_on=today,
                    review_on=None,
                    by=person,
                    on=today,
                )
            outcomes.append("won")
        except Overtaken:
            outcomes.append("told")
        finally:
            connections.close_all()

    people = (cast.counsellor, cast.coordinator)
    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["told", "won"]
    assert Agreement.objects.filter(closed_at__isnull=True).count() == 1


# --- pages --------------------------------------------------------------------------------------


def test_the_part_shows_standing_agreements_and_the_others_apart(cast, make, sign_in):
    make("Standing-marker")
    gone = make("Closed-marker")
    with acting_as(cast.counsellor, on=cast.today):
        close_agreement(agreement=gone, by=cast.counsellor, on=cast.today)
    client = sign_in(cast.coordinator)
    html = client.get(agreements(cast)).content.decode()
    assert html.index("Standing-marker") < html.index("more card") < html.index("Closed-marker")
    assert '<span class="count">1</span>' in html
    beside = client.get(reverse("dossier", args=[cast.dossier("own").pk])).content.decode()
    assert "Standing-marker" in beside
    assert "Closed-marker" not in beside


@pytest.mark.promise("P6")
def test_the_school_doctor_sees_no_agreement_beside_the_medical_part(cast, make, sign_in):
    make()
    html = sign_in(cast.school_doctor).get(reverse("dossier", args=[cast.dossier("own").pk]))
    assert "marker" not in html.content.decode()


def test_making_renewing_and_closing_by_form(cast, sign_in):
    client = sign_in(cast.counsellor)
    address = reverse("make_agreement", args=[cast.dossier("own").pk])
    assert client.get(address).status_code == 200
    assert client.post(address, TYPED).headers["Location"] == agreements(cast)
    made = Agreement.objects.get()
    renew = reverse("renew_agreement", args=[made.pk])
    assert "Typed-marker" in client.get(renew).content.decode()
    assert client.post(renew, TYPED | {"text": "Newer"}).status_code == 302
    kept = client.post(renew, TYPED | {"text": "Typed once more"})
    assert kept.status_code == 409
    assert "Typed once more" in kept.content.decode()
    assert client.get(renew).headers["Location"] == agreements(cast)
    newest = Agreement.objects.get(closed_at__isnull=True)
    close = reverse("close_agreement", args=[newest.pk])
    assert client.get(close).status_code == 200
    assert client.post(close).status_code == 302
    assert client.get(close).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "111222333"),
        ("text", ""),
        ("review_on", "2026-11-15"),
        ("made_on", "2026-11-17"),
        ("review_on", ""),
    ],
)
def test_a_mistake_keeps_what_was_typed(cast, sign_in, field, value):
    address = reverse("make_agreement", args=[cast.dossier("own").pk])
    html = sign_in(cast.counsellor).post(address, TYPED | {field: value}).content.decode()
    assert 'class="error-summary"' in html
    assert "both parents" in html
    assert not Agreement.objects.exists()


@pytest.mark.promise("P2")
@pytest.mark.parametrize("name", ["renew_agreement", "close_agreement"])
@pytest.mark.parametrize("person", ["other_counsellor", "director", "school_doctor"])
def test_the_pages_are_not_there_for_others(cast, make, sign_in, name, person):
    made = make()
    client = sign_in(cast.people[person])
    for response in (client.get(reverse(name, args=[made.pk])), client.post(agreements(cast))):
        assert response.status_code in (404, 405)
        assert "marker" not in response.content.decode()


# --- the home page ------------------------------------------------------------------------------


def test_overdue_and_coming_ones_ask_to_be_looked_at(cast, make):
    make("Later", days=60)
    make("Coming", days=20)
    make("Today", days=0)
    make("Never", days=None)
    overdue = make("Overdue", days=3)
    Agreement.objects.filter(pk=overdue.pk).update(review_on=cast.today - timedelta(days=1))
    with acting_as(cast.coordinator, on=cast.today):
        shown = agreements_to_review(cast.coordinator, on=cast.today)
        assert agreements_to_review(cast.director, on=cast.today) == []
    assert [(s.text["text"], s.review) for s in shown] == [
        ("Overdue", Review.OVERDUE),
        ("Today", Review.TODAY),
        ("Coming", Review.COMING),
    ]
    html = render_to_string("dossiers/_agreements_to_review.html", {"agreements_to_review": shown})
    assert cast.pupils["own"].name in html


@pytest.mark.parametrize("number", [1, 10])
def test_the_home_pages_list_takes_two_queries(cast, make, number):
    for _ in range(number):
        make()
    with acting_as(cast.counsellor, on=cast.today):
        cast.counsellor.memberships_on(cast.today)
        with (
            CaptureQueriesContext(connection) as content,
            CaptureQueriesContext(connections["keys"]) as keys,
        ):
            shown = agreements_to_review(cast.counsellor, on=cast.today)
            assert len([s.dossier.pupil.name for s in shown]) == number
    assert (len(content), len(keys)) == (1, 1)
