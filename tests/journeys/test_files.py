"""Files, as people meet them: from a phone, at a desk, and without JavaScript."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from dossiers.models import Dossier, File
from launcher.chromium import find_chromium
from tests.access.browser import Journey
from tests.journeys.test_tour import HANGING, RULES, SIZES, look_at, picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no chromium that runs in a test"),
]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Sealed files of one journey."""
    settings.FILES_DIR = tmp_path / "files"


def paper(*lines: str, kind: str = "JPEG", pages: int = 1) -> bytes:
    """A page with a few words on it: a photograph, or a PDF of so many pages."""
    sheets = []
    for number in range(1, pages + 1):
        sheet = Image.new("RGB", (620, 877), "#fdfdfb")
        drawn = ImageDraw.Draw(sheet)
        for row, line in enumerate((*lines, f"{number}")):
            drawn.text((60, 70 + 46 * row), line, fill="#223344", font_size=26)
        sheets.append(sheet)
    out = BytesIO()
    more = {"save_all": True, "append_images": sheets[1:]} if kind == "PDF" else {}
    sheets[0].save(out, kind, **more)
    return out.getvalue()


def file(name: str, data: bytes, kind: str) -> dict:
    """A file as a browser sends it."""
    return {"name": name, "mimeType": kind, "buffer": data}


def as_it_stands(journey: Journey) -> None:
    """Lets axe and the browser say what is wrong with the page as it is now."""
    page = journey.page
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, (page.url, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found])
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert not page.evaluate(HANGING)
    # A file that is refused is answered with 422, which a browser writes down as well.
    journey.complaints[:] = [said for said in journey.complaints if "422" not in said]
    assert journey.complaints == []


@pytest.fixture
def noor(demo) -> Dossier:
    """The dossier that Hanna and the teacher read."""
    return Dossier.objects.get(pupil__first_name="Noor", pupil__prefix="van den")


@pytest.fixture
def added(noor):
    """The one file in the dossier that was not there before."""
    before = list(File.objects.filter(part__dossier=noor).values_list("pk", flat=True))
    return lambda: File.objects.exclude(pk__in=before).get(part__dossier=noor, withdrawn_at=None)


@pytest.mark.promise("P1")
@pytest.mark.parametrize(("language", "scheme"), [("nl", "light"), ("en", "dark")])
def test_a_phone_makes_one_pdf_of_three_pages(travel_as, noor, language, scheme):
    journey = travel_as(
        "hanna",
        language=language,
        viewport=SIZES["phone"],
        color_scheme=scheme,
        has_touch=True,
        is_mobile=True,
    )
    page = journey.page
    look_at(journey, reverse("add_files", args=[noor.pk, "care"]))
    expect(page.locator("label[for=id_camera]")).to_be_visible()
    for number in (2, 1, 3):
        taken = file(f"IMG_{number}.jpg", paper("Kinderfysiotherapie"), "image/jpeg")
        page.locator("#id_camera").set_input_files([taken])
    page.locator("[name=is_one_paper]").check()
    page.locator("[name=paper_name]").fill("Verslag fysiotherapie")
    page.locator(".upload").first.locator("[data-do=down]").tap()
    expect(page.locator(".upload").first).to_contain_text("IMG_1.jpg")
    as_it_stands(journey)
    picture(journey, f"files-paper-phone-{scheme}")

    page.locator("main form button[type=submit]").tap()

    row = page.locator(".upload")
    expect(row.locator(".badge.yes")).to_be_visible(timeout=30_000)
    expect(row).to_have_count(1)
    as_it_stands(journey)
    picture(journey, f"files-kept-phone-{scheme}")
    row.locator(".file-outcome a").tap()
    page.wait_for_selector("[data-viewer]")
    journey.arrive()
    expect(page.locator("h1")).to_have_text("Verslag fysiotherapie.pdf")
    shown = page.locator("[data-stage] img")
    expect(shown).to_have_attribute("alt", re.compile(r" 1 \D+ 3 "))
    assert shown.evaluate("e => e.decode().then(() => e.naturalWidth)") > 300
    as_it_stands(journey)
    picture(journey, f"files-viewer-phone-{scheme}")
    page.locator("[data-turn='1']").tap()
    expect(page.locator("[data-stage] img")).to_have_attribute("alt", re.compile(r" 2 \D+ 3 "))


