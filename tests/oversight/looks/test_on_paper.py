"""Who looked, on paper: for whom, what it says, and that it says no more than the screen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from access.acting import acting_as
from audit.models import LogEntry
from oversight.actions.looks import ToHold, hold_back
from oversight.queries.looks_paper import readers_of
from oversight.rules.looks import sees_as_guardian
from pdf import papers
from students.models import Enrolment, Pupil, Representative
from tests.oversight.looks.made import born, look, with_names


def labels(cast, pupil: str) -> list[str]:
    row = Pupil.objects.get(pk=cast.pupils[pupil].pk)
    with acting_as(cast.director, on=cast.today, read_only=True):
        return [person.name for person in readers_of(row, on=cast.today)]


@pytest.mark.parametrize(
    ("kind", "birth", "sees"),
    [
        ("voogd", date(2015, 1, 1), True),
        ("voogd", None, True),
        ("voogd", date(2010, 11, 17), True),
        ("voogd", date(2010, 11, 16), False),  # 16 on the day itself
        ("curator", date(2015, 1, 1), False),
        ("mentor", date(2015, 1, 1), False),
    ],
)
def test_a_voogd_reads_it_as_parents_do_until_16(kind, birth, sees):
    assert sees_as_guardian(kind, birth, date(2026, 11, 16)) is sees


@pytest.mark.promise("P20")
def test_the_paper_is_for_parents_with_authority_a_voogd_and_the_pupil(cast):
    cast.add_parent("father", "eleven")
    cast.add_parent("no_authority", "eleven", authority="no")
    assert labels(cast, "eleven") == ["First-father Sur-father", "Demo Voogd"]
    Representative.objects.update(ends_on=cast.today - timedelta(days=1))
    assert labels(cast, "eleven") == ["First-father Sur-father"]
    cast.add_parent("mother", "twelve")
    assert labels(cast, "twelve") == ["First-mother Sur-mother", "First-twelve Sur-twelve"]
    cast.add_parent("parent_of_sixteen", "sixteen")
    assert labels(cast, "sixteen") == ["First-sixteen Sur-sixteen"]
    born(cast.pupils["own"], None)
    assert "First-own Sur-own" not in labels(cast, "own")


@pytest.mark.promise("P20")
def test_the_paper_says_what_the_screen_says_and_nothing_that_is_held_back(
    cast, sign_in, monkeypatch
):
    monkeypatch.setattr(papers, "_made", lambda html, *_, **__: html.encode())  # not set in type
    with_names(cast)
    look(cast, cast.counsellor, "eleven")
    look(cast, cast.coordinator, "eleven", days_ago=40)
    look(cast, cast.administrator, "eleven", page="school_pupil")
    wanted = ToHold(
        what="rows",
        words="A threat that was reported",
        ends_on=cast.today,
        colleague=cast.coordinator.pk,
    )
    with acting_as(cast.privacy_officer, on=cast.today):
        hold_back(
            pupil=cast.pupils["eleven"], wanted=wanted, by=cast.privacy_officer, on=cast.today
        )
    there = reverse("look_paper", args=[cast.pupils["eleven"].pk])
    client = sign_in(cast.director)
    guardian = Representative.objects.get()
    person = f"representative-{guardian.pk}"
    assert "Look first who it is" in client.post(there, {"person": person}).content.decode()
    made = client.post(there, {"person": person, "is_known": "on"})
    assert made["Content-Type"] == "application/pdf"
    text = made.content.decode()
    for words in ("Demo Voogd", cast.counsellor.name, "Monday 16 November 2026"):
        assert words in text, words
    for name in (cast.coordinator.name, cast.administrator.name):
        assert name not in text
    row = LogEntry.objects.get(event="printed")
    assert row.subjects == [cast.pupils["eleven"].log_key]


def test_the_director_of_the_pupils_school_gives_it_and_never_for_an_own_child(cast, sign_in):
    there = reverse("look_paper", args=[cast.pupils["own"].pk])
    for person, status in (
        ("director", 200),
        ("deputy", 200),
        ("other_director", 404),
        ("board_officer", 404),
        ("administrator", 403),
        ("parent", 403),
    ):
        assert sign_in(cast.people[person]).get(there).status_code == status, person
    cast.add_parent("director", "own")
    assert sign_in(cast.director).get(there).status_code == 404
    found = sign_in(cast.deputy).post(reverse("look_papers"), {"typed": "Sur-own"})
    assert there in found.content.decode()
    stay = Enrolment.objects.get(pupil=cast.pupils["own"])
    Enrolment.objects.filter(pk=stay.pk).update(ends_on=cast.today - timedelta(days=30))
    assert sign_in(cast.deputy).get(there).status_code == 200
    Enrolment.objects.create(
        pupil=cast.pupils["own"], school=cast.other_school, starts_on=cast.today
    )
    assert sign_in(cast.deputy).get(there).status_code == 404
