"""Places for uploads in this process: how many are handled at once, and how many of one person."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


class Places:
    """Who holds a place. One may wait a moment for a free one; pages need threads too.

    A large upload takes one of the process's places, which bound its memory. Every upload takes
    one of its person's, so that somebody with slow files always leaves room for others.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._of: Counter[uuid.UUID] = Counter()
        self._large = 0
        self._waiting = 0

    @contextmanager
    def place_for(self, person: uuid.UUID, *, is_large: bool) -> Iterator[bool]:
        """A place until the block ends; whether there was one."""
        with self._changed:
            has_place = self._is_free(person, is_large) or self._wait(person, is_large)
            if has_place:
                self._of[person] += 1
                self._large += is_large
        try:
            yield has_place
        finally:
            if has_place:
                self._give_back(person, is_large)

    @property
    def taken(self) -> int:
        """How many are being handled now."""
        return self._of.total()

    def _is_free(self, person: uuid.UUID, is_large: bool) -> bool:
        has_own = self._of[person] < settings.UPLOADS_OF_ONE
        return has_own and not (is_large and self._large >= settings.UPLOADS_AT_ONCE)

    def _wait(self, person: uuid.UUID, is_large: bool) -> bool:
        if self._waiting >= settings.UPLOADS_WAITING:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(
                lambda: self._is_free(person, is_large), timeout=settings.UPLOAD_WAIT_SECONDS
            )
        finally:
            self._waiting -= 1

    def _give_back(self, person: uuid.UUID, is_large: bool) -> None:
        with self._changed:
            self._of[person] -= 1
            if not self._of[person]:
                del self._of[person]
            self._large -= is_large
            self._changed.notify_all()
