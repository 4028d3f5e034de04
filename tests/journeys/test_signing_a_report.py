"""A director reads the report of last month, signs it with a remark, and finds it frozen."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import LogEntry
from audit.sealing import seal_log
from demo import people
from launcher.chromium import find_chromium
from oversight.actions import reports as actions
from oversight.models import SignedReport
from tests.journeys.test_tour import PHONE, look_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]
REMARK = "Discussed in the team on 9 November."


def test_a_director_reads_and_signs_the_report_of_last_month(travel_as, monkeypatch):
    # What stands on the paper is asked elsewhere; to draw it takes longer than all of this.
    monkeypatch.setattr(actions, "report_paper", lambda *_a, **_k: b"%PDF-quick")
    seal_log(now=timezone.now())
    director = next(p for p in people.STAFF if ("director", people.FIRST_SCHOOL) in p.roles)
    journey = travel_as(director.username, language="en", viewport=PHONE)
    page = journey.go(reverse("home"))
    page.click("section[aria-labelledby=reports-due] a:has-text('October 2026')")
    page.wait_for_selector("h1:has-text('October 2026')")
    assert page.locator("svg.chart").count() > 3
    page.click("a.button:has-text('Sign')")
    page.wait_for_selector("text=What you sign")
    look_at(journey, journey.path)
    page.fill("#id_remarks", REMARK)
    page.click("main form button:has-text('Sign')")
    page.wait_for_selector(".notice.success")
    assert f"Signed by {director.name}" in page.inner_text("main")
    assert REMARK in page.inner_text("main")
    assert page.locator("a.button:has-text('Sign')").count() == 0
    report = SignedReport.objects.get(signed_by__username=director.username)
    assert report.digest in page.content()  # folded away
    (row,) = LogEntry.objects.filter(event="report-signed", object_pk=str(report.pk))
    assert row.additional_data["digest"] == report.digest
    assert journey.complaints == []
