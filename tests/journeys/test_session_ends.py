"""A session ends while somebody types: with and without scripts nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from dossiers.models import Dossier, Note
from launcher.chromium import find_chromium
from tests.journeys.test_tour import DESK, PHONE, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
FACTS = "Journey-facts, first line\nand a second one"


@pytest.fixture
def form_of_a_note(demo) -> str:
    noor = Dossier.objects.get(pupil__first_name="Noor", pupil__prefix="van den")
    return reverse("write_note", args=[noor.pk])


def type_a_note(page) -> None:
    page.locator("[name=title]").fill("Journey-title")
    page.locator("[name=facts]").fill(FACTS)


def sign_in_again(journey) -> None:
    """In another tab: a new session, and a new token for forms."""
    journey.client.force_login(get_user_model().objects.get(username="hanna"))
    session = journey.client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp"}]
    session.save()
    journey.client.cookies.pop(settings.CSRF_COOKIE_NAME, None)


def send(page) -> None:
    page.locator("main form:has([name=facts]) button[type=submit]").first.click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_says_it_before_sending_and_keeps_the_text(
    travel_as, form_of_a_note, time_machine, size
):
    journey = travel_as("hanna", language="en", viewport=size)
    page = journey.go(form_of_a_note)
    type_a_note(page)
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    send(page)
    page.get_by_text("You were signed out.").wait_for()
    assert journey.path == form_of_a_note
    assert page.locator("[name=facts]").input_value() == FACTS
    assert page.evaluate("document.activeElement.innerText") == "Sign in again, in a new tab"
    picture(journey, f"signed-out-{size['width']}")
    before = Note.objects.count()
    sign_in_again(journey)
    send(page)
    page.locator("main p", has_text="and a second one").first.wait_for()
    assert journey.path != form_of_a_note
    assert Note.objects.count() == before + 1
    assert journey.complaints == []


def test_without_scripts_the_text_comes_back_and_is_sent_once_more(
    travel_as, form_of_a_note, time_machine
):
    journey = travel_as("hanna", language="en", viewport=PHONE, java_script_enabled=False)
    page = journey.go(form_of_a_note)
    type_a_note(page)
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    send(page)
    page.get_by_role("heading", name="Your text is still here").wait_for()
    assert "and a second one" in page.locator(".kept-text").nth(0).inner_text()
    picture(journey, "kept-390")
    before = Note.objects.count()
    sign_in_again(journey)
    again = page.get_by_role("button", name="Send it once more")
    again.click()  # the token is older than the sign-in: the same page once more
    page.get_by_text("The page was open too long").wait_for()
    again.click()
    page.get_by_text("Journey-title").wait_for()
    assert Note.objects.count() == before + 1
    assert page.get_by_text("and a second one").count()


def test_two_minutes_before_the_end_one_can_stay(travel_as, form_of_a_note, time_machine):
    journey = travel_as("hanna", language="en", viewport=DESK)
    journey.page.clock.install()
    page = journey.go(form_of_a_note)
    type_a_note(page)
    begun = timezone.now()
    time_machine.move_to(begun + timedelta(minutes=28, seconds=5))
    page.clock.fast_forward("28:05")
    stay = page.get_by_role("button", name="Stay signed in")
    stay.wait_for()
    picture(journey, "session-ending")
    stay.click()
    stay.wait_for(state="detached")
    assert not page.locator("#session-note").count()
    time_machine.move_to(begun + timedelta(minutes=40))
    assert journey.client.get(reverse("home")).status_code == 200
    assert page.locator("[name=facts]").input_value() == FACTS
    assert journey.complaints == []
