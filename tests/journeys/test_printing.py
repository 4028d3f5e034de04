"""From a dossier to a paper in the browser: choose, say what for, keep the PDF."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.urls import reverse
from pypdf import PdfReader

from audit.models import LogEntry
from dossiers.models import Dossier, Note
from launcher.chromium import find_chromium
from tests.journeys.test_tour import DESK, PHONE, look_at

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]


@pytest.mark.parametrize(("size", "language"), [(DESK, "nl"), (PHONE, "en")])
def test_a_counsellor_prints_a_note_and_the_paper_says_why(travel_as, size, language) -> None:
    journey = travel_as("hanna", language=language, viewport=size)
    dossier = Dossier.objects.get(pupil__first_name="Noor", pupil__prefix="van den")
    note = Note.objects.filter(part__dossier=dossier, part__kind="guidance")[0]
    choose = reverse("choose_print", args=[dossier.pk, "guidance"])
    look_at(journey, choose)

    page = journey.go(reverse("note", args=[note.pk]))
    page.locator(f"a[href='{choose}?note={note.pk}']").click()
    page = journey.arrive()
    assert page.locator("input[type=checkbox]:checked").count() == 1
    page.locator("[name=purpose]").fill("overleg met de logopedist")
    with page.expect_download() as kept:
        page.locator("main form button[type=submit]").click()
    reader = PdfReader(io.BytesIO(Path(kept.value.path()).read_bytes()))
    assert kept.value.suggested_filename.startswith("print-guidance-")
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for paper in reader.pages:
        text = " ".join(paper.extract_text().split())
        assert text.count("overleg met de logopedist") == 4
        assert dossier.pupil.name in text
    printed = LogEntry.objects.filter(event="printed").latest("timestamp")
    assert printed.subjects == [dossier.pupil.log_key]
    assert not journey.complaints
