"""A working day with the keyboard alone: coming in, finding, reading, writing, going out."""

from __future__ import annotations

import pytest
from django.urls import clear_url_caches, set_urlconf
from playwright.sync_api import Page, expect

from access.models import User
from dossiers.models import Note
from launcher.chromium import find_chromium
from tests.access.browser import Journey, searched
from tests.journeys.test_tour import DESK, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
# What has the focus: its words, whether a ring shows, and whether something lies over it.
FOCUSED = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const down = Math.min(box.height / 2, 20);
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + down);
    const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
    // The button inside a day's field: the browser rings it, the field itself has no focus then.
    const inside = one.matches("input[type=date]:not(:focus)");
    return {
        what: (label || one.getAttribute("aria-label") || one.innerText || one.name || "").trim(),
        tag: one.tagName,
        ring: inside || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        covered: !(top && (one.contains(top) || top.contains(one))),
    };
}"""


@pytest.fixture
def demo_door(settings, demo):
    """The demo's own door: one button a person, no password to type."""
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.journeys.demo_addresses"
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()


def focused_on(page: Page) -> dict[str, str | bool]:
    """What has the focus, once the page stands still."""
    for _moment in range(400):
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY" or (focused["ring"] and not focused["covered"]):
            break
        page.wait_for_timeout(25)
    return focused


def walk_to(page: Page, words: str, *, key: str = "Tab") -> None:
    """Presses one key until something with these words has the focus; it shows all the way."""
    met = []
    for _step in range(120):
        page.keyboard.press(key)
        focused = focused_on(page)
        if focused["tag"] == "BODY":
            continue  # past the last, on to the first
        met.append(focused["what"].splitlines()[0] if focused["what"] else focused["tag"])
        assert focused["ring"], f"nothing shows that {met[-1]!r} has the focus"
        assert not focused["covered"], f"something lies over {met[-1]!r}"
        if met[-1].startswith(words):
            return
    raise AssertionError(f"{words!r} was not met with {key}: {met}")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_counsellor_works_without_a_mouse(browser, demo_door, size):
    User.objects.filter(username="hanna").update(language="en")
    journey = Journey(browser, locale="en", viewport=size)
    journey.client.cookies["django_language"] = "en"
    page = journey.go("/demo/")
    walk_to(page, "Sign in as Hanna")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")
    if size is PHONE:
        walk_to(page, "Menu")
        page.keyboard.press("Enter")
    walk_to(page, "My pupils")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pupils/")
    walk_to(page, "Search by name")
    with searched(page, "noor bergen"):
        page.keyboard.type("noor bergen")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    walk_to(page, "Noor van den Bergen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dossiers/*/")
    walk_to(page, "Write a note")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/new/**")
    before = Note.objects.count()
    walk_to(page, "Title")
    page.keyboard.type("Typed title")
    walk_to(page, "What happened")
    page.keyboard.type("Typed without a mouse")
    walk_to(page, "Save the note")
    page.keyboard.press("Enter")
    page.locator("main p", has_text="Typed without a mouse").first.wait_for()
    assert Note.objects.count() == before + 1
    walk_to(page, "Menu" if size is PHONE else "Hanna de Wit", key="Shift+Tab")
    page.keyboard.press("Enter")
    walk_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.get_by_text("Who do you want to be?").first.wait_for()
    assert journey.client.get("/home/").status_code == 302
    journey.close()
