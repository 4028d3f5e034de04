"""What a copy says of itself: what is in it, from when, and how far the ledger was then."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from retention.backups.streams import BackupFailed
from retention.ledger import Head
from vault.derived import is_tag_of, tag_of

_PURPOSE = b"portal backup manifest"
_VERSION = 1


@dataclass(frozen=True)
class Manifest:
    """Of one set of content, or of one copy of the keys."""

    kind: str  # "content" or "keys"
    begun_at: str  # ISO, UTC
    finished_at: str
    sha256: str  # of the sealed dump
    size: int
    blobs: int
    blobs_size: int
    blobs_sha256: str  # of the list of sealed files; empty for keys
    ledger_number: int
    ledger_hash: str
    # What was gone before it was begun: marks by list or request to erase (queries/copies.py).
    gone: Mapping[str, str] = field(default_factory=dict)

    @property
    def ledger(self) -> Head:
        """The newest destruction that was written down when the copy was begun."""
        return Head(self.ledger_number, self.ledger_hash)


def write(path: Path, manifest: Manifest) -> None:
    """Writes it with a tag that only the master key makes."""
    said = {"version": _VERSION, **asdict(manifest)}
    tag = tag_of(_PURPOSE, _body(said)).hex()
    text = json.dumps({**said, "tag": tag}, indent=2) + "\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> Manifest:
    """Raises BackupFailed when it was changed, or made under another master key."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        tag = said.pop("tag")
        is_ours = is_tag_of(bytes.fromhex(tag), _PURPOSE, _body(said))
        if not is_ours or said.pop("version") != _VERSION:
            raise BackupFailed(f"{path.name} was changed, or made under another master key")
        return Manifest(**said)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupFailed(f"{path.name} can't be read") from error


def _body(said: dict[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True).encode()
