"""Recording what outranks answers, by its forms: who may, what is refused, what is sealed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import LogEntry
from consent.actions import coverage, matters
from consent.actions.matters import About
from consent.models import (
    CourtOrder,
    Objection,
    OrderCoverage,
    SafetyBlock,
    UnableDecision,
    UnreachableDecision,
)
from consent.rules import PUPIL, Reason
from students.models import Parent, Representative
from vault.models import PartKey

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
DAY = timedelta(days=1)
WORDS = "Sealed-words-marker"


@pytest.fixture
def send(asked, at):
    """Sends a form as a browser that opened it a moment ago."""

    def post(who: str, name: str, *, pupil: str = "own", once: str = "", **data):
        fields = {"once": once or str(uuid.uuid4()), "words": WORDS} | data
        sent = {key: value for key, value in fields.items() if value != ""}
        return at(who, name, pupil=pupil, data=sent, follow=True)

    return post


@pytest.fixture
def objection(asked) -> Objection:
    about = About(asked.cast.pupils["own"], asked.cast.school, WORDS)
    return asked.act(matters.record_objection, by="counsellor", about=about, comes_from="pupil")


@pytest.mark.django_db(databases=["default", "keys"])
def test_words_that_can_not_be_opened_any_more_stand_in_the_log(asked, objection, at, client):
    PartKey.objects.filter(part_id=objection.pk).delete()
    client.raise_request_exception = False
    at("director", "pupil_consent_at")
    page = client.get(reverse("consent_matter", args=["objection", objection.pk]))
    assert page.status_code == 500
    assert WORDS not in page.content.decode()
    told = LogEntry.objects.get(event="damage-met")
    assert (told.object_pk, told.outcome) == (str(objection.pk), "failed")
    assert told.subjects == [asked.cast.pupils["own"].log_key]


def test_any_employee_records_an_objection_of_anybody_and_it_is_a_no_at_once(asked, send, at):
    website = str(asked.purposes["website"].pk)
    staff = ("counsellor", "safeguarding", "school_doctor", "administrator", "director")
    for who in staff:
        page = send(who, "add_objection", comes_from="pupil", against=website)
        assert "From now on it is a no" in page.content.decode(), who
    assert Objection.objects.filter(purpose__code="website").count() == len(staff)
    assert asked.holds("own").reason is Reason.OBJECTION
    page = at("director", "pupil_consent_at")
    assert WORDS not in page.content.decode()
    assert "No: an objection stands since" in page.content.decode()
    for who in ("parent_teacher", "foreign_counsellor", "parent", "former", "fg"):
        status = send(who, "add_objection", comes_from="other", against="all").status_code
        assert status in {403, 404}, who
    assert Objection.objects.count() == len(staff)


def test_a_form_sent_twice_counts_once_and_a_refused_one_may_come_back_mended(asked, send):
    once = str(uuid.uuid4())
    first = send("director", "add_objection", once=once, comes_from="other", against="all")
    again = send("director", "add_objection", once=once, comes_from="other", against="all")
    assert b"The objection is recorded." in first.content
    assert b"This was recorded already" in again.content
    assert Objection.objects.count() == LogEntry.objects.filter(event="objection-recorded").count()
    assert Objection.objects.count() == 1
    once, day = str(uuid.uuid4()), asked.cast.today
    ruling = {f"ruling_{asked.purposes['website'].pk}": "no", "decided_on": day.isoformat()}
    for starts, number in ((day - DAY, 0), (day, 1)):
        send("director", "record_court_order", once=once, starts_on=starts.isoformat(), **ruling)
        assert CourtOrder.objects.count() == number


def test_every_mistake_is_said_beside_what_was_typed(asked, send):
    page = send("counsellor", "add_objection", comes_from="", against="everything", words="no")
    text = page.content.decode()
    assert "This field is required." in text
    assert "Select a valid choice." in text
    assert "at least 5 characters" in text
    bsn = send(
        "counsellor", "add_objection", comes_from="pupil", against="all", words="BSN 111222333"
    )
    assert "This looks like a BSN." in bsn.content.decode()
    assert "BSN 111222333" in bsn.content.decode(), "what was typed is not lost"
    assert not Objection.objects.exists()


def test_the_words_open_on_a_page_of_their_own_and_that_look_is_recorded(
    asked, objection, sign_in, client
):
    address = reverse("consent_matter", args=["objection", objection.pk])
    for who in ("director", "administrator"):
        sign_in(asked.cast.people[who])
        assert WORDS in client.get(address).content.decode()
        row = LogEntry.objects.filter(event="page-seen").latest("timestamp")
        assert row.subjects == [asked.cast.pupils["own"].log_key]
    asked.cast.add_person("parent_teacher", "director", asked.cast.school.unit)
    for who in ("counsellor", "parent_teacher", "other_director", "parent", "former"):
        sign_in(asked.cast.people[who])
        assert client.get(address).status_code in {403, 404}, who
    sign_in(asked.cast.director)
    for sort in ("court-order", "nothing"):
        other = reverse("consent_matter", args=[sort, objection.pk])
        assert client.get(other).status_code == 404


def test_the_director_lifts_an_objection_with_a_reason_and_the_office_does_not(
    asked, objection, sign_in, client
):
    address = reverse("end_matter", args=["objection", objection.pk])
    sign_in(asked.cast.administrator)
    assert client.post(address, {"reason": "spoken with them"}).status_code == 403
    sign_in(asked.cast.director)
    assert b"This field is required." in client.post(address, {"reason": " "}).content
    page = client.post(address, {"reason": "Spoken with the pupil"}, follow=True)
    assert b"The objection is lifted." in page.content
    again = client.post(address, {"reason": "Spoken with the pupil"}, follow=True)
    assert b"A colleague lifted this already." in again.content
    seen = client.get(reverse("consent_matter", args=["objection", objection.pk]))
    assert b"Spoken with the pupil" in seen.content
    assert asked.holds("own").reason is not Reason.OBJECTION


def test_a_safety_block_is_placed_by_the_office_and_lifted_by_the_director(
    asked, send, sign_in, client
):
    assert send("counsellor", "place_safety_block").status_code == 403
    assert b"The safety block stands." in send("administrator", "place_safety_block").content
    page = send("administrator", "place_safety_block")
    assert b"Publish nothing of this pupil" in page.content
    for row in SafetyBlock.objects.all():
        sign_in(asked.cast.deputy)
        address = reverse("end_matter", args=["safety-block", row.pk])
        assert b"is lifted" in client.post(address, {"reason": "over now"}, follow=True).content
    assert asked.holds("own").reason is not Reason.SAFETY_BLOCK


def test_a_court_order_says_yes_or_no_for_each_purpose_it_names(asked, send, sign_in, client):
    asked.add("app", "school-app")
    day = asked.cast.today
    days = {"decided_on": (day - DAY).isoformat(), "starts_on": day.isoformat()}
    keys = {code: f"ruling_{asked.purposes[code].pk}" for code in ("website", "app")}
    assert send("administrator", "record_court_order", **days).status_code == 403
    empty = send("director", "record_court_order", **days)
    assert b"Say for at least one purpose" in empty.content
    send("director", "record_court_order", **days, **{keys["website"]: "yes", keys["app"]: "no"})
    assert asked.holds("own").reason is Reason.COURT_SAID_YES
    assert asked.holds("own", "app").reason is Reason.COURT_SAID_NO
    sign_in(asked.cast.director)
    row = CourtOrder.objects.get(is_yes=False)  # the yes is another decision
    page = client.post(reverse("end_matter", args=["court-order", row.pk]), follow=True)
    assert b"The court order is ended." in page.content
    assert asked.holds("own", "app").reason is Reason.WAITING


def test_who_can_not_decide_is_recorded_on_an_advice_for_at_most_a_year(asked, send, at, client):
    day = asked.cast.today
    usual = {
        "purposes": str(asked.purposes["website"].pk),
        "advice_by": "Dr. Demo",
        "advice_on": day.isoformat(),
        "until": (day + 200 * DAY).isoformat(),
    }
    for data, words in [
        ({"purposes": ""}, "This field is required."),
        ({"advice_by": ""}, "This field is required."),
        ({"advice_on": (day + DAY).isoformat()}, "still to come"),
        ({"advice_on": (day - 400 * DAY).isoformat()}, "older than a year"),
        ({"until": (day + 400 * DAY).isoformat()}, "Choose a day within a year"),
    ]:
        page = send("director", "decide_unable", pupil="sixteen", **(usual | data))
        assert words in page.content.decode(), data
    assert not UnableDecision.objects.exists()
    under_12 = send("director", "decide_unable", pupil="eleven", **usual)
    assert b"Under 12 a pupil does not decide" in under_12.content
    asked.add("app", "school-app")
    both = [str(asked.purposes[code].pk) for code in ("website", "app")]
    send("director", "decide_unable", pupil="sixteen", **(usual | {"purposes": both}))
    assert UnableDecision.objects.count() == 2
    (line,) = at("director", "pupil_consent_at", pupil="sixteen").context["standing"]
    assert len(line.texts) == 2, "one paper is one line"
    assert asked.holds("sixteen").waiting == ()
    page = at("director", "pupil_consent_at", pupil="eleven").content.decode()
    assert "The pupil can&#x27;t decide" not in page
    address = reverse("end_matter", args=["unable", line.row.pk])
    assert b"This field is required." in client.post(address).content
    client.post(address, {"reach": "all"})
    assert not UnableDecision.objects.filter(ended_at__isnull=True).exists()


def test_a_parent_who_can_not_be_reached_is_never_gone_over_when_it_said_no(asked, send, at):
    asked.ask("own")
    asked.says("parent_teacher", "own", False)
    away = Parent.objects.get(user=asked.cast.parent_teacher)
    page = send("director", "decide_unreachable", parent=str(away.pk))
    assert b"This parent is not waited for." in page.content
    assert asked.holds("own").reason is Reason.REFUSED
    stranger = asked.cast.add_parent("stranger", "other")
    page = send("director", "decide_unreachable", parent=str(stranger.pk))
    assert b"Select a valid choice." in page.content
    assert send("administrator", "decide_unreachable", parent=str(away.pk)).status_code == 403
    assert UnreachableDecision.objects.count() == 1
    assert "not waited for" in at("director", "pupil_consent_at").content.decode()


def test_what_a_mentors_order_covers_is_ticked_and_a_colleagues_tick_stays(
    asked, on_one_paper, sign_in, client
):
    asked.add("app", "school-app")
    pupil, school = asked.cast.pupils["sixteen"], asked.cast.school
    mentor = Representative.objects.create(
        pupil=pupil,
        kind="mentor",
        name="Demo-mentor",
        court_decision="Rechtbank Demostad",
        starts_on=asked.cast.year.starts_on,
    )
    address = reverse("order_coverage", args=[school.pk, mentor.pk])
    sign_in(asked.cast.administrator)
    assert client.get(address).status_code == 200
    details = {"representative": mentor, "purpose": asked.purposes["app"], "school": school}
    asked.act(coverage.cover_by_order, by="director", **details)  # meanwhile, in another window
    website = str(asked.purposes["website"].pk)
    fields = {"once": str(uuid.uuid4()), "covers": [website], "seen": ""}
    client.post(address, fields)
    assert OrderCoverage.objects.filter(withdrawn_at__isnull=True).count() == 2
    fields = {"once": str(uuid.uuid4()), "seen": website}
    client.post(address, fields)
    assert OrderCoverage.objects.get(withdrawn_at__isnull=True).purpose == asked.purposes["app"]
    asked.ask("sixteen")
    on_one_paper([(mentor.consent_requests.get(), True)])
    assert asked.holds("sixteen", "app").is_allowed
    assert asked.holds("sixteen").waiting == (PUPIL,)
    voogd = asked.cast.pupils["eleven"].representatives.get()
    assert client.get(reverse("order_coverage", args=[school.pk, voogd.pk])).status_code == 404


def test_the_home_of_a_director_lists_what_waits_and_what_ends_within_thirty_days(
    asked, objection, sign_in, client
):
    cast = asked.cast
    for days in (30, 31):
        about = About(cast.pupils["sixteen"], cast.school, WORDS, asked.purposes["website"])
        until = cast.today + days * DAY
        asked.act(matters.decide_unable, by="director", about=about, until=until)
    sign_in(cast.director)
    page = client.get(reverse("home"))
    assert page.context["due"].objections == [objection]
    assert [row.ends_on for row in page.context["due"].reviews] == [cast.today + 30 * DAY]
    assert WORDS not in page.content.decode()
    row = LogEntry.objects.filter(event="page-listed").latest("timestamp")
    assert {cast.pupils[key].log_key for key in ("own", "sixteen")} <= set(row.subjects)
    cast.add_person("parent_teacher", "director", cast.school.unit)
    sign_in(cast.parent_teacher)
    assert client.get(reverse("home")).context["due"].objections == [], "the own child"
    for who in ("administrator", "other_director", "counsellor"):
        sign_in(cast.people[who])
        assert not client.get(reverse("home")).context.get("due"), who
