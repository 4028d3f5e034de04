"""Everybody of the cast walks through every door they have, on a phone and at a desk.

The tour follows the links: every page that a door leads to is looked at once (a home once for each
of them), in Dutch on a phone in the dark. On every page met axe finds nothing, nothing scrolls
sideways or hangs out of its place at either width, and the browser has no complaint (a refused
inline style would be one). In English, at a desk in the light, it looks behind each door only, at
what colours and widths can change; journeys of each subject go further in that light and language.
With KEEP_PICTURES_IN set to a folder, the pictures of the README are made on the way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from PIL import Image
from playwright.sync_api import Page

from access.gate import Kind
from access.models import User
from demo.people import CAST
from dossiers.models import Dossier
from launcher.chromium import find_chromium
from overview.documents import gated_pages
from tests.access.browser import NEXT_FRAME, Journey

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desk": DESK}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # of what is in order axe need tell no detail: half the time
}
# What a page that passed in one scheme and width may do wrong in another.
RULES_OF_LOOKS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]},
    "resultTypes": ["violations"],
}
# Changes something, or is a file.
NOT_A_PAGE = {"account_logout", "set_language", "mfa_download_recovery_codes", "start", "health"}
HANGING = """[...document.querySelectorAll("main .badge, main .button")]
    .filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.innerText)"""


def faults_of(
    journey: Journey, path: str, *others: dict[str, int], rules: dict = RULES
) -> list[str]:
    """Opens a page, lets axe look at it, then sees whether it fits `others` too: what is wrong."""
    page, own = journey.go(path), journey.page.viewport_size
    found = Axe().run(page, options=rules).response["violations"]
    faults = [f"{path}: {v['id']} {[n['html'] for n in v['nodes']][:3]}" for v in found]
    for size in (own, *others):
        if size != own:
            page.set_viewport_size(size)
            page.evaluate(NEXT_FRAME)  # only then the rules for this width hold
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            faults.append(f"{path} scrolls {wide} px sideways at {size['width']}")
        # A badge or a button that is wider than its place hangs out of its card: no rule sees it.
        if hanging := page.evaluate(HANGING):
            faults.append(f"{path}: {hanging} hang out of their place at {size['width']}")
    if others:
        page.set_viewport_size(own)
    faults += [f"{path}: {complaint}" for complaint in journey.complaints]
    journey.complaints.clear()
    return faults


def look_at(journey: Journey, path: str) -> None:
    """Opens a page that must be in order."""
    faults = faults_of(journey, path)
    assert not faults, "\n".join(faults)


def picture(journey: Journey, name: str) -> None:
    """Keeps a picture when somebody asked for them."""
    folder = os.environ.get("KEEP_PICTURES_IN")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        drawn = Image.open(BytesIO(journey.page.screenshot())).convert("RGB")
        # A page has few colours: a third of the size, and nobody sees it.
        drawn.quantize(96, dither=Image.Dither.NONE).save(
            Path(folder) / f"{name}.png", optimize=True
        )


def doors_of(user: User, day: date) -> Iterator[str]:
    """The pages that need no key and that one of the person's roles opens."""
    for name, _route, gate in gated_pages():
        if "GET" in gate.methods and gate.kind is not Kind.EXPORT:
            try:
                address = reverse(name)
            except NoReverseMatch:
                continue
            if user.memberships_with(gate.permission, day):
                yield address


def called(path: str) -> str:
    """The name of the page at an address; none for a file or for what only a button does."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    gate = getattr(match.func, "gate", None)
    if gate is not None and ("GET" not in gate.methods or gate.kind is Kind.EXPORT):
        return ""
    return "" if match.view_name in NOT_A_PAGE else match.view_name


def links_on(page: Page) -> list[str]:
    """The addresses of the portal that a page leads to."""
    return page.eval_on_selector_all(
        "a[href^='/']", "all => all.map(one => new URL(one.href).pathname)"
    )


@pytest.mark.parametrize(
    ("language", "size", "others", "scheme", "rules", "goes_on"),
    [
        ("nl", PHONE, [DESK], "dark", RULES, True),
        ("en", DESK, [], "light", RULES_OF_LOOKS, False),
    ],
    ids=["nl", "en"],
)
def test_every_page_that_anybody_can_reach_is_in_order(
    travel_as, demo, today, language, size, others, scheme, rules, goes_on
):
    looked: set[tuple[str, ...]] = set()
    faults: list[str] = []
    for person in CAST:
        journey = travel_as(person.username, language=language, viewport=size, color_scheme=scheme)
        waiting = list(doors_of(User.objects.get(username=person.username), today))
        met: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            name = called(path)
            seen = (name, person.username) if name == "home" else (name,)
            if not name or name in met or seen in looked:
                continue
            met.add(name)
            looked.add(seen)
            found = faults_of(journey, path, *others, rules=rules)
            faults += [f"{person.username}: {fault}" for fault in found]
            waiting += links_on(journey.page) if goes_on else []
        assert journey.page.locator("html").get_attribute("lang") == language
        journey.close()
    assert len(looked) > 60, f"only these were met: {sorted(looked)}"
    assert not faults, "\n".join(faults)


@pytest.mark.promise("P2")
@pytest.mark.parametrize(
    ("size", "language", "scheme"), [("phone", "nl", "dark"), ("desk", "nl", "light")]
)
def test_a_care_coordinator_reads_and_writes_in_an_own_dossier(travel_as, size, language, scheme):
    noor = Dossier.objects.get(pupil__first_name="Noor", pupil__prefix="van den")
    journey = travel_as("hanna", language=language, viewport=SIZES[size], color_scheme=scheme)
    for part in ("guidance", "reports", "care", "agreements", "emergency"):
        look_at(journey, reverse("dossier_part", args=[noor.pk, part]))
    look_at(journey, reverse("dossier", args=[noor.pk]))
    picture(journey, "dossier" if size == "desk" else "dossier-phone-dark")
    look_at(journey, reverse("write_note", args=[noor.pk]))
    page = journey.page
    page.locator("[name=title]").fill("Journey-title")
    page.locator("[name=facts]").fill("Journey-facts")
    page.locator("main form:has([name=facts]) button[type=submit]").first.click()
    page.locator("main p", has_text="Journey-facts").first.wait_for()
    assert "Journey-title" in page.locator("main").inner_text()
