"""The mark of a row and the mac of a seal: made with keys that stand outside the database.

Who has nothing but a login of the database, even the owner's, can't make one. A mark begins with
four bytes that say which key made it, so keys can be replaced while old rows stay provable.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from audit import proof
from audit.models import LogEntry

TAG, MAC = 4, 16  # bytes; half of a SHA-256 is what nobody can guess
LENGTH = TAG + MAC
_BLOCK = 64  # bytes that SHA-256 takes in at once


class Signer:
    """One key, made ready for one purpose: HMAC-SHA256, with its two paddings worked out ahead."""

    def __init__(self, key: bytes, purpose: bytes, tag: bytes) -> None:
        derived = hmac.digest(key, b"portal log " + purpose, "sha256")
        self.tag = tag
        padded = derived.ljust(_BLOCK, b"\0")
        self.inner = bytes(byte ^ 0x36 for byte in padded)
        self.outer = bytes(byte ^ 0x5C for byte in padded)

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA256 of the message, whole."""
        inner = hashlib.sha256(self.inner + message).digest()
        return hashlib.sha256(self.outer + inner).digest()

    def mark(self, digest: bytes) -> bytes:
        """What stands with a row that has this digest."""
        return self.tag + self.sign(digest)[:MAC]


@lru_cache(maxsize=8)
def _signers(keys: tuple[tuple[str, bytes], ...], purpose: bytes) -> dict[bytes, Signer]:
    made = {}
    for name, key in keys:
        tag = hashlib.sha256(name.encode()).digest()[:TAG]
        made[tag] = Signer(key, purpose, tag)
    return made


def signers() -> Mapping[bytes, Signer]:
    """Those of rows by their tag, the newest first."""
    return _signers(settings.LOG_KEYS, b"mark")


def newest_key_id() -> str:
    """The name of the key that seals now."""
    name: str = settings.LOG_KEYS[0][0]
    return name


def seal_signer(key_id: str) -> Signer | None:
    """The key of this name, for seals; none when it is not among ours any more."""
    tag = hashlib.sha256(key_id.encode()).digest()[:TAG]
    known = any(name == key_id for name, _key in settings.LOG_KEYS)
    return _signers(settings.LOG_KEYS, b"seal").get(tag) if known else None


class Keys(list[str]):
    """Keys of pupils: an array in the database, where other lists are JSON."""


def mark_of(values: Mapping[str, Any]) -> bytes:
    """The mark of a row with these values, made with the newest key."""
    signer = next(iter(signers().values()))
    return signer.mark(proof.digest(values))


def is_marked(entry: LogEntry) -> bool:
    """Whether the portal wrote this row, as it stands: its mark is right under one of our keys.

    One from before marks has none and is not.
    """
    mark = bytes(entry.mark)
    signer = signers().get(mark[:TAG])
    return signer is not None and hmac.compare_digest(
        mark, signer.mark(proof.digest(values_of(entry)))
    )


def values_of(entry: LogEntry) -> dict[str, Any]:
    """A row's values as JSON knows them, by column: what `proof.canonical` takes."""
    return {
        "id": str(entry.id),
        "timestamp": entry.timestamp,
        "event": str(entry.event),
        "action": int(entry.action),
        "outcome": str(entry.outcome),
        "subjects": Keys(map(str, entry.subjects)),
        "actor_id": _text(entry.actor_id),
        "actor_name": entry.actor_name,
        "actor_role": entry.actor_role,
        "ground": str(entry.ground),
        "unit": _text(entry.unit),
        "content_type_id": entry.content_type_id,
        "object_pk": str(entry.object_pk),
        "changes": entry.changes,
        "cid": str(entry.cid),
        "remote_addr": entry.remote_addr,
        "additional_data": entry.additional_data,
    }


def _text(key: UUID | str | None) -> str | None:
    return None if key is None else str(key)
