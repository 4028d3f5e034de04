"""A parent on a phone, from the letter to the receipt: by keyboard, without script, enlarged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from access.models import User
from consent.models import Answer, Receipt
from launcher.chromium import find_chromium
from students.models import Authority, Parenthood
from tests.access.browser import NEXT_FRAME, Journey
from tests.consent.family.conftest import FAMILY_PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.promise("P5"),
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
OLD_PHONE = {"width": 320, "height": 480}  # and what remains of 640 points at 200 %
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        connections.close_all()  # Playwright's loop has connections of its own
        started.close()


@pytest.fixture
def letter(asked, newcomer, new_code) -> str:
    """A code for a parent of two children who are asked two questions each."""
    asked.add("press", "press")
    parent = newcomer("letter_parent", "own")
    link = Parenthood.objects.create(
        parent=parent, pupil=asked.cast.pupils["other"], relation="father"
    )
    Authority.objects.create(parenthood=link, value="yes", starts_on="2020-08-01", source="form")
    asked.ask("own", "other")
    return new_code(parent, "own")


def look_at(journey: Journey, *sizes: dict[str, int]) -> None:
    """The page where the browser stands: axe, the browser's own complaints, nothing too wide."""
    page, own = journey.page, journey.page.viewport_size
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found]
    for size in (own, *sizes):
        page.set_viewport_size(size)
        page.evaluate(NEXT_FRAME)  # only then the rules for this width hold
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{journey.path} scrolls {wide} px sideways at {size['width']}"
    page.set_viewport_size(own)
    assert not journey.complaints, journey.complaints


def press_until(page: Page, wanted: str, key: str = "Tab") -> None:
    """Goes on by keyboard until the focus is there."""
    for _press in range(60):
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {wanted}")


def go_on(page: Page, address: str, act: Callable[[], None]) -> None:
    act()
    page.wait_for_url(f"**{address}**")
    page.wait_for_selector("main")


@pytest.mark.parametrize(("language", "scheme"), [("nl", "light"), ("en", "dark")])
def test_from_a_letter_to_a_receipt_by_keyboard(browser, asked, letter, language, scheme):
    journey = Journey(browser, viewport=PHONE, color_scheme=scheme, locale=language)
    page = journey.go(f"{reverse('activate')}#{letter}")
    assert page.input_value("input[name=code]") == letter
    assert "#" not in page.url  # out of the address, the history and the Referer
    look_at(journey, OLD_PHONE, DESK)
    go_on(page, "/activate/account/", lambda: page.keyboard.press("Enter"))
    look_at(journey, OLD_PHONE, DESK)
    page.fill("[name=name]", "sam")
    page.fill("[name=password1]", FAMILY_PASSWORD)
    page.fill("[name=password2]", FAMILY_PASSWORD)
    go_on(page, "/my-children/", lambda: page.keyboard.press("Enter"))
    User.objects.filter(username="sam").update(language=language)
    page.reload()
    look_at(journey, OLD_PHONE, DESK)
    journey.go(reverse("questions", args=[asked.cast.pupils["own"].pk]))
    look_at(journey, OLD_PHONE, DESK)
    for _question in range(2):
        press_until(page, "input[type=radio]:not(:checked)")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    press_until(page, "input[type=checkbox]")
    page.keyboard.press("Space")
    press_until(page, ".next-step button")
    box, focused = page.locator(".next-step").bounding_box(), page.viewport_size
    assert box["y"] + box["height"] <= focused["height"] + 1  # in reach of the thumb
    go_on(page, "/my-children/sign/", lambda: page.keyboard.press("Enter"))
    look_at(journey, OLD_PHONE, DESK)
    press_until(page, ".form button[type=submit]")
    go_on(page, "/receipts/", lambda: page.keyboard.press("Enter"))
    look_at(journey, OLD_PHONE, DESK)
    assert Answer.objects.filter(said="given").count() == 4
    assert Receipt.objects.get().language == language
    assert page.locator("html").get_attribute("lang") == language
    journey.close()


def test_without_script_and_enlarged_a_typed_code_leads_to_a_receipt(browser, asked, letter):
    journey = Journey(browser, viewport=OLD_PHONE, java_script_enabled=False, locale="en")
    page = journey.go(reverse("activate"))
    page.fill("input[name=code]", letter.upper().replace("-", " "))
    go_on(page, "/activate/account/", lambda: page.locator(".form button").click())
    page.fill("[name=name]", "sam")
    page.fill("[name=password1]", FAMILY_PASSWORD)
    page.fill("[name=password2]", FAMILY_PASSWORD)
    submit = page.locator("form:has([name=password1]) button")
    go_on(page, "/my-children/", submit.click)
    journey.go(reverse("questions", args=[asked.cast.pupils["own"].pk]))
    page.locator("[data-value=no]").last.click()
    go_on(page, "/my-children/sign/", page.locator(".next-step button").click)
    go_on(page, "/receipts/", page.locator("main .form button").last.click)
    assert Answer.objects.get().said == "refused"
    journey.close()