@pytest.mark.promise("P1")
@pytest.mark.parametrize(("language", "scheme"), [("nl", "dark"), ("en", "light")])
def test_a_care_coordinator_keeps_files_at_a_desk(travel_as, noor, added, language, scheme):
    journey = travel_as("hanna", language=language, viewport=SIZES["desk"], color_scheme=scheme)
    page = journey.page
    look_at(journey, reverse("files_of_part", args=[noor.pk, "care"]))
    look_at(journey, reverse("add_files", args=[noor.pk, "care"]))
    picture(journey, f"files-add-desk-{scheme}")
    page.locator("#id_uploads").set_input_files(
        [
            file("Onderzoek lezen.pdf", paper("Onderzoek", kind="PDF", pages=4), "application/pdf"),
            file("Spelletje.exe", b"MZ" + bytes(600), "application/octet-stream"),
        ]
    )
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".upload .badge.yes")).to_be_visible(timeout=30_000)
    expect(page.locator(".upload .badge.no")).to_be_visible(timeout=30_000)
    as_it_stands(journey)
    picture(journey, f"files-results-desk-{scheme}")
    kept = added()
    address = reverse("file", args=[kept.pk])

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    look_at(journey, address)
    expect(page.locator("[data-stage]")).to_have_attribute("aria-busy", "false")
    # Each picture is a look of its own in the log: none is asked for twice.
    assert len([url for url in asked if "/pages/1/" in url]) == 1
    picture(journey, f"files-viewer-desk-{scheme}")
    page.locator("[data-stage]").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-stage] img")).to_have_attribute("alt", re.compile(r" 4 \D+ 4 "))
    page.keyboard.press("+")
    expect(page.locator("[data-stage]")).to_have_attribute("data-zoom", "150")
    expect(page.locator("[data-stage]")).to_have_attribute("aria-busy", "false")
    as_it_stands(journey)
    with page.expect_download() as download:
        page.locator(".page-head .button").first.click()
    assert download.value.suggested_filename == "Onderzoek lezen.pdf"

    look_at(journey, reverse("replace_file", args=[kept.pk]))
    picture(journey, f"files-replace_file-desk-{scheme}")
    newer = file("Onderzoek lezen 2.pdf", paper("Beter", kind="PDF", pages=2), "application/pdf")
    page.locator("#id_uploads").set_input_files([newer])
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".upload .badge.yes")).to_be_visible(timeout=30_000)
    as_it_stands(journey)
    picture(journey, f"files-replaced-desk-{scheme}")
    look_at(journey, address)
    look_at(journey, f"{address}?version=1")
    picture(journey, f"files-older-desk-{scheme}")
    look_at(journey, reverse("move_file", args=[kept.pk]))
    picture(journey, f"files-move_file-desk-{scheme}")
    page.locator("input[value=reports]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    moved = added()
    assert moved.moved_from == kept
    look_at(journey, reverse("dossier_part", args=[noor.pk, "reports"]))
    picture(journey, f"files-part-desk-{scheme}")
    look_at(journey, reverse("files_of_part", args=[noor.pk, "reports"]))
    picture(journey, f"files-list-desk-{scheme}")
    look_at(journey, reverse("withdraw_file", args=[moved.pk]))
    picture(journey, f"files-withdraw-desk-{scheme}")
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    moved.refresh_from_db()
    assert moved.withdrawn_at


@pytest.mark.promise("P1")
def test_the_same_without_javascript(travel_as, noor, added):
    journey = travel_as("hanna", viewport=SIZES["phone"], java_script_enabled=False)
    page = journey.go(reverse("add_files", args=[noor.pk, "guidance"]))
    page.locator("#id_uploads").set_input_files(
        [
            file("Brief.pdf", paper("Brief", kind="PDF", pages=3), "application/pdf"),
            file("Spelletje.exe", b"MZ" + bytes(600), "application/octet-stream"),
        ]
    )
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".outcomes")
    expect(page.locator(".outcomes .badge.yes")).to_have_count(1)
    expect(page.locator(".outcomes .badge.no")).to_have_count(1)
    picture(journey, "files-added-plain")
    kept = added()
    journey.go(reverse("file", args=[kept.pk]))
    picture(journey, "files-viewer-plain")
    page.locator("a[rel=next]").click()
    page.wait_for_url("**page=2*")
    expect(page.locator("[data-stage] img")).to_have_attribute("alt", re.compile(r" 2 \D+ 3 "))
    page.locator("[data-zoom-to=in]").click()
    page.wait_for_url("**zoom=150*")
    assert page.locator("a[rel=prev]").get_attribute("href") == "?page=1&zoom=150"
    journey.go(reverse("replace_file", args=[kept.pk]))
    newer = file("Brief 2.pdf", paper("Beter", kind="PDF"), "application/pdf")
    page.locator("#id_uploads").set_input_files([newer])
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".notice.success")
    assert kept.versions.count() == 2


