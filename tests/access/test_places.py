"""Places for uploads: a few of a process, one of a person; who waits, who is told to come back."""

from __future__ import annotations

import threading

import pytest
from django.http import HttpResponse

from access import uploads
from access.uploads import UploadsInTurn
from tests.access.sending import upload
from tests.files.sandboxes import comes_true

pytestmark = pytest.mark.promise("P22")
WAIT = 60  # seconds: a busy machine is slow


class Crowd:
    """Requests that are handled slowly, each in a thread of its own, until they are let go."""

    def __init__(self) -> None:
        self.turn = UploadsInTurn(self._slow)
        self.inside: list[str] = []
        self.told: list[str] = []
        self.most = 0
        self._end = threading.Event()
        self._threads: list[threading.Thread] = []

    def _slow(self, request):
        if request.is_busy:
            self.told.append(request.name)
            return HttpResponse(status=503)
        self.inside.append(request.name)
        self.most = max(self.most, self.turn.places.taken)
        self._end.wait(WAIT)
        return HttpResponse()

    def send(self, request, name: str) -> None:
        """Comes, and is in, waits or was told before the next one comes."""
        request.name = name
        thread = threading.Thread(target=self.turn, args=[request])
        self._threads.append(thread)
        thread.start()
        assert comes_true(lambda: self._settled() == len(self._threads))

    def _settled(self) -> int:
        return len(self.inside) + len(self.told) + self.turn.places._waiting

    def let_go(self) -> None:
        """All that are inside end, and whoever waited after them."""
        self._end.set()
        for thread in self._threads:
            thread.join(WAIT)
        assert self.turn.places.taken == 0


@pytest.fixture
def crowd(monkeypatch, settings) -> Crowd:
    """A process with two places, one of a person, where one waits."""
    settings.UPLOADS_AT_ONCE, settings.UPLOADS_WAITING, settings.UPLOAD_WAIT_SECONDS = 2, 1, WAIT
    monkeypatch.setattr(UploadsInTurn, "_is_upload", lambda self, request: True)
    return Crowd()


@pytest.fixture
def large(asked, monkeypatch):
    """A request from somebody that counts as a large one."""
    monkeypatch.setattr(uploads, "_LITTLE", 0)
    return lambda by: asked({"uploads": upload()}, by=by)


def test_never_more_than_a_few_at_once_and_one_waits_its_turn(crowd, large):
    people = ["counsellor", "coordinator", "school_doctor", "other_counsellor", "director"]
    for person in people:
        crowd.send(large(person), person)
    assert crowd.inside == people[:2]
    crowd.let_go()
    assert crowd.most == 2
    assert crowd.inside == people[:3], "the one that waited came in"
    assert crowd.told == people[3:]


def test_one_person_with_slow_files_leaves_a_place_for_others(crowd, large):
    for name in ("first", "second", "third"):
        crowd.send(large("counsellor"), name)
    crowd.send(large("coordinator"), "colleague")
    assert crowd.inside == ["first", "colleague"]
    crowd.let_go()
    assert crowd.inside == ["first", "colleague", "second"]
    assert crowd.told == ["third"]


def test_small_files_of_one_person_take_turns_and_no_place_of_the_process(crowd, asked, settings):
    settings.UPLOADS_AT_ONCE = 0
    for name in ("first", "second", "third"):
        crowd.send(asked({"uploads": upload()}), name)
    crowd.send(asked({"uploads": upload()}, by="coordinator"), "colleague")
    assert crowd.inside == ["first", "colleague"]
    crowd.let_go()
    assert crowd.told == ["third"]


def test_who_waited_too_long_is_told_so(crowd, large, settings):
    settings.UPLOAD_WAIT_SECONDS = 0.01
    for name in ("first", "second"):
        crowd.send(large("counsellor"), name)
    assert comes_true(lambda: crowd.told == ["second"])
    crowd.let_go()


def test_ten_at_once_of_one_person_are_all_kept_when_they_come_back(crowd, large):
    """As static/js/uploads.js sends them: whoever is told to try again does."""
    crowd._end.set()
    left = [str(number) for number in range(10)]
    while left:
        threads = []
        for name in left:
            request = large("counsellor")
            request.name = name
            threads.append(threading.Thread(target=crowd.turn, args=[request]))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        left = [name for name in left if name not in crowd.inside]
    assert sorted(crowd.inside) == [str(number) for number in range(10)]
    assert crowd.most == 1


def test_a_place_is_given_back_when_the_page_fails(asked, settings, monkeypatch):
    settings.UPLOADS_AT_ONCE = 1
    monkeypatch.setattr(UploadsInTurn, "_is_upload", lambda self, request: True)

    def fails(request):
        raise LookupError

    turn = UploadsInTurn(fails)
    for _ in range(3):
        with pytest.raises(LookupError):
            turn(asked({}))
    assert turn.places.taken == 0


def test_strangers_take_no_place_nor_does_a_form_without_files(asked, rf, cast, place):
    turn = UploadsInTurn(HttpResponse)
    assert turn._is_upload(asked({"uploads": upload()}))
    assert not turn._is_upload(asked({"uploads": upload()}, by="parent"))
    assert not turn._is_upload(asked({"uploads": upload()}, by=None))
    assert not turn._is_upload(asked({"uploads": upload()}, address="/nowhere/"))
    assert not turn._is_upload(
        rf.post(place, "paper_name=x", content_type="application/x-www-form-urlencoded")
    )
