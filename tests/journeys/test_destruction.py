"""From what falls due to what is gone: two people, a week of cooling off, and a night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from pypdf import PdfReader

from access.acting import Job
from audit.sealing import seal_log
from dossiers.models import DossierPart
from launcher.chromium import find_chromium
from retention.keeping_on import carry_on_all, make_all_lists
from retention.models import DestructionList, Hold
from tests.access.browser import Journey
from tests.journeys.test_tour import DESK, PHONE, faults_of
from tests.retention.lists.conftest import LEFT
from tests.retention.test_due_in_sql import let_leave

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
NIGHT = Job("test of a journey")


@pytest.fixture
def visit_as(browser: Browser, sign_in) -> Iterator[Callable[..., Journey]]:
    """A browser of somebody of the cast, signed in with both factors."""
    journeys: list[Journey] = []

    def start(user, **options) -> Journey:
        journey = Journey(browser, **options)
        journey.client.cookies = sign_in(user).cookies
        journeys.append(journey)
        return journey

    yield start
    for journey in journeys:
        journey.close()


@pytest.mark.promise("P9")
def test_what_is_due_goes_after_two_people_agreed_and_a_week_went_by(
    cast, visit_as, time_machine, settings, tmp_path
):
    settings.LEDGER, settings.FILES_DIR = tmp_path / "ledger" / "destroyed", tmp_path / "files"
    for key in ("own", "other"):
        let_leave(cast, key, LEFT)
    time_machine.move_to("2026-10-01 03:00 +0200")
    make_all_lists(by=NIGHT, on=date(2026, 10, 1))
    made = DestructionList.objects.get()
    address = reverse("destruction_list", args=[made.pk])

    time_machine.move_to("2026-10-02 10:00 +0200")
    director = visit_as(cast.director, viewport=PHONE)
    page = director.go(reverse("home"))
    page.click("text=A destruction list waits for you")
    page = director.arrive()
    page.click(f"text={made.name}")
    page = director.arrive()
    page.locator("tr", has_text="Sur-own").locator("input[type=checkbox]").first.check()
    page.click("text=Keep them, with a reason")
    page.fill("[name=words]", "De klacht loopt nog.")
    page.fill("[name=until]", "2027-03-01")
    page.click("button:has-text('Keep them')")
    page.wait_for_selector("text=Kept, with everything else")
    page.check("[name=which][value=found]")
    page.click("text=Let them be destroyed")
    page.wait_for_selector("text=held and stay as they are")
    page.click("text=Reviewed: send it on")
    page.wait_for_selector("text=Send the list on?")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=Somebody of the board approves it now")
    assert Hold.objects.get().dossier == cast.dossier("own")

    time_machine.move_to("2026-10-03 10:00 +0200")
    officer = visit_as(cast.privacy_officer, viewport=DESK, color_scheme="dark")
    page = officer.go(address)
    page.click("text=Approve this list")
    page.fill("[name=typed]", made.name)
    page.click("button:has-text('Approve: destroy on 2 November 2026')")
    page.wait_for_selector("text=The list cools off now")
    assert carry_on_all(by=NIGHT, on=date(2026, 11, 1)) == 0

    time_machine.move_to("2026-11-02 03:00 +0100")
    officer = visit_as(cast.privacy_officer, viewport=DESK, color_scheme="dark")
    page = officer.go(f"{address}progress/")
    page.wait_for_selector("text=It begins within ten minutes")
    assert carry_on_all(by=NIGHT, on=date(2026, 11, 2)) == 1
    page.wait_for_selector("text=Everything is dealt with")  # the page asked again by itself
    assert not DossierPart.objects.filter(dossier__pupil=cast.pupils["other"]).exists()
    assert DossierPart.objects.filter(dossier__pupil=cast.pupils["own"]).exists()
    seal_log(now=timezone.now())
    carry_on_all(by=NIGHT, on=date(2026, 11, 2))
    page = officer.go(address)
    assert page.locator("h1 + .badge, .badge").first.inner_text() == "carried out"
    assert not faults_of(officer, address, PHONE)
    page = officer.go(address)
    with page.expect_download() as kept:
        page.click("text=Download the certificate")
    paper = PdfReader(Path(kept.value.path()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert made.name in text
    assert "Demo director" in text
    assert "Sur-other" not in text
