"""The viewer with JavaScript: pages and zoom by keyboard, by button and by finger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from launcher.chromium import find_chromium
from tests.look.test_guide_in_browser import QUIET, guide

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        started.close()


class Viewing:
    """The guide's viewer, open at page 3 of 12, and the pictures it asked for."""

    def __init__(self, browser: Browser, width: int = 1280) -> None:
        self.page: Page
        self.page, self.complaints = guide(browser, width)
        self.asked: list[tuple[int, int]] = []
        self.page.on("request", self._hear)
        self.stage = self.page.locator("[data-stage]")

    def _hear(self, request) -> None:
        asked = parse_qs(urlsplit(request.url).query)
        if "width" in asked:
            self.asked.append((int(asked["page"][0]), int(asked["width"][0])))

    def until_asked(self, number: int) -> None:
        """Waits until the picture of a page was asked for."""
        for _moment in range(1500):
            if number in (page for page, _ in self.asked):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"page {number} is not asked for: {self.asked}")

    def press(self, *keys: str) -> None:
        """Presses keys on the page that is shown."""
        self.stage.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def expect_page(self, number: int) -> None:
        """The page on the stage, in words."""
        expect(self.stage.locator("img")).to_have_count(1)
        expect(self.stage.locator("img")).to_have_attribute(
            "alt", re.compile(rf"^\D+ {number} \D+ 12 \D+ Reading report\.pdf$")
        )
        expect(self.stage).to_have_attribute("aria-busy", "false")


@pytest.fixture
def viewing(browser: Browser) -> Viewing:
    return Viewing(browser)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["ArrowRight"], 4),
        (["ArrowLeft"], 2),
        (["PageDown", "PageDown"], 5),
        (["PageUp"], 2),
        (["End"], 12),
        (["End", "ArrowRight"], 12),
        (["Home"], 1),
        (["Home", "ArrowLeft"], 1),
    ],
)
def test_keys_turn_the_page(viewing, keys, number):
    viewing.press(*keys)

    viewing.expect_page(number)
    assert f"page={number}" in viewing.page.url


def test_the_next_page_is_fetched_ahead_and_only_once(viewing):
    viewing.press("ArrowRight")
    viewing.expect_page(4)
    viewing.until_asked(5)
    viewing.press("ArrowRight", "ArrowLeft")
    viewing.expect_page(4)
    viewing.page.wait_for_timeout(200)

    pages = [page for page, _ in viewing.asked]
    assert len(pages) == len(set(pages))


def test_zooming_asks_for_a_wider_picture_and_says_so(viewing):
    before = viewing.stage.locator("img").evaluate("e => e.clientWidth")

    viewing.press("+", "+", "+")

    expect(viewing.stage).to_have_attribute("data-zoom", "300")
    viewing.expect_page(3)
    assert viewing.stage.locator("img").evaluate("e => e.clientWidth") > 2.5 * before
    assert (3, 1600) in viewing.asked or (3, 2400) in viewing.asked
    expect(viewing.page.locator("[data-viewer] [role=status]")).to_contain_text("300%")
    viewing.press("Escape")
    expect(viewing.stage).to_have_attribute("data-zoom", "100")
    viewing.press("-")
    expect(viewing.stage).to_have_attribute("data-zoom", "75")


def test_arrows_move_over_a_page_that_is_wider_than_the_screen(viewing):
    viewing.press("+", "+")
    viewing.expect_page(3)
    before = viewing.stage.evaluate("stage => stage.scrollLeft")

    viewing.press("ArrowRight")

    moved = f"document.querySelector('[data-stage]').scrollLeft > {before}"
    viewing.page.wait_for_function(moved)
    viewing.expect_page(3)
    assert "page=3" in viewing.page.url


def test_a_page_is_gone_to_by_its_number(viewing):
    field = viewing.page.locator("#viewer-page")

    field.fill("9")
    field.press("Enter")
    viewing.expect_page(9)
    field.fill("99")
    field.press("Enter")

    viewing.expect_page(12)
    expect(field).to_have_value("12")


def test_buttons_turn_and_the_last_page_has_no_next(viewing):
    viewing.page.locator("[data-turn='1']").click()
    viewing.expect_page(4)

    viewing.press("End")

    viewing.expect_page(12)
    assert viewing.page.locator("[data-turn='1']").get_attribute("href") is None
    expect(viewing.page.locator("[data-turn='1']")).to_have_attribute("aria-disabled", "true")


def test_a_finger_turns_the_page(browser):
    viewing = Viewing(browser, 390)
    swipe = """(stage) => {
        const at = (x) => [new Touch({ identifier: 1, target: stage, clientX: x, clientY: 300 })];
        stage.dispatchEvent(new TouchEvent("touchstart", { touches: at(300), bubbles: true }));
        stage.dispatchEvent(new TouchEvent("touchend", { changedTouches: at(100), bubbles: true }));
    }"""

    viewing.stage.evaluate(swipe)

    viewing.expect_page(4)


def test_a_picture_that_does_not_come_is_said_in_words(viewing):
    viewing.page.route("**/mark.svg?page=12*", lambda route: route.fulfill(status=500))

    viewing.press("End")

    expect(viewing.page.locator("[data-trouble]")).to_be_visible()
    viewing.press("ArrowLeft")
    expect(viewing.page.locator("[data-trouble]")).to_be_hidden()
    viewing.expect_page(11)
