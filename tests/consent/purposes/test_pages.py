"""What a board asks, by its pages: drafts, what a channel allows, putting in use, ending."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from access.models import Unit
from audit.models import LogEntry
from consent import tasks
from consent.actions.purposes import end_purpose, write_text
from consent.models import Purpose, PurposeText, Request
from students.models import Board
from tests.consent.conftest import text

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)

WRITTEN = {
    "title_nl": "Foto's op de site",
    "title_en": "Photos on the site",
    "text_nl": "Mag dit?\nEcht?",
    "text_en": "May this be?",
    "needs": "one",
    "is_yearly": "on",
    "is_promised": "on",
}


@pytest.fixture
def officer(asked, sign_in):
    """The board officer's browser."""
    return sign_in(asked.cast.board_officer)


def draft_of(code: str) -> PurposeText | None:
    return PurposeText.objects.filter(purpose__code=code, in_use_from__isnull=True).first()


def write(client, purpose: Purpose, **sent):
    """Sends the form as the page gave it, with these fields instead."""
    address = reverse("write_purpose_text", args=[purpose.pk])
    seen = client.get(address).context["form"]["seen"].value()
    return client.post(address, {**WRITTEN, "seen": seen, **sent})


def test_the_list_says_what_is_asked_what_waits_and_what_ended(asked, officer):
    today = asked.cast.today
    asked.add("press", "press")
    asked.add("old", "guide")
    asked.act(end_purpose, by="board_officer", purpose=asked.purposes["old"])
    asked.act(write_text, by="board_officer", purpose=asked.purposes["press"], data=text("draft"))
    asked.replace("website", from_day=today + DAY)
    page = officer.get(reverse("purposes"))
    words = page.content.decode()
    assert [one.purpose.code for one in page.context["asked"]] == ["press", "website"]
    assert [one.purpose.code for one in page.context["ended"]] == ["old"]
    assert words.count("asked since 16 November 2026") == 2
    assert words.count("a draft waits") == 1
    assert words.count("another text from 17 November 2026") == 1
    assert words.count("ended on 16 November 2026") == 1


def test_the_list_of_purposes_asks_as_much_for_two_as_for_thirty(
    asked, officer, django_assert_num_queries
):
    officer.get(reverse("purposes"))
    with django_assert_num_queries(12):
        officer.get(reverse("purposes"))
    for n in range(15):
        asked.add(f"more{n}")
    with django_assert_num_queries(12):
        assert officer.get(reverse("purposes")).content.decode().count("Demo more") == 15


def test_a_purpose_is_added_with_a_name_of_its_own_and_at_once_a_draft(asked, officer):
    address = reverse("add_purpose", args=[asked.cast.board.pk])
    sent = {"title_nl": "De musical", "title_en": "The musical", "channel": "other"}
    answer = officer.post(address, sent)
    row = Purpose.objects.get(code="de-musical")
    assert answer["Location"] == reverse("write_purpose_text", args=[row.pk])
    draft = draft_of("de-musical")
    assert (draft.title_nl, draft.title_en, draft.text_nl, draft.needs) == (
        "De musical", "The musical", "", "all",
    )  # fmt: skip
    assert draft.is_publication
    again = officer.post(address, sent)
    assert "a purpose with this name already" in again.content.decode()
    asked.act(end_purpose, by="board_officer", purpose=row)
    officer.post(address, sent)
    assert set(Purpose.objects.values_list("code", flat=True)) == {
        "website", "de-musical", "de-musical-2",
    }  # fmt: skip
    assert LogEntry.objects.filter(event="purpose-added").count() == 3
    for wrong in ({"channel": ""}, {"channel": "moon"}, {"title_en": " "}):
        assert officer.post(address, sent | {"title_nl": "Anders"} | wrong).status_code == 200
    assert Purpose.objects.count() == 3


def test_a_version_begins_from_what_is_asked_and_there_is_one_draft_at_a_time(asked, officer):
    purpose = asked.purposes["website"]
    address = reverse("write_purpose_text", args=[purpose.pk])
    form = officer.get(address).context["form"]
    assert form["text_nl"].value() == "Mag website?"
    assert write(officer, purpose).status_code == 302
    draft = draft_of("website")
    assert (draft.number, draft.needs, draft.is_pupil_heard) == (2, "one", False)
    assert draft.text_nl == "Mag dit?\nEcht?"
    assert write(officer, purpose, needs="all").status_code == 302
    assert PurposeText.objects.filter(purpose=purpose).count() == 2
    assert draft_of("website").needs == "all"
    assert asked.texts["website"].text_nl == "Mag website?"
    events = LogEntry.objects.filter(event__startswith="consent-text-").values_list(
        "event", flat=True
    )
    assert sorted(events)[-2:] == ["consent-text-written", "consent-text-written"]
    assert "consent-text-changed" in events


