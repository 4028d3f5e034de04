"""Each role walks its own doors, on a phone and at a desk, in both languages.

On every page met: axe finds nothing, nothing scrolls sideways, the browser has no complaint
(a refused inline style would be one). With KEEP_PICTURES_IN set to a folder, the pictures of the
README are made on the way.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from PIL import Image

from dossiers.models import Dossier
from launcher.chromium import find_chromium
from tests.access.browser import Journey

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desk": DESK}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
HANGING = """[...document.querySelectorAll("main .badge, main .button")]
    .filter(one => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.innerText)"""
DOORS = {
    "hanna": ("home", "my_pupils", "find_emergency_card"),
    "karin": (
        *("home", "staff", "school_pupils", "roster_imports", "keeper_notices"),
        *("log", "promises"),
    ),
    "greet": ("home", "school_pupils", "roster_imports"),
    "olaf": ("home", "staff", "organisation"),
    "arda": ("home", "my_pupils"),
    "yvonne": ("home",),
}


def look_at(journey: Journey, path: str) -> None:
    """Opens a page and lets axe and the browser say what is wrong with it."""
    page = journey.go(path)
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, (path, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found])
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{path} scrolls {wide} px sideways"
    # A badge or a button that is wider than its place hangs out of its card, which no rule sees.
    hanging = page.evaluate(HANGING)
    assert not hanging, f"{path}: {hanging} hang out of their place"
    assert journey.complaints == [], path


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


@pytest.mark.parametrize(("size", "language"), [("phone", "nl"), ("desk", "en")])
@pytest.mark.parametrize("person", DOORS)
def test_every_door_of_a_role_is_in_order(travel_as, person, size, language):
    journey = travel_as(person, language=language, viewport=SIZES[size])
    for door in DOORS[person]:
        look_at(journey, reverse(door))
    assert journey.page.locator("html").get_attribute("lang") == language


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
    page.wait_for_function("document.body.innerText.includes('Journey-facts')")
    assert "Journey-title" in page.locator("main").inner_text()
