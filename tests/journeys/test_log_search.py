"""A colleague in the log: typed, chosen among those with the name, and kept while searching."""

from __future__ import annotations

import pytest
from django.urls import reverse

from access.models import User
from launcher.chromium import find_chromium
from tests.access.browser import Journey, searched
from tests.guards.seed_log import decided_end
from tests.journeys.test_tour import DESK, PHONE, faults_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]


def test_a_colleague_is_chosen_among_those_found_and_stays_chosen(travel_as):
    journey: Journey = travel_as("priya", language="en", viewport=PHONE)
    page = journey.go(reverse("log"))
    page.fill("#id_person", "de")
    page.click("button:has-text('Hanna de Wit')")
    page.wait_for_selector("text=Only Hanna de Wit.")
    page.click("summary:has-text('Search by more')")
    with searched(page, "outcome=success"):
        page.select_option("#id_outcome", "success")
    page.wait_for_selector("text=Only Hanna de Wit.")
    who = page.locator("#results tbody td[data-label='Who']").all_inner_texts()
    assert who
    assert all(text.startswith("Hanna de Wit") for text in who)
    page.click("button:has-text('Everybody with this name')")
    page.wait_for_selector("text=Who do you mean?")
    assert page.locator("text=Only Hanna de Wit.").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert journey.complaints == []


def test_the_end_of_a_month_waits_for_its_signature_in_order(travel_as):
    officer = User.objects.get(username="priya")
    end = decided_end(officer.memberships.get().unit, officer)
    signer = travel_as("olaf", language="nl", viewport=PHONE, color_scheme="dark")
    faults = faults_of(signer, reverse("log_end"), DESK)
    faults += faults_of(signer, reverse("sign_log_end", args=[end.pk]), DESK)
    assert not faults, faults
