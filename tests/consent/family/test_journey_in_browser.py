"""Consent from end to end on a phone: two parents, a teacher with a camera, and a birthday."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from access.acting import Job, acting_as
from access.models import User
from consent.actions.ahead import ask_before_birthdays
from consent.models import Answer, Publication, TakeDown
from launcher.chromium import find_chromium
from tests.access.browser import Journey
from tests.cast import PASSWORD
from tests.consent.family.conftest import FAMILY_PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.promise("P5"),
    pytest.mark.promise("P13"),
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
PHONE = {"width": 390, "height": 844}
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
BOTH_LANGUAGES = pytest.mark.parametrize(
    ("language", "scheme"), [("nl", "dark"), ("en", "light")], ids=["nl", "en"]
)
OF_THE_OTHER = ("other_parent", "Sur-other_parent", "Street-other_parent")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        connections.close_all()  # Playwright's loop has connections of its own
        started.close()


@pytest.fixture
def travel(browser, language, scheme) -> Iterator[Callable[..., Journey]]:
    """A phone; of somebody of the cast, or of nobody yet."""
    journeys: list[Journey] = []

    def start(user: User | None = None) -> Journey:
        journey = Journey(browser, viewport=PHONE, color_scheme=scheme, locale=language)
        journeys.append(journey)
        if user is not None:
            User.objects.filter(pk=user.pk).update(language=language)
            journey.client.force_login(User.objects.get(pk=user.pk))
            session = journey.client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": 0},
                {"method": "mfa", "at": 0, "type": "totp"},
            ]
            session.save()
        return journey

    yield start
    for journey in journeys:
        journey.close()


def look_at(journey: Journey) -> Page:
    """The page where the phone stands is in order."""
    page = journey.page
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{journey.path} scrolls {wide} px sideways"
    assert not journey.complaints, journey.complaints
    return page


def press(journey: Journey, what: str, address: str) -> Page:
    """Presses what leads on, and looks at the page that comes."""
    with journey.page.expect_navigation():
        journey.page.locator(what).last.click()
    journey.page.wait_for_url(f"**{address}**")
    journey.page.wait_for_selector("main")
    return look_at(journey)


def say(journey: Journey, pupil, answer: str, *, also: bool = False, password: str = "") -> Page:
    """Answers the one question about a child, signs, and gets the receipt."""
    page = journey.go(reverse("questions", args=[pupil.pk]))
    look_at(journey)
    page.locator(f"[data-value={answer}]").first.click()
    if also:
        page.locator("input[name=also]").first.check()
    press(journey, ".next-step button", "/my-children/sign/")
    if password:
        page.fill("[name=password]", password)
    return press(journey, "main .form button[type=submit]", "/receipts/")


def signs_of_check(journey: Journey) -> dict[str, bool]:
    """Checks the group for a photo on the website; who may, by name."""
    page = journey.go(reverse("photo_check"))
    look_at(journey)
    page.locator("[name=purpose]").select_option(index=1 if _has_empty(page) else 0)
    page.locator("[name=groups]").first.check()
    press(journey, ".next-step button", "/photo-check/")
    lines = page.locator(".check-line")
    return {
        line.locator(".check-who strong").inner_text(): "yes" in line.get_attribute("class").split()
        for line in lines.all()
    }


def _has_empty(page: Page) -> bool:
    return page.locator("[name=purpose] option").first.get_attribute("value") == ""


@BOTH_LANGUAGES
def test_from_a_letter_to_a_picture_that_is_taken_down(
    asked, newcomer, new_code, travel, language, scheme
):
    cast = asked.cast
    own, other = cast.pupils["own"], cast.pupils["other"]
    letter_parent = newcomer("letter_parent", "own", "other")
    cast.add_parent("other_parent", "own", "other", secret=True)
    asked.ask("own", "other")

    # The letter, an account, and a yes for both children.
    first = travel()
    page = first.go(f"{reverse('activate')}#{new_code(letter_parent, 'own')}")
    look_at(first)
    press(first, ".form button", "/activate/account/")
    page.fill("[name=name]", "sam")
    page.fill("[name=password1]", FAMILY_PASSWORD)
    page.fill("[name=password2]", FAMILY_PASSWORD)
    press(first, "form:has([name=password1]) button", "/my-children/")
    User.objects.filter(username="sam").update(language=language)
    say(first, own, "yes", also=True)
    assert Answer.objects.filter(said="given", parent=letter_parent).count() == 2

    # The other parent says no for one child and yes for the other.
    second = travel(cast.other_parent)
    say(second, own, "no", password=PASSWORD)
    say(second, other, "yes")

    # The first one reads the outcome, and nothing of the other.
    told = first.go(reverse("questions", args=[own.pk])).content()
    told += first.go(reverse("my_children")).content()
    assert not [word for word in OF_THE_OTHER if word in told]

    # Before the photo: no for the one, yes for the other, who is published.
    teacher = travel(cast.counsellor)
    signs = signs_of_check(teacher)
    assert (signs[own.name], signs[other.name]) == (False, True)
    press(teacher, "a[href$='/published/']", "/published/")
    page = teacher.page
    page.fill("[name=place]", "https://example.org/feest")
    page.get_by_label(other.name, exact=True).check()
    press(teacher, "main form button[type=submit]", "/publications/")
    assert not TakeDown.objects.exists()

    # Withdrawn: a task for whoever published, until the picture is gone.
    say(second, other, "no")
    publication = Publication.objects.get()
    teacher.go("/")
    look_at(teacher)
    press(teacher, f"a[href$='/{publication.pk}/']", f"/publications/{publication.pk}/")
    press(teacher, "a[href*='take-down']", "/take-down/")
    page.locator("[name=how][value=whole]").check()
    page.locator("[name=pupil]").select_option("")
    page.fill("[name=words]", "Removed, and looked with another phone")
    press(teacher, "main form button[type=submit]", f"/publications/{publication.pk}/")
    assert TakeDown.objects.get().closed_at is not None
    assert signs_of_check(teacher)[other.name] is False


@BOTH_LANGUAGES
def test_who_becomes_16_decides_alone_and_what_was_said_before_lapses(
    asked, travel, time_machine, language, scheme
):
    cast, birthday = asked.cast, date(2026, 12, 1)
    pupil = cast.pupils["fifteen"]
    pupil.birth_date = date(2010, 12, 1)
    pupil.save(update_fields=["birth_date"])
    cast.add_parent("fifteens_parent", "fifteen")
    asked.ask("fifteen")
    say(travel(cast.fifteens_parent), pupil, "yes", password=PASSWORD)
    say(travel(cast.pupil_fifteen), pupil, "yes", password=PASSWORD)
    assert signs_of_check(travel(cast.counsellor))[pupil.name] is True
    with acting_as(Job("night"), on=cast.today) as work:
        ask_before_birthdays(school=cast.school, by=work.by, on=cast.today)

    time_machine.move_to("2026-12-01 09:00 +0100", tick=True)
    assert signs_of_check(travel(cast.counsellor))[pupil.name] is False
    say(travel(cast.pupil_fifteen), pupil, "yes", password=PASSWORD)
    assert signs_of_check(travel(cast.counsellor))[pupil.name] is True
    parent = travel(cast.fifteens_parent)
    page = parent.go(reverse("questions", args=[pupil.pk]))
    look_at(parent)
    assert not page.locator("[data-value=yes]").count()
    assert Answer.objects.filter(pupil=pupil, request__counts_from=birthday).count() == 1
