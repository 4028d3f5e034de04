"""The page of one pupil: what holds and why, who answered what; seen by whom, and by whom not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import LogEntry
from consent.actions import matters
from consent.actions.matters import About
from consent.models import Request
from students.models import Enrolment, Representative

pytestmark = pytest.mark.promise("P13")


@pytest.fixture
def answered(asked):
    """One parent said yes online, the other no on paper."""
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.on_paper(asked.request("own", of="parent_teacher"), False)
    return asked


def test_the_administration_sees_what_holds_why_and_what_each_answered(answered, at):
    page = at("administrator", "pupil_consent_at")
    text = page.content.decode()
    (about,) = page.context["found"].purposes
    assert "No: one parent with authority refused on 16 November 2026." in text
    assert [(line.person.name, line.state) for line in about.lines] == [
        ("First-parent Sur-parent", "yes"),
        ("First-parent_teacher Sur-parent_teacher", "no"),
    ]
    assert "recorded by Demo administrator" in text
    assert "version 1" in text
    assert [row.said for row, _who in page.context["found"].history] == ["refused", "given"]


def test_a_parent_without_authority_is_there_and_decides_nothing(answered, at):
    cards = at("director", "pupil_consent_at").context["found"].cards
    assert [(card.person.name, card.decides) for card in cards] == [
        ("First-parent Sur-parent", 1),
        ("First-parent_teacher Sur-parent_teacher", 1),
        ("First-parent_without Sur-parent_without", 0),
    ]


def test_who_keeps_consent_at_the_school_sees_the_page_and_nobody_else(answered, at, client):
    """A counsellor sees the outcome beside the dossier, and no answers."""
    wanted = {
        **dict.fromkeys(["administrator", "director", "deputy"], 200),
        "other_director": 404,
        **dict.fromkeys(["counsellor", "former", "parent", "board_officer", "fg"], 403),
    }
    one = reverse("pupil_consent", args=[answered.cast.pupils["own"].pk])
    for who, status in wanted.items():
        assert at(who, "pupil_consent_at").status_code == status, who
        assert client.get(one).status_code == status, who


def test_a_director_who_is_a_parent_sees_nothing_of_the_own_child(answered, at):
    answered.cast.add_person("parent_teacher", "director", answered.cast.school.unit)
    assert at("parent_teacher", "pupil_consent_at").status_code == 404
    assert at("parent_teacher", "pupil_consent_at", pupil="other").status_code == 200


def test_each_look_is_a_row_in_the_log_with_the_pupil_and_the_ground(answered, at):
    at("administrator", "pupil_consent_at")
    row = LogEntry.objects.filter(event="page-seen").latest("timestamp")
    assert row.subjects == [answered.cast.pupils["own"].log_key]
    assert (row.ground, row.unit) == ("administration", answered.cast.school.pk)


def test_an_answer_that_counts_no_more_stands_in_the_history_and_not_beside_the_text(asked, at):
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.replace("website")
    found = at("administrator", "pupil_consent_at").context["found"]
    assert [line.state for line in found.purposes[0].lines] == ["open", "open"]
    assert [card.unasked for card in found.cards[:2]] == [1, 1]
    assert len(found.history) == 1


def test_who_was_not_asked_is_asked_by_one_press_and_a_second_one_asks_nobody(asked, at):
    page = at("administrator", "pupil_consent_at")
    assert page.context["found"].is_somebody_unasked
    assert b"Ask who was not asked" in page.content
    first = at("administrator", "ask_about_pupil", data={}, follow=True)
    assert b"2 questions are asked." in first.content
    assert b"Ask who was not asked" not in first.content
    again = at("administrator", "ask_about_pupil", data={}, follow=True)
    assert b"Everybody who decides was asked already." in again.content
    assert LogEntry.objects.filter(event="consent-requested").count() == 1


def test_a_school_that_the_pupil_left_sees_its_own_answers_and_not_those_of_the_next(
    answered, at, client, sign_in
):
    cast = answered.cast
    pupil = cast.pupils["own"]
    Enrolment.objects.create(pupil=pupil, school=cast.other_school, starts_on=cast.today)
    here = at("administrator", "pupil_consent_at").context["found"]
    assert len(here.history) == 2
    sign_in(cast.other_director)
    there = client.get(reverse("pupil_consent_at", args=[cast.other_school.pk, pupil.pk]))
    assert there.context["found"].history == []
    address = reverse("pupil_consent_at", args=[cast.school.pk, pupil.pk])
    assert client.get(address).status_code == 404


def test_officers_of_one_institution_and_a_mentor_stand_there_by_name(asked, at):
    for name in ("Officer-one", "Officer-two"):
        Representative.objects.create(
            pupil=asked.cast.pupils["eleven"],
            kind="voogd",
            name=name,
            institution="Demo-instelling",
            court_decision="Rechtbank Demostad",
            starts_on=asked.cast.year.starts_on,
        )
    mentor = Representative.objects.create(
        pupil=asked.cast.pupils["eleven"],
        kind="mentor",
        name="Demo-mentor",
        court_decision="Rechtbank Demostad",
        starts_on=asked.cast.year.starts_on,
    )
    page = at("director", "pupil_consent_at", pupil="eleven")
    lines = page.context["found"].purposes[0].lines
    assert {line.person.name for line in lines} == {
        "Demo Voogd",
        "Officer-one, Demo-instelling",
        "Officer-two, Demo-instelling",
    }
    asked.ask("eleven")
    officer = Representative.objects.get(name="Officer-one")
    asked.on_paper(officer.consent_requests.get(), True)
    lines = at("director", "pupil_consent_at", pupil="eleven").context["found"].purposes[0].lines
    settled = {line.person.name for line in lines if line.is_settled}
    assert settled == {"Officer-one, Demo-instelling", "Officer-two, Demo-instelling"}
    assert [person.representative for person, _rows in page.context["ordered"]] == [mentor]
    assert b"nobody read yet what it covers" in page.content


def test_the_page_asks_as_much_for_one_of_each_as_for_eight(asked, at, client):
    """Purposes, people, answers, matters: a fixed number of queries."""
    own, school = asked.cast.pupils["own"], asked.cast.school
    address = reverse("pupil_consent_at", args=[school.pk, own.pk])
    at("administrator", "pupil_consent_at")
    counts = []
    for new in (range(1), range(1, 8)):
        for n in new:
            asked.add(f"purpose{n}")
            asked.cast.add_parent(f"parent{n}", "own")
        asked.ask("own")
        for n in new:
            asked.says(f"parent{n}", "own", True)
            about = About(own, school, "some words")
            asked.act(matters.record_objection, by="director", about=about, comes_from="other")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert len(page.context["found"].history) == new[-1] + 1
        counts.append(len(queries))
    assert counts == [28, 28]


def test_what_is_asked_for_next_year_stands_apart_and_can_be_recorded(asked, at, on_one_paper):
    asked.ask("own")
    now = asked.request("own", of="parent")
    start = asked.cast.year.ends_on + timedelta(days=1)
    ahead = Request.objects.create(
        pupil=now.pupil,
        school=now.school,
        purpose=now.purpose,
        text=now.text,
        answers_as="parent",
        parent=now.parent,
        occasion="single",
        counts_from=start,
        counts_until=start + timedelta(days=364),
    )
    on_one_paper([(ahead, True)])
    page = at("administrator", "pupil_consent_at")
    (one,) = page.context["found"].ahead
    assert (one.request, one.answer.said) == (ahead, "given")
    assert page.context["found"].purposes[0].lines[0].state == "open"
    form = at("administrator", "record_paper", f"parent-{now.parent_id}").content.decode()
    assert "Demo website, from 1 August 2027" in form


# --- for the pupil's own counsellors ------------------------------------------------------------


def test_a_counsellor_sees_the_outcome_and_the_reason_of_own_pupils_and_nobodys_answer(
    answered, sign_in, client
):
    address = reverse("own_pupil_consent", args=[answered.cast.dossier("own").pk])
    sign_in(answered.cast.counsellor)
    text = client.get(address).content.decode()
    assert "No: one parent with authority refused on 16 November 2026." in text
    assert "Sur-parent" not in text
    row = LogEntry.objects.filter(event="page-seen").latest("timestamp")
    assert (row.ground, row.unit) == ("assignment", answered.cast.school.pk)
    assert (
        address
        in client.get(reverse("dossier", args=[answered.cast.dossier("own").pk])).content.decode()
    )
    for who, status in {
        "other_counsellor": 404,
        "school_doctor": 403,
        "former": 403,
        "parent": 403,
        "administrator": 404,
    }.items():
        sign_in(answered.cast.people[who])
        assert client.get(address).status_code == status, who


def test_the_office_finds_the_page_from_the_pupils_page_and_the_board_officer_does_not(
    asked, sign_in, client
):
    pupil = asked.cast.pupils["own"]
    for who, is_there in {"administrator": True, "director": True, "board_officer": False}.items():
        sign_in(asked.cast.people[who])
        page = client.get(reverse("school_pupil", args=[pupil.pk])).content.decode()
        assert (reverse("pupil_consent", args=[pupil.pk]) in page) is is_there, who