@pytest.mark.promise("P1")
@pytest.mark.parametrize(
    ("size", "language", "scheme"), [("phone", "nl", "light"), ("desk", "en", "dark")]
)
def test_a_message_becomes_a_note_with_its_attachment(travel_as, noor, size, language, scheme):
    mail = EmailMessage()
    mail["Received"], mail["Message-ID"] = "from mail.example.org", "<1@example.org>"
    mail["From"] = "Demo Praktijk <praktijk@example.org>"
    mail["Date"], mail["Subject"] = "Thu, 12 Nov 2026 09:30:00 +0100", "Terugkoppeling"
    mail.set_content("Noor deed goed mee.\n\nMet vriendelijke groet")
    for name in ("handtekening.pdf", "Verslag.pdf"):
        pdf = paper("Verslag", kind="PDF")
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    journey = travel_as("hanna", language=language, viewport=SIZES[size], color_scheme=scheme)
    page = journey.page
    look_at(journey, reverse("add_message", args=[noor.pk]) + "?part=care")
    picture(journey, f"message-empty-{size}-{scheme}")
    chosen = file("bericht.eml", mail.as_bytes(), "message/rfc822")
    page.locator("[name=message]").set_input_files([chosen])
    expect(page.locator("[name=title]")).to_have_value("Terugkoppeling")
    expect(page.locator("[name=happened_on]")).to_have_value("2026-11-12")
    as_it_stands(journey)
    page.locator("[name=title]").scroll_into_view_if_needed()
    picture(journey, f"message-read-{size}-{scheme}")
    page.locator("[name=facts]").fill("Noor deed goed mee bij de praktijk.")
    page.locator("[name=opinion]").fill("Dit helpt.")
    page.locator("label", has_text="handtekening.pdf").locator("input").uncheck()

    page.locator("[data-note] .button[type=submit]").click()

    page.wait_for_selector(".outcomes")
    expect(page.locator(".outcomes li .file-name")).to_have_text(["Verslag.pdf"])
    as_it_stands(journey)
    page.locator("main a.button").first.click()
    page.wait_for_selector("h1:has-text('Terugkoppeling')")
    as_it_stands(journey)
    picture(journey, f"message-note-{size}-{scheme}")
    look_at(journey, reverse("dossier_part", args=[noor.pk, "care"]))
    picture(journey, f"message-part-{size}-{scheme}")
    expect(page.locator(".note-files a", has_text="Verslag.pdf")).to_be_visible()
