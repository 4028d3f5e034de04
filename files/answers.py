"""The answer of a job in the sandbox: facts on a pipe, bytes in memory, and none of it believed."""

from __future__ import annotations

import fcntl
import io
import itertools
import json
import mmap
import os
import select
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from files import limits
from files.errors import Reason, Unwelcome
from files.forkserver import HEAD

_MOST_HEAD = 4 * 1024 * 1024
_MOST_LATER = 4 * 1024 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    """What a job gives: plain facts and bytes, and what it found out after those were here."""

    facts: dict[str, Any]
    views: list[memoryview] = field(default_factory=list)
    later: Future[list[bytes]] | None = None

    @property
    def parts(self) -> list[bytes]:
        """The bytes, copied."""
        return [bytes(view) for view in self.views]


class BrokenOff(Exception):
    """The job ended without an answer."""


NOT_AN_ANSWER = (
    BrokenOff, TypeError, KeyError, ValueError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip


class Answer:
    """Where one job answers: `ends` go to the job, the rest is read here."""

    def __init__(self) -> None:
        self._pipe, target = os.pipe2(os.O_CLOEXEC)
        self._memory = os.memfd_create("answer", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self._memory, limits.JOB_RESULT_BYTES)  # takes no memory until it is written
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
        fcntl.fcntl(self._memory, fcntl.F_ADD_SEALS, seals)
        self._target: int | None = target

    @property
    def ends(self) -> list[int]:
        """What the job needs to answer."""
        assert self._target is not None
        return [self._target, self._memory]

    def sent(self) -> None:
        """The job has its ends: from now on nobody else writes."""
        if self._target is not None:
            os.close(self._target)
        self._target = None

    def close(self) -> None:
        """Lets go of everything."""
        self.sent()
        os.close(self._pipe)
        os.close(self._memory)

    def read(self, deadline: float) -> tuple[Outcome, bool]:
        """The answer, and whether more comes; or why there is none.

        Raises Unwelcome, or one of NOT_AN_ANSWER.
        """
        head = self._head(deadline)
        views = self._views([int(size) for size in head["sizes"]])
        return Outcome(head["facts"], views), bool(head["later"])

    def read_more(self, deadline: float) -> list[bytes]:
        """What came after it, from the pipe; raises the same."""
        sizes = [int(size) for size in self._head(deadline)["sizes"]]
        if sum(sizes) > _MOST_LATER:
            raise BrokenOff("more than allowed")
        return [self._heard(size, _MOST_LATER, deadline) for size in sizes]

    def _head(self, deadline: float) -> dict[str, Any]:
        (length,) = HEAD.unpack(self._heard(HEAD.size, HEAD.size, deadline))
        head: dict[str, Any] = json.loads(self._heard(length, _MOST_HEAD, deadline))
        if "broken" in head:
            raise BrokenOff(str(head["broken"])[:80])
        if "unwelcome" in head:
            known = [reason for reason in Reason if reason == head["unwelcome"]]
            values = {str(name): int(value) for name, value in head.get("values", {}).items()}
            raise Unwelcome(known[0] if known else Reason.UNREADABLE, **values)
        return head

    def _views(self, sizes: list[int]) -> list[memoryview]:
        """Where the bytes stand, once nobody can change them any more: the kernel says so.

        It refuses while somebody still may write there, whatever the job claims.
        """
        total = sum(sizes)
        if min(sizes, default=0) < 0 or total > limits.JOB_RESULT_BYTES:
            raise BrokenOff("more than allowed")
        try:
            fcntl.fcntl(self._memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL)
        except OSError:
            raise BrokenOff("still writing") from None
        if not total:
            return [memoryview(b"") for _ in sizes]
        whole = memoryview(mmap.mmap(self._memory, total, access=mmap.ACCESS_READ))
        ends = list(itertools.accumulate(sizes))
        return [whole[end - size : end] for size, end in zip(sizes, ends, strict=True)]

    def _heard(self, size: int, most: int, deadline: float) -> bytes:
        """Exactly so many bytes from the pipe, or the job has broken off."""
        if not 0 <= size <= most:
            raise BrokenOff("more than allowed")
        poller = select.poll()
        poller.register(self._pipe, select.POLLIN)
        got = io.BytesIO()
        while got.tell() < size:
            wait = deadline - time.monotonic()
            if wait <= 0 or not poller.poll(wait * 1000):
                raise BrokenOff("too late")
            piece = os.read(self._pipe, min(size - got.tell(), _PIECE))
            if not piece:
                raise BrokenOff("ended early")
            got.write(piece)
        return got.getvalue()