def test_what_is_sent_back_unchanged_writes_no_version_and_a_double_click_one(asked, officer):
    purpose = asked.purposes["website"]
    address = reverse("write_purpose_text", args=[purpose.pk])
    form = officer.get(address).context["form"]
    same = {name: form[name].value() for name in form.fields if form[name].value()}
    officer.post(address, same)
    assert draft_of("website") is None
    sent = {**WRITTEN, "seen": form["seen"].value()}
    officer.post(address, sent)
    second = officer.post(address, sent)
    assert "Somebody else changed this" in second.content.decode()
    assert PurposeText.objects.filter(purpose=purpose).count() == 2


def test_of_two_who_write_the_second_is_told_and_overwrites_nothing(asked, officer):
    purpose = asked.purposes["website"]
    asked.act(write_text, by="board_officer", purpose=purpose, data=text("theirs"))
    address = reverse("write_purpose_text", args=[purpose.pk])
    seen = officer.get(address).context["form"]["seen"].value()
    asked.act(write_text, by="board_officer", purpose=purpose, data=text("newer"))
    late = officer.post(address, {**WRITTEN, "seen": seen})
    assert "Nothing of theirs was" in late.content.decode()
    assert draft_of("website").title_nl == "Demo newer"


def test_publishing_is_never_free_and_the_page_says_why(asked, officer):
    purpose = asked.purposes["website"]
    page = officer.get(reverse("write_purpose_text", args=[purpose.pk]))
    assert {"is_free", "free_ground", "is_publication"}.isdisjoint(page.context["form"].fields)
    assert "be free of consent: nobody may publish" in page.content.decode()
    write(officer, purpose, is_free="on", free_ground="Demo ground", is_promised="")
    assert not draft_of("website").is_free
    assert draft_of("website").is_publication


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"is_promised": "on", "free_ground": "Demo ground"}, "is_free"),
        ({"free_ground": " "}, "free_ground"),
        ({"free_ground": "Demo ground"}, ""),
    ],
)
def test_making_pictures_is_free_only_on_a_ground_and_against_no_promise(
    asked, officer, sent, wrong
):
    asked.add("made", "pictures", is_publication=False)
    answer = write(officer, asked.purposes["made"], **{"is_promised": "", "is_free": "on"} | sent)
    if wrong:
        assert list(answer.context["form"].errors) == [wrong]
        assert draft_of("made") is None
    else:
        assert answer.status_code == 302
        assert (draft_of("made").is_free, draft_of("made").free_ground) == (True, "Demo ground")


