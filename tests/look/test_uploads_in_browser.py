"""Sending files with JavaScript: what the list says while they go, are refused, or get lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

from launcher.chromium import find_chromium
from tests.look.test_guide_in_browser import ADDRESS, QUIET, guide

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
GUIDE = re.compile(rf"^{ADDRESS}(\?.*)?$")
KEPT = '<div data-outcome="kept"><p>Kept by the server.</p></div>'
REFUSED = '<div data-outcome="refused"><p>Refused by the server.</p></div>'
BUSY = '<div data-outcome="busy"><p>Busy.</p></div>'
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003040180a2e3c1350000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(find_chromium()), args=QUIET)
        yield started
        started.close()


class Sending:
    """The guide's upload form, and a server that answers as the test says."""

    def __init__(self, browser: Browser, width: int = 1280) -> None:
        self.page: Page
        self.page, self.complaints = guide(browser, width)
        self.sent: list[Request] = []
        self.answer: Callable[[Route], None] = lambda route: route.fulfill(body=KEPT)
        self.page.route(GUIDE, self._serve)
        self.form = self.page.locator("form[data-uploads]")

    def _serve(self, route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        self.sent.append(route.request)
        self.answer(route)

    def choose(self, *names: str, kind: str = "application/pdf", data: bytes = b"%PDF") -> None:
        """Chooses files as with the button."""
        files = [{"name": name, "mimeType": kind, "buffer": data} for name in names]
        self.form.locator("#id_uploads").set_input_files(files)

    def send(self) -> None:
        """Presses the one button."""
        self.form.locator("button[type=submit]").click()

    def hold(self, number: int) -> list[Route]:
        """Presses the button, and waits until so many files came that have no answer yet."""
        held: list[Route] = []
        self.answer = held.append
        self.send()
        for _moment in range(1500):
            if len(held) >= number:
                return held
            self.page.wait_for_timeout(20)
        raise AssertionError(f"only {len(held)} came")

    def row(self, name: str):
        """The line of one file."""
        return self.form.locator(".upload", has_text=name)


@pytest.fixture
def sending(browser: Browser) -> Sending:
    return Sending(browser)


def test_each_file_is_sent_by_itself_and_the_server_says_what_became_of_it(sending):
    answers = {"one.pdf": KEPT, "two.exe": REFUSED}
    sending.answer = lambda route: route.fulfill(
        body=next(a for name, a in answers.items() if name in route.request.post_data)
    )
    sending.choose("one.pdf", "two.exe")

    sending.send()

    expect(sending.row("one.pdf")).to_contain_text("Kept by the server.")
    expect(sending.row("two.exe")).to_contain_text("Refused by the server.")
    expect(sending.form.locator("[data-done]")).to_be_visible()
    expect(sending.form.locator("[data-said]")).to_contain_text("by the server.")
    assert len(sending.sent) == 2
    assert all(request.headers["hx-request"] == "true" for request in sending.sent)


def test_a_file_that_is_too_large_is_never_sent(sending):
    sending.page.evaluate(
        """() => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(25 * 1024 * 1024 + 1)], "large.pdf"));
            const input = document.getElementById("id_uploads");
            input.files = held.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )

    sending.send()

    expect(sending.row("large.pdf")).to_contain_text("larger than 25 MB")
    assert sending.sent == []


def test_nothing_chosen_is_said_instead_of_sent(sending):
    sending.send()

    expect(sending.form.locator("[data-nothing]")).to_be_visible()
    assert sending.sent == []
    assert sending.page.evaluate("document.activeElement.id") == "id_uploads"


def test_without_a_connection_nothing_is_lost_and_trying_again_works(sending):
    sending.answer = lambda route: route.abort("internetdisconnected")
    sending.choose("one.pdf")
    sending.send()
    again = sending.row("one.pdf").locator("[data-do=again]")
    expect(again).to_be_visible()

    sending.answer = lambda route: route.fulfill(body=KEPT)
    again.click()

    expect(sending.row("one.pdf")).to_contain_text("Kept by the server.")


def test_signed_out_meanwhile_the_file_stays_and_goes_with_the_new_secret(sending):
    sending.page.evaluate(
        """() => {
            const held = document.createElement("input");
            Object.assign(held, { type: "hidden", name: "csrfmiddlewaretoken", value: "old" });
            document.querySelector("form[data-uploads]").append(held);
        }"""
    )
    sending.answer = lambda route: route.fulfill(status=204, headers={"HX-Redirect": "/in/"})
    sending.choose("one.pdf")
    sending.send()
    again = sending.row("one.pdf").locator("[data-do=again]")
    expect(again).to_be_visible()
    expect(sending.row("one.pdf").locator(".is-trouble:visible a")).to_be_visible()
    fresh = '<form data-uploads><input name="csrfmiddlewaretoken" value="new"></form>'
    sending.page.route(
        GUIDE,
        lambda route: (
            route.fulfill(body=fresh) if route.request.method == "GET" else route.fallback()
        ),
    )

    sending.answer = lambda route: route.fulfill(body=KEPT)
    again.click()

    expect(sending.row("one.pdf")).to_contain_text("Kept by the server.")
    assert "new" in sending.sent[-1].post_data.split("csrfmiddlewaretoken")[1][:20]


@pytest.mark.parametrize(("status", "state"), [(500, "broken"), (404, "closed"), (504, "unsure")])
def test_what_the_server_could_not_do_is_said_in_words(sending, status, state):
    sending.answer = lambda route: route.fulfill(status=status, body="<h1>Trouble</h1>")
    sending.choose("one.pdf")

    sending.send()

    expect(sending.row("one.pdf")).to_have_attribute("data-state", state)
    expect(sending.row("one.pdf").locator(".is-trouble:visible")).to_have_count(1)


def test_one_file_is_cancelled_and_the_others_go_on(sending):
    sending.choose("one.pdf", "two.pdf", "three.pdf")
    held = sending.hold(2)
    expect(sending.row("three.pdf")).to_have_attribute("data-state", "queued")

    sending.row("three.pdf").locator("[data-do=cancel]").click()

    expect(sending.row("three.pdf")).to_have_attribute("data-state", "cancelled")
    for route in held:
        route.fulfill(body=KEPT)
    expect(sending.row("two.pdf")).to_contain_text("Kept by the server.")
    assert len(sending.sent) == 2


def test_at_most_two_go_at_once_and_leaving_asks(sending):
    sending.choose("one.pdf", "two.pdf", "three.pdf")
    held = sending.hold(2)
    expect(sending.row("two.pdf")).to_have_attribute("data-state", "sending")
    asks = 'dispatchEvent(new Event("beforeunload", { cancelable: true }))'

    assert len(held) == 2
    assert sending.page.evaluate(asks) is False
    sending.answer = lambda route: route.fulfill(body=KEPT)
    for route in held:
        route.fulfill(body=KEPT)
    expect(sending.row("three.pdf")).to_contain_text("Kept by the server.")
    assert sending.page.evaluate(asks) is True


def test_pages_of_one_paper_are_put_in_order_by_keyboard_and_sent_together(sending):
    sending.choose("b.png", "a.png", "c.png", kind="image/png", data=PICTURE)
    form = sending.form
    form.locator("[name=is_one_paper]").check()
    form.locator("[name=paper_name]").fill("Report")

    sending.row("b.png").locator("[data-do=down]").focus()
    sending.page.keyboard.press("Enter")
    sending.send()

    expect(sending.row("Report")).to_contain_text("Kept by the server.")
    assert len(sending.sent) == 1
    body = sending.sent[0].post_data
    assert body.index("a.png") < body.index("b.png") < body.index("c.png")
    assert 'name="is_one_paper"' in body
    expect(form.locator(".upload")).to_have_count(1)


def test_a_paper_that_is_refused_gives_its_pages_back(sending):
    sending.answer = lambda route: route.fulfill(body=REFUSED)
    sending.choose("a.png", "b.png", kind="image/png", data=PICTURE)
    sending.form.locator("[name=is_one_paper]").check()
    sending.send()
    expect(sending.form.locator(".upload", has_text="Refused by the server.")).to_have_count(1)
    expect(sending.form.locator(".upload")).to_have_count(3)

    sending.answer = lambda route: route.fulfill(body=KEPT)
    sending.send()

    expect(sending.form.locator(".upload", has_text="Kept by the server.")).to_have_count(1)
    assert len(sending.sent) == 2
    assert sending.sent[1].post_data.count("filename=") == 2


def test_a_busy_server_is_asked_again_by_itself(sending):
    answers = iter(
        [
            {"status": 503, "headers": {"Retry-After": "600"}, "body": BUSY},
            {"status": 200, "body": KEPT},
        ]
    )
    sending.page.clock.install()
    sending.answer = lambda route: route.fulfill(**next(answers))
    sending.choose("one.pdf")

    sending.send()

    expect(sending.row("one.pdf")).to_have_attribute("data-state", "waits")
    sending.page.clock.fast_forward("10:00")
    expect(sending.row("one.pdf")).to_contain_text("Kept by the server.")
    assert len(sending.sent) == 2


def test_a_file_the_server_can_not_take_beside_another_goes_after_it(sending):
    sending.choose("one.pdf", "two.pdf", "three.pdf")
    held = sending.hold(2)
    expect(sending.row("two.pdf")).to_have_attribute("data-state", "sending")

    held[1].fulfill(status=503, headers={"Retry-After": "600"}, body=BUSY)
    expect(sending.row("two.pdf")).to_have_attribute("data-state", "queued")
    assert len(sending.sent) == 2, "nothing is sent while the first is on its way"
    sending.answer = lambda route: route.fulfill(body=KEPT)
    held[0].fulfill(body=KEPT)

    for name in ("one.pdf", "two.pdf", "three.pdf"):
        expect(sending.row(name)).to_contain_text("Kept by the server.")
    order = [request.post_data.split('filename="')[1][:3] for request in sending.sent]
    assert order == ["one", "two", "two", "thr"]


def test_a_page_that_takes_one_file_keeps_the_last_chosen_and_is_done_after_it(sending):
    form = sending.form
    form.evaluate("form => { form.dataset.single = ''; }")
    sending.choose("one.pdf", "two.pdf")
    sending.choose("three.pdf")
    expect(form.locator(".upload")).to_have_count(1)

    sending.answer = lambda route: route.fulfill(body=REFUSED)
    sending.send()
    expect(sending.row("three.pdf")).to_contain_text("Refused by the server.")
    sending.answer = lambda route: route.fulfill(body=KEPT)
    sending.choose("four.pdf")
    sending.send()

    expect(sending.row("four.pdf")).to_contain_text("Kept by the server.")
    expect(form.locator(".upload")).to_have_count(1)
    expect(form.locator("[data-drop]")).to_be_hidden()
    expect(form.locator("button[type=submit]")).to_be_hidden()
    expect(form.locator("[data-done]")).to_be_visible()
    assert len(sending.sent) == 2


def test_files_of_another_kind_are_no_pages_of_a_paper(sending):
    sending.choose("a.png", kind="image/png", data=PICTURE)
    sending.choose("b.pdf")

    expect(sending.form.locator("[data-paper]")).to_be_hidden()


def test_a_file_is_dropped_anywhere_on_the_card_and_beside_it_nothing_happens(sending):
    drop = """(target) => {
        const held = new DataTransfer();
        held.items.add(new File(["%PDF"], "dropped.pdf", { type: "application/pdf" }));
        const how = { bubbles: true, cancelable: true, dataTransfer: held };
        target.dispatchEvent(new DragEvent("dragover", how));
        return target.dispatchEvent(new DragEvent("drop", how));
    }"""

    went_on = sending.page.locator("h1").evaluate(drop)
    expect(sending.form.locator(".upload")).to_have_count(0)
    sending.form.locator("h2").evaluate(drop)

    assert not went_on  # the browser does not open it in place of the page
    expect(sending.row("dropped.pdf")).to_be_visible()
    assert [said for said in sending.complaints if "404" not in said] == []
