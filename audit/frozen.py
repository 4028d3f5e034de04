"""Papers that are frozen: sealed beside their content, and known again wherever the file went.

A row of such a paper holds two hashes: one over all that was said, which stands on the paper, and
one over the file. The log holds both too, and is sealed itself, so that whoever can write in the
database still can't make a paper that was never given.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Model, QuerySet

from audit.digest import digest_of
from audit.events import Event
from audit.marks import is_marked
from audit.models import LogDeparture, LogEntry
from files.errors import Unwelcome
from files.previews import words_on
from vault import blobs
from vault.blobs import Kept
from vault.chunks import SealedFile, seal_file
from vault.errors import Unreadable
from vault.sealing import create_keys, keyring

_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_AROUND = timedelta(days=1)  # where in the log the row about it stands


class Frozen(Protocol):
    """What a row of a frozen paper has; its own key is the name of its key in the vault."""

    pk: uuid.UUID
    digest: str
    paper_digest: str
    blob: uuid.UUID
    sealed: bytes | memoryview

    @property
    def place(self) -> str:
        """What the sealed content is bound to."""

    @property
    def paper_place(self) -> str:
        """What the sealed paper is bound to."""

    @property
    def frozen_at(self) -> datetime:
        """When it was."""

    @property
    def frozen_by(self) -> uuid.UUID | None:
        """The key of who did it; none for a job."""

    def hashed(self, content: dict[str, Any]) -> dict[str, Any]:
        """All that its hash is worked out from, `content` among it."""


def freeze(row: Frozen, content: dict[str, Any], paper: Callable[[], bytes], kept: Kept) -> None:
    """Works out both hashes, and seals content and paper under a key of their own.

    `paper` is asked once the first hash is known, which stands on it. The row is not saved yet.
    """
    row.digest = digest_of(row.hashed(content))
    create_keys([row.pk])
    keys = keyring([row.pk])
    row.sealed = keys.seal_json(row.pk, row.place, content)
    made = paper()
    row.paper_digest = hashlib.sha256(made).hexdigest()
    row.blob = kept.keep(seal_file(keys, row.pk, row.paper_place, made))


def content_of(row: Frozen) -> dict[str, Any]:
    """What was said, opened. Raises Unreadable."""
    return keyring([row.pk]).open_json(row.pk, row.place, row.sealed)


def paper_of(row: Frozen) -> bytes:
    """The paper as it was given. Raises Unreadable when it was changed, or its key is gone."""
    keys = keyring([row.pk])
    source = blobs.open_blob(row.blob)
    try:
        with SealedFile(keys, row.pk, row.paper_place, source) as paper:
            data = paper.read_all()
    finally:
        source.close()
    if hashlib.sha256(data).hexdigest() != row.paper_digest:
        raise Unreadable("a frozen paper is not the one that was given")
    return data


class Verdict(StrEnum):
    """What can be said of a file."""

    GENUINE = "genuine"  # byte for byte what was given, and all that is kept of it still fits
    CHANGED = "changed"  # it bears the hash of such a paper, and is not the file that was given
    LOST = "lost"  # it was given, and what was kept of it went with a copy that was put back
    UNKNOWN = "unknown"  # nothing in it points at a paper of this portal


R = TypeVar("R", bound=Model)


@dataclass(frozen=True)
class Verified(Generic[R]):
    """The verdict, about which row, what no longer fits, and what can't be asked any more."""

    verdict: Verdict
    row: R | None = None
    trouble: tuple[str, ...] = ()
    has_left_the_log: bool = False
    beside: tuple[str, ...] = ()  # of which no row is kept: what else knows of it


def verify(data: bytes, rows: QuerySet[R], event: Event) -> Verified[R]:
    """Looks for the file itself, then for a hash on it; reads a stranger's PDF in the sandbox.

    `event` is what the log calls it when one is frozen.
    """
    row = rows.filter(paper_digest=hashlib.sha256(data).hexdigest()).first()
    if row is not None:
        trouble = _trouble(row, data)
        has_left = False
        if not said_by_the_log([row], event):
            has_left = bool(left_the_log([row]))
            trouble += [] if has_left else ["the row in the log"]
        verdict = Verdict.CHANGED if trouble else Verdict.GENUINE
        return Verified(verdict, row, tuple(trouble), has_left)
    row = rows.filter(digest__in=hashes_on(data)).first()
    return Verified(Verdict.CHANGED, row) if row else Verified(Verdict.UNKNOWN)


def _trouble(row: Any, data: bytes) -> list[str]:
    """What is kept of a row and does not fit the file: the copy, the content."""
    found = []
    try:
        if paper_of(row) != data:
            found.append("the copy that is kept")
        if digest_of(row.hashed(content_of(row))) != row.digest:
            found.append("what was signed")
    except Unreadable:
        found.append("what is kept, which can't be opened")
    return found


def left_the_log(rows: Sequence[Any]) -> set[uuid.UUID]:
    """Of which rows the month of the log has left: nobody can ask it any more."""
    months = {row.pk: row.frozen_at.astimezone(UTC).date().replace(day=1) for row in rows}
    left = LogDeparture.objects.filter(month__in=set(months.values()))
    gone = set(left.values_list("month", flat=True)) if months else set()
    return {key for key, month in months.items() if month in gone}


def said_by_the_log(rows: Sequence[Any], event: Event) -> set[uuid.UUID]:
    """Of which rows the log, which is marked and sealed, says that this very paper was given."""
    if not rows:
        return set()
    moments = [row.frozen_at for row in rows]
    entries = LogEntry.objects.filter(
        event=event.code,
        object_pk__in=[str(row.pk) for row in rows],
        timestamp__gte=min(moments) - _AROUND,
        timestamp__lte=max(moments) + _AROUND,
    )
    given = {
        (entry.object_pk, entry.actor_id, *_hashes_in(entry))
        for entry in entries
        if is_marked(entry)
    }
    return {
        row.pk
        for row in rows
        if (str(row.pk), row.frozen_by, row.digest, row.paper_digest) in given
    }


def _hashes_in(entry: LogEntry) -> tuple[Any, Any]:
    said = entry.additional_data if isinstance(entry.additional_data, dict) else {}
    return said.get("digest"), said.get("paper")


def hashes_on(data: bytes) -> list[str]:
    """What looks like a hash in the text of a PDF; a file that can't be read has none."""
    if not data.startswith(b"%PDF-"):
        return _HASH.findall(data.decode("latin-1").lower())
    try:
        return _HASH.findall(words_on(data).lower())
    except Unwelcome:
        return []
