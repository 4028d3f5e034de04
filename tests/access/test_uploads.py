"""Uploads stay in memory, where a page takes them, from whom it lets in, a few at a time."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from access import uploads
from access.places import Places
from access.uploads import WhyLeftOut, left_out
from dossiers.models import File
from dossiers.views.files import adding
from tests.access.sending import upload
from tests.guards.rooms import ROOT

pytestmark = pytest.mark.promise("P22")
KILO = 1024


def small_pages(monkeypatch, size: int) -> None:
    """Files of the pages that take some may be so large."""
    gate_of = uploads.gate_of

    def smaller(request):
        gate = gate_of(request)
        if gate and gate.uploads:
            object.__setattr__(gate, "uploads", size)
        return gate

    monkeypatch.setattr(uploads, "gate_of", smaller)


@pytest.fixture
def small(monkeypatch):
    """Pages take files up to one kilobyte, for this test."""
    before = adding.add_to_part.gate.uploads
    small_pages(monkeypatch, KILO)
    yield
    for view in (adding.add_to_part, adding.add_to_note):
        object.__setattr__(view.gate, "uploads", before)


def test_a_file_that_fits_is_kept_in_memory_whole(asked):
    request = asked({"uploads": upload(size=300 * KILO)})
    (file,) = request.FILES.getlist("uploads")
    assert file.read() == b"x" * 300 * KILO
    assert not hasattr(file, "temporary_file_path")
    assert not left_out(request)


def test_a_file_too_large_is_left_out_and_nothing_else_of_the_form_is_lost(asked, small):
    files = {"before": "1", "a": upload("small", 10), "b": upload("large", KILO + 1), "after": "2"}
    request = asked(files | {"c": upload("small too", KILO)})
    assert request.POST["before"] + request.POST["after"] == "12"
    assert sorted(request.FILES) == ["a", "c"]
    assert [(one.name, one.why) for one in left_out(request)] == [("large", WhyLeftOut.TOO_LARGE)]


def test_together_they_stay_below_the_limit_of_a_request(asked, settings):
    settings.UPLOAD_LIMIT = KILO
    request = asked({f"f{n}": upload(size=600) for n in range(3)})
    assert sum(one.size for one in request.FILES.values()) <= KILO
    assert {one.why for one in left_out(request)} == {WhyLeftOut.TOO_MUCH}
    assert len(left_out(request)) == 2


def test_what_was_left_out_makes_room_for_the_next(asked, settings, small):
    settings.UPLOAD_LIMIT = 2 * KILO
    request = asked(
        {"a": upload("large", 2 * KILO), "b": upload(size=KILO), "c": upload(size=KILO)}
    )
    assert sorted(request.FILES) == ["b", "c"]


def test_there_is_an_end_to_how_many(asked, settings):
    settings.UPLOAD_FILES = 2
    request = asked({f"f{n}": upload() for n in range(4)})
    assert len(request.FILES) == 2
    assert {one.why for one in left_out(request)} == {WhyLeftOut.TOO_MANY}


def test_of_a_visitor_nothing_is_kept(asked):
    assert not asked({"uploads": upload(size=KILO)}, by=None).FILES


@pytest.mark.parametrize("by", ["administrator", "parent", "former", "pupil_sixteen"])
def test_of_who_has_no_such_role_nothing_is_kept(asked, by):
    assert not asked({"uploads": upload(size=KILO)}, by=by).FILES


def test_without_a_second_factor_nothing_is_kept(asked):
    request = asked({"uploads": upload(size=KILO)})
    request.session = {}
    assert not request.FILES


def test_a_page_that_takes_no_files_refuses_them(cast, sign_in):
    client = sign_in(cast.counsellor)
    address = reverse("write_note", args=[cast.dossier("own").pk])
    answer = client.post(address, {"title": "x", "facts": upload()})
    assert answer.status_code == 400


def test_only_these_pages_take_files():
    """A new one is added here on purpose."""
    from tests.guards.addresses import gated_addresses

    taking = {a.name for a in gated_addresses() if a.gate.uploads}
    assert taking == {
        "add_files",
        "add_files_to_note",
        "add_message",
        "add_scan",
        "record_paper",
        "replace_file",
        "roster_upload",
        "take_down_publication",
    }
    assert all(a.gate.uploads <= django_settings.UPLOAD_LIMIT for a in gated_addresses())


def test_past_the_limit_the_page_says_so_and_keeps_the_rest(cast, sign_in, place, small):
    client = sign_in(cast.counsellor)
    answer = client.post(place, {"uploads": upload("big.pdf", 2 * KILO), "paper_name": "Kept"})
    assert answer.status_code == 413
    assert "big.pdf" in answer.text
    assert "larger than 25 MB" in answer.text
    assert "Kept" in answer.text
    assert not File.objects.exists()
    both = client.post(place, {"uploads": [upload("big.pdf", 2 * KILO), upload("ok.pdf")]})
    assert both.status_code == 200
    assert both.text.count("not kept") == 1
    assert both.text.count("kept safely") == 1
    assert File.objects.count() == 1


def test_when_all_places_are_taken_the_page_says_when_to_try_again(
    cast, sign_in, place, monkeypatch
):
    client = sign_in(cast.counsellor)
    with monkeypatch.context() as busy:
        busy.setattr(Places, "place_for", lambda self, person, is_large: nullcontext(False))
        answer = client.post(place, {"uploads": upload("waits.pdf"), "paper_name": "Kept"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "Many files are being checked right now" in answer.text
    assert "Kept" in answer.text
    assert not File.objects.exists()
    assert client.post(place, {"uploads": upload()}).status_code == 200
    assert File.objects.count() == 1


HELD = """
import sys
from privacy_portal.memory import give_large_buffers_back

def held():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

if sys.argv[1] == "gives back":
    assert give_large_buffers_back()
first = bytearray(20 << 20)
del first  # from here on glibc would take buffers of this size from the heap
before = held()
kept = []
for _ in range(5):
    large = bytearray(b"x") * (20 << 20)
    kept.append([bytes(3000) for _ in range(50)])  # what a page leaves behind
    del large
print((held() - before) // 1024)
"""


def test_what_an_upload_took_goes_back_to_the_system():
    def held(how: str) -> int:
        """Megabytes that a program still holds after it let go of large buffers."""
        done = subprocess.run(
            [sys.executable, "-c", HELD, how], capture_output=True, text=True, check=True, cwd=ROOT
        )
        return int(done.stdout)

    assert held("gives back") < 5
    assert held("keeps") > 15, "the C library gives it back by itself, so this proves nothing"
