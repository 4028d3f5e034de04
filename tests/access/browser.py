"""A real browser before the portal, without a server between them.

Each request of the browser is answered by Django's test client in this process: inside the test's
transaction, with production settings, over what the browser takes for TLS (so passkeys work).
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import unquote_plus, urljoin, urlsplit

from django.contrib.staticfiles import finders
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.conftest import TlsClient

expect.set_options(timeout=30_000)  # as all else of Playwright: a busy machine is slow

SITE = "https://localhost"
SHEET = re.compile(rb'<link rel="stylesheet" href="/static/css/([\w-]+\.css)">\s*')
TOGETHER = "/static/css/together.css"
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PASSED_ON = ("accept", "content-type", "referer", "x-requested-with", "hx-request", "hx-target")


@contextmanager
def searched(page: Page, words: str = "") -> Iterator[None]:
    """Until what is searched for in the block (these words, at last) stands on the page."""
    with page.expect_response(
        lambda answer: (
            answer.request.method == "POST"
            and words in unquote_plus(answer.request.post_data or "")
        )
    ):
        yield
    page.wait_for_function("!document.querySelector('.htmx-request')")


class Journey:
    """One person with one browser. `complaints` is what the browser did not like, CSP included."""

    def __init__(self, browser: Browser, *, bypass_csp: bool = False, **options) -> None:
        self.client = TlsClient(enforce_csrf_checks=True)
        # Playwright answers in a context of its own, where Django would open another connection.
        for alias in connections:
            connections[alias].ensure_connection()
        self._test = copy_context()
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            reduced_motion="reduce", bypass_csp=bypass_csp, **options
        )
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        """Opens a page and waits until redirects are over."""
        self.page.goto(SITE + path)
        return self.arrive()

    def arrive(self) -> Page:
        """Waits until the browser stands still on a page of the portal."""
        self.page.wait_for_selector("main")
        return self.page

    @property
    def path(self) -> str:
        """Where the browser is."""
        return urlsplit(self.page.url).path

    def close(self) -> None:
        """Ends the journey."""
        self.context.close()

    def _hear(self, said) -> None:
        if said.type == "error" and "manrope.woff2" not in said.text and "404" not in said.text:
            self.complaints.append(said.text)

    def _answer(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if parts.netloc != "localhost":
            route.abort()
        elif parts.path == TOGETHER:
            route.fulfill(body=sheets(parts.query), content_type="text/css")
        elif parts.path.startswith("/static/"):
            self._static(route, parts.path)
        else:
            self._page(route, parts.path + (f"?{parts.query}" if parts.query else ""))

    def _static(self, route: Route, path: str) -> None:
        name = path.removeprefix("/static/")
        if finders.find(name) is None:
            route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(name)[0] or "font/woff2"
        route.fulfill(body=static_file(name), content_type=kind)

    def _page(self, route: Route, path: str) -> None:
        request = route.request
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        if request.method == "POST":
            headers["origin"] = SITE
        answer = self._test.copy().run(
            self.client.generic,
            request.method,
            path,
            data=request.post_data_buffer or b"",
            content_type=headers.pop("content-type", "application/octet-stream"),
            headers={**headers, "host": "localhost"},
        )
        if "Location" in answer.headers and request.is_navigation_request():
            # Playwright does not hand on what follows a redirect, so the browser asks anew.
            there = escape(urljoin(request.url, answer.headers["Location"]))
            page = f'<meta http-equiv="refresh" content="0;url={there}">'
            route.fulfill(body=page, content_type="text/html")
            return
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            body = with_one_sheet(body)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=body)


@cache
def static_file(name: str) -> bytes:
    """The bytes of a style sheet, script or font of ours."""
    found = finders.find(name)
    assert found, f"a page asks for {name}, which is not there"
    return Path(found).read_bytes()


def sheets(names: str) -> bytes:
    """Those style sheets, one after the other."""
    return b"\n".join(static_file(f"css/{name}") for name in names.split(","))


def with_one_sheet(page: bytes) -> bytes:
    """The same sheets in the same order, as one: each that is asked for costs a page 20 ms."""
    names = SHEET.findall(page)
    if len(names) < 2:
        return page
    link = f'<link rel="stylesheet" href="{TOGETHER}?'.encode() + b",".join(names) + b'">'
    first = SHEET.search(page).start()
    return page[:first] + link + SHEET.sub(b"", page[first:])
