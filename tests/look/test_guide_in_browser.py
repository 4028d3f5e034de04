"""The style guide in a real browser: read by axe, in the light and the dark, narrow and wide."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from launcher.chromium import find_chromium
from tests.access.browser import TOGETHER, sheets, static_file, with_one_sheet
from tests.look.styleguide import context

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
ADDRESS = "http://guide.localhost/"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self' 'unsafe-eval'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'"
)  # eval only for axe itself, which the test adds to the page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(find_chromium()),
            args=[*QUIET, "--disable-background-networking", "--disable-component-update"],
        )
        yield started
        started.close()


@cache
def drawn(path: str) -> bytes:
    """The guide, drawn once for all tests; its style sheets as one."""
    shown = context()
    if path != "/":  # mistakes take the focus when the page opens
        shown["broken_form"] = shown["form"]
    with override("nl"):
        page = get_template("styleguide.html").render(shown, RequestFactory().get(path))
    return with_one_sheet(page.encode())


def answer(route: Route) -> None:
    """Serves the guide and the static files from this process; nothing else exists."""
    asked = urlsplit(route.request.url)
    if asked.path in {"/", "/without-mistakes/"}:
        route.fulfill(
            body=drawn(asked.path),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )
        return
    if asked.path == TOGETHER:
        route.fulfill(body=sheets(asked.query), content_type="text/css")
        return
    name = asked.path.removeprefix("/static/")
    if finders.find(name) is None:
        route.fulfill(status=404)
        return
    kind = mimetypes.guess_type(name)[0] or "font/woff2"
    route.fulfill(body=static_file(name), content_type=kind)


def guide(browser: Browser, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    """The open guide, and what the browser complained about; what was open before is closed."""
    for opened in browser.contexts:
        opened.close()
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_trouble(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", answer)
    page.goto(ADDRESS)
    return page, complaints


def is_trouble(said: ConsoleMessage) -> bool:
    """An error, other than of a font that is built later."""
    return said.type == "error" and "manrope.woff2" not in said.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_to_say(browser: Browser, width: int, scheme: str) -> None:
    page, complaints = guide(browser, width, scheme)

    found = Axe().run(page)

    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("width", [320, 390, 720, 1024, 1280, 1920])
def test_nothing_scrolls_sideways(browser: Browser, width: int) -> None:
    page, _ = guide(browser, width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_can_be_pressed_is_large_enough_for_a_thumb(browser: Browser) -> None:
    page, _ = guide(browser, 390)

    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .button, select, .choice, summary, nav a')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML.slice(0, 90))"""
    )

    assert small == []


def test_the_first_tab_offers_to_skip_to_the_content(browser: Browser) -> None:
    page, _ = guide(browser, 1280)
    page.goto(f"{ADDRESS}without-mistakes/")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip-link"


def test_the_record_line_stays_in_view(browser: Browser) -> None:
    page, _ = guide(browser, 1280)

    page.evaluate("window.scrollTo({top: 2000, behavior: 'instant'})")

    top = page.locator(".record").evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top < 10


def test_print_keeps_the_record_line_and_drops_what_is_pressed(browser: Browser) -> None:
    page, _ = guide(browser, 1280, "dark")

    page.emulate_media(media="print", color_scheme="dark")

    assert page.locator(".record").is_visible()
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".form-actions").first.is_visible()
    page.wait_for_function(
        "getComputedStyle(document.body).backgroundColor == 'rgb(255, 255, 255)'"
    )
