"""The end of a list on its page: what it waits for, what other systems hold, its certificate."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.frozen import paper_of
from audit.models import LogEntry
from retention import finishing
from retention.models import OtherSystem
from retention.queries import closing
from tests.retention.lists.closing import HEAD, Search, carried_out, finished
from tests.retention.lists.conftest import Lists
from tests.retention.lists.test_finishing import list_elsewhere
from vault import blobs

pytestmark = [pytest.mark.promise("P9"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def quick(settings, tmp_path, monkeypatch) -> None:
    """The search finds nothing, and a paper takes no time."""
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    monkeypatch.setattr(finishing, "certificate_paper", lambda *a: b"%PDF-quick")
    Search().stands_in(monkeypatch)


def test_the_page_says_what_a_list_waits_for_until_its_certificate_is_there(cast, sign_in):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "De administratie", "5 jaar")
    made = Lists(cast).approved("own")
    page = reverse("destruction_list", args=[made.pk])
    client = sign_in(cast.director)
    assert "Certificate of destruction" not in client.get(page).content.decode()
    carried_out(made, cast.today)

    said = client.get(page).content.decode()
    assert "Somebody must say what other systems still hold." in said
    assert "ParnasSys: Toetsen" in said
    assert "Looked after by: De administratie." in said
    assert client.post(reverse("destruction_certificate", args=[made.pk])).status_code == 302
    fg = sign_in(cast.fg).get(page).content.decode()
    assert "ParnasSys: Toetsen" in fg
    assert "Save these answers" not in fg

    address = reverse("confirm_other_systems", args=[made.pk])
    client = sign_in(cast.director)
    wrong = client.post(address, {"system-1": "burned"}, follow=True).content.decode()
    assert "Choose one of the answers." in wrong
    later = client.post(address, {"system-1": "later"}, follow=True).content.decode()
    assert "Choose an answer first." in later
    saved = client.post(address, {"system-1": "gone-written"}, follow=True).content.decode()
    assert "It is said of each other system whether it still holds something." in saved
    assert "Gone: confirmed in writing" in saved
    row = LogEntry.objects.get(event="other-systems-confirmed")
    assert row.additional_data == {"systems": 1, "as": ["gone-written"]}

    certificate = finished(made, cast.today).certificate
    ended = client.get(reverse("destruction_lists"), {"which": "ended"}).content.decode()
    assert "certificate 1" in ended
    said = client.get(page).content.decode()
    assert certificate.digest in said
    assert "Save these answers" not in said
    answer = client.post(reverse("destruction_certificate", args=[made.pk]))
    assert answer.content == paper_of(certificate)
    assert answer["Content-Disposition"] == 'attachment; filename="certificate-1.pdf"'
    path = blobs._path(certificate.blob)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = client.post(reverse("destruction_certificate", args=[made.pk]), follow=True)
    assert "The certificate can&#x27;t be opened." in told.content.decode()


def test_who_handles_no_list_answers_nothing_and_downloads_nothing(cast, sign_in):
    list_elsewhere(cast, "own", "ParnasSys", "Toetsen", "", "")
    made = carried_out(Lists(cast).approved("own"), cast.today)
    for who, answer, download in (("fg", 403, 302), ("other_director", 404, 404)):
        client = sign_in(cast.people[who])
        address = reverse("confirm_other_systems", args=[made.pk])
        assert client.post(address, {"system-1": "kept"}).status_code == answer
        address = reverse("destruction_certificate", args=[made.pk])
        assert client.post(address).status_code == download
    assert OtherSystem.objects.get().confirmations.count() == 0
