"""Before the photo, on a phone: choose, read who may, read it at arm's length."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from consent.models import Check
from launcher.chromium import find_chromium
from tests.journeys.test_tour import DESK, PHONE, faults_of, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.promise("P13"),
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]


def test_a_teacher_checks_a_group_on_a_phone_and_reads_it_at_arms_length(travel_as):
    journey = travel_as("joost", language="en", viewport=PHONE)
    page = journey.go(reverse("photo_check"))
    page.get_by_label("What for?").select_option(label="Photos on the website")
    page.get_by_label("6B", exact=True).check()
    picture(journey, "photo-check")
    page.get_by_role("button", name="Check").click()
    page.wait_for_selector(".check-list")
    assert Check.objects.latest("checked_at").checked_by.username == "joost"
    noor = page.locator(".check-line", has_text="Noor van den Bergen")
    assert re.sub(r"\s+", " ", noor.locator(".check-sign").inner_text()).strip() == "no"
    assert "one parent with authority refused" in noor.inner_text()
    sizes = "getComputedStyle(document.querySelector('.check-who')).fontSize"
    assert float(page.evaluate(sizes).removesuffix("px")) >= 20
    picture(journey, "photo-check-result")
    printed = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    assert len(printed) == 1
    on_paper = printed[0].extract_text()
    assert "Noor van den Bergen" in on_paper
    assert "refused" not in on_paper  # paper lies about: who may, and not why
    faults = faults_of(journey, journey.path, DESK) + faults_of(journey, reverse("photo_check"))
    assert not faults, "\n".join(faults)
