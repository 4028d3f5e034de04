"""Home: what waits for each role, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from audit.models import LogEntry
from consent.actions.purposes import TextData, add_purpose, put_in_use, write_text
from consent.models import Round
from retention.models import Backup


def text(page) -> str:
    return page.content.decode()


def test_a_counsellor_sees_own_pupils_and_they_are_named_in_the_log(cast, sign_in):
    page = sign_in(cast.counsellor).get(reverse("home"))
    assert cast.pupils["own"].name in text(page)
    assert cast.pupils["other"].name not in text(page)
    row = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert row.subjects == [cast.pupils["own"].log_key]


@pytest.mark.promise("P7")
def test_a_director_sees_numbers_and_no_names(cast, sign_in):
    page = sign_in(cast.director).get(reverse("home"))
    assert page.context["keeper"].pupils == 6  # the seventh is at the other school
    assert page.context["keeper"].without_counsellor == 4
    assert cast.pupils["own"].name not in text(page)


def test_the_board_officer_counts_both_schools(cast, sign_in):
    assert sign_in(cast.board_officer).get(reverse("home")).context["keeper"].pupils == 7


def test_the_board_hears_that_no_copy_was_made_and_nobody_else(cast, sign_in):
    def said(person):
        return "No copy of the portal was made since" in text(sign_in(person).get(reverse("home")))

    fresh, late = (timezone.now() - timedelta(hours=hours) for hours in (25, 27))
    Backup.objects.create(begun_at=late, finished_at=late, blobs=0, let_go=0)
    assert [said(who) for who in (cast.board_officer, cast.director)] == [True, False]
    Backup.objects.create(begun_at=fresh, finished_at=fresh, blobs=0, let_go=0)
    assert not said(cast.board_officer)


def test_the_administrator_is_told_what_is_missing(cast, sign_in):
    cast.add_pupil("ageless", age=None)
    page = sign_in(cast.administrator).get(reverse("home"))
    assert (page.context["school"].pupils, page.context["school"].without_birth_date) == (7, 1)
    assert "keeper" not in page.context


@pytest.mark.parametrize("person", ["parent", "pupil_twelve"])
def test_a_family_is_told_that_its_pages_come(cast, sign_in, person):
    page = sign_in(cast.people[person], second_factor=False).get(reverse("home"))
    assert page.context["is_family"]
    assert cast.pupils["own"].name not in text(page)


@pytest.mark.parametrize(
    ("person", "ways"),
    [
        ("fg", ["retention", "log", "reports", "findings", "promises"]),
        ("privacy_officer", ["retention", "log", "reports", "findings", "held_back", "promises"]),
        ("safeguarding", ["photo_check", "find_emergency_card", "promises"]),
    ],
)
def test_who_has_no_pupils_or_numbers_is_shown_the_ways_in(cast, sign_in, person, ways):
    main = text(sign_in(cast.people[person]).get(reverse("home"))).split("<main")[1]
    assert re.findall(r'class="way-in"><a href="([^"]+)"', main) == [reverse(way) for way in ways]


def test_who_has_pupils_or_numbers_is_not_told_the_ways_in(cast, sign_in):
    for person in ("counsellor", "director", "administrator"):
        assert "ways-in" not in text(sign_in(cast.people[person]).get(reverse("home")))


def test_the_number_of_queries_does_not_grow_with_the_pupils(
    cast, sign_in, django_assert_num_queries
):
    client = sign_in(cast.counsellor)
    client.get(reverse("home"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("home"))
    for n in range(30):
        cast.add_pupil(f"more-{n}")
        cast.assign("counsellor", f"more-{n}")
    with django_assert_num_queries(QUERIES):
        client.get(reverse("home"))


QUERIES = 17


def test_each_number_of_a_director_leads_to_the_page_that_counts_the_same(cast, sign_in):
    client = sign_in(cast.director)
    page = client.get(reverse("home"))
    school = page.context["keeper"].schools[0]
    board = client.get(reverse("assignments"), {"school": school.school.pk})
    assert f"{reverse('assignment_pupils')}?school={school.school.pk}&amp;which=without" in text(
        page
    )
    assert board.context["numbers"]["pupils"] == school.pupils
    assert board.context["numbers"]["without"] == school.without_counsellor
    assert board.context["waiting"] == school.proposals
    assert board.context["teams_waiting"] == school.teams


def test_a_director_without_pupils_is_not_sent_to_the_director(cast, sign_in):
    page = sign_in(cast.director).get(reverse("home"))
    assert not page.context["dossiers"]
    assert "own-pupils" not in text(page)


def test_what_is_missing_leads_to_the_pupils_concerned(cast, sign_in):
    cast.add_pupil("ageless", age=None)
    client = sign_in(cast.administrator)
    assert f"{reverse('school_pupils')}?state=ageless" in text(client.get(reverse("home")))
    found = client.get(reverse("school_pupils"), {"state": "ageless"})
    assert [row.pupil for row, _age in found.context["rows"]] == [cast.pupils["ageless"]]
    assert found.context["criteria"]["state"] == "ageless"


def test_who_keeps_consent_finds_the_round_and_its_numbers_come_after_the_page(cast, sign_in):
    dates = dict.fromkeys(("opens_on", "reminds_on", "reminds_again_on", "closes_on"), cast.today)
    row = Round.objects.create(
        school=cast.school,
        school_year=cast.year,
        counts_from=cast.today,
        counts_until=cast.year.ends_on,
        started_by=cast.director,
        carried_out_at=timezone.now(),
        **dates,
    )
    short = reverse("round_in_short", args=[row.pk])
    for person in ("director", "administrator"):
        client = sign_in(cast.people[person])
        words = text(client.get(reverse("home")))
        assert "The round of 2026-2027 at De Demobongerd" in words
        assert f"{short}?again=1" in words
    assert "0 of 6 answered" not in text(client.get(short))  # nothing is asked
    with acting_as(cast.board_officer, on=cast.today):
        by = {"by": cast.board_officer, "on": cast.today}
        purpose = add_purpose(board=cast.board, code="x", channel="press", **by)
        data = TextData("Pers", "Press", "Mag dit?", "May this be?")
        draft = write_text(purpose=purpose, data=data, **by)
    officer = sign_in(cast.board_officer)
    words = text(officer.get(reverse("home")))
    assert "0 questions are asked; 1 draft waits" in words
    assert "The round of" not in words
    with acting_as(cast.board_officer, on=cast.today):
        put_in_use(text=draft, from_day=cast.today, **by)
    assert "1 question is asked" in text(officer.get(reverse("home")))
    assert "0 of 6 answered" in text(sign_in(cast.administrator).get(short))
    assert "consent-home" not in text(sign_in(cast.counsellor).get(reverse("home")))
