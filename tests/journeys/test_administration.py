"""An administrator finds a pupil, records that it leaves, undoes that, and adds a parent."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from launcher.chromium import find_chromium
from students.models import Enrolment, Parenthood, Pupil
from tests.access.browser import searched
from tests.journeys.test_tour import SIZES, look_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
KINDS = [("phone", "nl", "light"), ("desk", "en", "dark")]


@pytest.mark.parametrize(("size", "language", "scheme"), KINDS)
def test_an_administrator_keeps_a_pupil(travel_as, size, language, scheme):
    noor = Pupil.objects.get(first_name="Noor", prefix="van den")
    stay = Enrolment.objects.get(pupil=noor)
    journey = travel_as("greet", language=language, viewport=SIZES[size], color_scheme=scheme)
    look_at(journey, reverse("school_pupils"))
    page = journey.page
    # As you type, without a button: the table holds Noor and nobody else of another name.
    with searched(page, "noor v"):
        page.locator("#id_q").press_sequentially("noor v")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody th a").click()
    page.wait_for_selector("h1:has-text('Noor')")
    look_at(journey, reverse("school_pupil", args=[noor.pk]))

    look_at(journey, reverse("record_leaving", args=[stay.pk]))
    page.locator("[name=last_day]").fill("2026-11-20")
    page.locator("main form .button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    stay.refresh_from_db()
    assert stay.ends_on.isoformat() == "2026-11-20"
    look_at(journey, reverse("undo_leaving", args=[stay.pk]))
    page.locator("main form .button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    stay.refresh_from_db()
    assert stay.ends_on is None

    look_at(journey, reverse("find_parent", args=[noor.pk]))
    page.locator("#id_q").fill("Niemandsnaam")
    page.locator("main form .button[type=submit]").click()
    page.wait_for_selector(".empty")
    page.locator(".empty .button").click()
    page.wait_for_selector("[name=relation]")
    look_at(journey, reverse("add_parent", args=[noor.pk]))
    page.locator("[name=relation]").select_option("father")
    page.locator("[name=surname]").fill("Niemandsnaam")
    page.locator("[name=value][value=unknown]").check()
    page.locator("[name=starts_on]").fill("2026-11-16")
    page.locator("[name=source]").fill("wordt gevraagd")
    page.locator("main form .button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    link = Parenthood.objects.get(parent__surname="Niemandsnaam")
    assert link.pupil == noor
    for address in (
        reverse("parent", args=[link.parent_id]),
        reverse("change_parent", args=[link.parent_id]),
        reverse("record_authority", args=[link.pk]),
        reverse("organisation"),
        reverse("school", args=[stay.school_id]),
    ):
        look_at(journey, address)