def test_the_page_shows_versions_in_both_languages_and_marks_up_nothing(asked, officer):
    purpose = asked.purposes["website"]
    write(officer, purpose, text_nl="<script>alert(1)</script>", text_en="")
    page = officer.get(reverse("purpose", args=[purpose.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "Not written yet." in page
    assert page.index("Version 2") < page.index("Version 1")
    assert "Changed in this version: the name, the question in Dutch, the question in English," in (
        page
    )
    assert "in use since 16 November 2026" in page


def test_the_preview_shows_the_question_in_both_languages_with_nothing_chosen(asked, officer):
    shown = officer.get(reverse("preview_purpose_text", args=[asked.texts["website"].pk]))
    page = shown.content.decode()
    assert "Mag website?" in page
    assert "May website?" in page
    assert page.count('type="radio"') == 4
    assert "checked" not in page.split("<main")[1]


def put_in_use(client, draft: PurposeText, day, **sent):
    address = reverse("put_text_in_use", args=[draft.pk])
    page = client.get(address, {"from_day": day.isoformat()})
    seen = page.context["form"]["seen"].value()
    return page, client.post(address, {"from_day": day.isoformat(), "seen": seen} | sent)


def test_putting_in_use_says_how_many_are_asked_anew_and_asks_them(asked, officer):
    cast = asked.cast
    cast.add_parent("parent_of_other", "other")
    asked.ask("own", "other", "sixteen")
    write(officer, asked.purposes["website"])
    draft = draft_of("website")
    page, answer = put_in_use(officer, draft, cast.today)
    assert "4 people will be asked anew" in page.content.decode()
    assert "about 3 pupils." in page.content.decode()
    assert answer["Location"] == reverse("purpose", args=[draft.purpose_id])
    draft.refresh_from_db()
    assert draft.in_use_from == cast.today
    assert Request.objects.filter(text=draft).count() == 4
    again = officer.post(
        reverse("put_text_in_use", args=[draft.pk]), {"from_day": cast.today.isoformat()}
    )
    assert again.status_code == 302
    assert LogEntry.objects.filter(event="consent-text-in-use", object_pk=draft.pk).count() == 1


def test_a_text_of_a_later_day_asks_nobody_before_it(asked, officer):
    asked.ask("own")
    write(officer, asked.purposes["website"])
    draft = draft_of("website")
    _page, answer = put_in_use(officer, draft, asked.cast.today + 3 * DAY)
    assert "by itself on its day" in officer.get(answer["Location"]).content.decode()
    assert not Request.objects.filter(text=draft).exists()


def test_with_a_worker_asking_anew_is_a_job_that_carries_keys_only(asked, officer, monkeypatch):
    monkeypatch.setattr(tasks, "worker_is_there", lambda: True)
    write(officer, asked.purposes["website"])
    draft = draft_of("website")
    put_in_use(officer, draft, asked.cast.today)
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs")
        ((task, sent),) = cursor.fetchall()
    assert (task, json.loads(sent)) == ("consent.ask_anew", {"text_id": str(draft.pk)})


@pytest.mark.parametrize("days", [-1, "moon"])
def test_a_day_that_is_past_or_none_puts_nothing_in_use(asked, officer, days):
    write(officer, asked.purposes["website"])
    draft = draft_of("website")
    day = asked.cast.today + days * DAY if isinstance(days, int) else days
    address = reverse("put_text_in_use", args=[draft.pk])
    shown = officer.get(address, {"from_day": str(day)})
    assert "What happens on" not in shown.content.decode()
    seen = officer.get(address).context["form"]["seen"].value()
    answer = officer.post(address, {"from_day": str(day), "seen": seen})
    assert answer.status_code == 200
    assert draft_of("website") == draft


def test_a_draft_that_changed_since_it_was_shown_is_not_put_in_use(asked, officer):
    write(officer, asked.purposes["website"])
    draft = draft_of("website")
    address = reverse("put_text_in_use", args=[draft.pk])
    seen = officer.get(address).context["form"]["seen"].value()
    write(officer, asked.purposes["website"], text_nl="Iets anders")
    sent = {"from_day": asked.cast.today.isoformat(), "seen": seen}
    assert officer.post(address, sent).status_code == 200
    assert draft_of("website") == draft


def test_a_half_written_draft_waits_until_both_languages_are_there(asked, officer):
    write(officer, asked.purposes["website"], text_en="")
    draft = draft_of("website")
    _page, answer = put_in_use(officer, draft, asked.cast.today)
    assert "both languages" in answer.content.decode()
    assert draft_of("website") == draft


def test_ending_asks_once_more_says_what_it_means_and_happens_once(asked, officer):
    asked.ask("own")
    purpose = asked.purposes["website"]
    address = reverse("end_purpose", args=[purpose.pk])
    page = officer.get(address).content.decode()
    assert "asked about 1 pupil whose answer runs on" in page
    assert "nothing may be done on it" in page
    officer.post(address)
    officer.post(address)
    purpose.refresh_from_db()
    assert purpose.ended_by == asked.cast.board_officer
    assert LogEntry.objects.filter(event="purpose-ended").count() == 1
    assert officer.get(reverse("write_purpose_text", args=[purpose.pk])).status_code == 302
    assert "asked no more" in officer.get(reverse("purpose", args=[purpose.pk])).content.decode()


@pytest.mark.parametrize("is_for_outsiders", [False, True])
def test_of_another_board_or_for_outside_parties_nothing_is_found(asked, officer, is_for_outsiders):
    board = asked.cast.board
    if not is_for_outsiders:
        unit = Unit.objects.create(kind="board", name="Stichting Demo-elders")
        board = Board.objects.create(unit=unit)
    other = Purpose.objects.create(
        board=board, code="speech", channel="other", is_for_outsiders=is_for_outsiders
    )
    draft = PurposeText.objects.create(
        purpose=other, number=1, written_by=asked.cast.board_officer, **vars(text("x"))
    )
    for name in ("purpose", "write_purpose_text", "end_purpose"):
        assert officer.get(reverse(name, args=[other.pk])).status_code == 404
    for name in ("preview_purpose_text", "put_text_in_use"):
        assert officer.get(reverse(name, args=[draft.pk])).status_code == 404
    if not is_for_outsiders:
        assert officer.get(reverse("add_purpose", args=[board.pk])).status_code == 404
    assert "speech" not in officer.get(reverse("purposes")).content.decode()
