"""AES-256-GCM under a key per dossier part; the part and the row are bound to the text.

A sealed value is version (1 byte), nonce (12 bytes), ciphertext with tag. Additional data names
the part and the place (`note-version:<key>`), so that a value copied to another row, or a row
moved to another dossier, does not open.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections
from django.utils import timezone

from vault.errors import Unreadable
from vault.models import PartKey
from vault.router import KEYS

_VERSION = b"\x01"
_NONCE = 12
_KEY = 32


class Keyring:
    """The open keys of some parts, for as long as one page or action needs them."""

    def __init__(
        self, keys: dict[uuid.UUID, bytes], before: dict[uuid.UUID, bytes] | None = None
    ) -> None:
        """`before`: keys that are being replaced. They open what was not sealed anew yet."""
        self._keys = {part: AESGCM(key) for part, key in keys.items()}
        self._before = {part: AESGCM(key) for part, key in (before or {}).items()}

    def seal(self, part_id: uuid.UUID, place: str, data: bytes) -> bytes:
        """Seals `data` for one place in one part."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._of(part_id).encrypt(nonce, data, _bound(part_id, place))

    def open(self, part_id: uuid.UUID, place: str, sealed: bytes | memoryview) -> bytes:
        """Opens what `seal` made for the same part and place; raises Unreadable otherwise."""
        try:
            return _opened(self._of(part_id), part_id, place, bytes(sealed))
        except Unreadable:
            if part_id not in self._before:
                raise
            return _opened(self._before[part_id], part_id, place, bytes(sealed))

    def sealed_anew(self, part_id: uuid.UUID, place: str, sealed: bytes | memoryview) -> bytes:
        """The same value under the part's newest key; as it is when it was sealed so already.

        Raises Unreadable when neither the newest key nor the one before opens it.
        """
        try:
            _opened(self._of(part_id), part_id, place, bytes(sealed))
        except Unreadable:
            return self.seal(part_id, place, self.open(part_id, place, sealed))
        return bytes(sealed)

    def seal_json(self, part_id: uuid.UUID, place: str, data: dict[str, Any]) -> bytes:
        """Seals a dictionary of plain values."""
        return self.seal(part_id, place, json.dumps(data, ensure_ascii=False).encode())

    def open_json(
        self, part_id: uuid.UUID, place: str, sealed: bytes | memoryview
    ) -> dict[str, Any]:
        """Opens what `seal_json` made."""
        data: dict[str, Any] = json.loads(self.open(part_id, place, sealed))
        return data

    def _of(self, part_id: uuid.UUID) -> AESGCM:
        try:
            return self._keys[part_id]
        except KeyError as error:
            raise Unreadable("the key of this part is gone or does not open") from error


def keyring(part_ids: Iterable[uuid.UUID]) -> Keyring:
    """The keys of these parts in one query; a part without a key that opens is left out.

    So one damaged key closes its own part only: whoever asks for it is told Unreadable.
    """
    return _keyring(part_ids, must_open=False)


def whole_keyring(part_ids: Iterable[uuid.UUID]) -> Keyring:
    """The same, for what destroys a key afterwards. Raises Unreadable when one of them stands
    there and does not open: with the wrong master key everything would look damaged.
    """
    return _keyring(part_ids, must_open=True)


def _keyring(part_ids: Iterable[uuid.UUID], *, must_open: bool) -> Keyring:
    rows = PartKey.objects.filter(part_id__in=list(part_ids))
    keys: dict[uuid.UUID, bytes] = {}
    older: dict[uuid.UUID, bytes] = {}
    for part, wrapped, before in rows.values_list("part_id", "wrapped", "before"):
        for found, blob in ((keys, wrapped), (older, before)):
            key = None if blob is None else _unwrap(part, blob)
            if key is not None:
                found[part] = key
            elif must_open and blob is not None:
                raise Unreadable("a key of the vault opens with no master key")
    return Keyring(keys, older)


def create_keys(part_ids: Iterable[uuid.UUID]) -> None:
    """Makes a key for each part, before the part's own row is written; alone it opens nothing."""
    master = AESGCM(settings.MASTER_KEY)
    with connections[KEYS].cursor() as cursor:
        # COPY: a roster of 50 000 pupils makes 300 000 keys at once.
        copying: Any = cursor.copy(
            "COPY vault_partkey (part_id, wrapped, created_at) FROM STDIN (FORMAT BINARY)"
        )
        now = timezone.now()
        with copying as copy:
            copy.set_types(["uuid", "bytea", "timestamptz"])
            for part in part_ids:
                copy.write_row((part, _wrapped(master, part, os.urandom(_KEY)), now))


def new_wrapped_key(part_id: uuid.UUID) -> bytes:
    """A new key for a part that has one already, as it is stored."""
    return wrap(part_id, os.urandom(_KEY))


def wrap(part_id: uuid.UUID, key: bytes) -> bytes:
    """A key as it is stored: sealed by the master key and bound to its part."""
    return _wrapped(AESGCM(settings.MASTER_KEY), part_id, key)


def _wrapped(master: AESGCM, part_id: uuid.UUID, key: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + master.encrypt(nonce, key, part_id.bytes)


def _unwrap(part_id: uuid.UUID, wrapped: bytes | memoryview) -> bytes | None:
    """The key as it was wrapped; none when it was changed, or wrapped by no master key of ours."""
    for master_key in (settings.MASTER_KEY, *settings.OLD_MASTER_KEYS):
        key = _unwrap_with(master_key, part_id, bytes(wrapped))
        if key is not None:
            return key
    return None


def _unwrap_with(master_key: bytes, part_id: uuid.UUID, blob: bytes) -> bytes | None:
    try:
        return AESGCM(master_key).decrypt(blob[:_NONCE], blob[_NONCE:], part_id.bytes)
    except InvalidTag:
        return None


def wrapped_anew(part_id: uuid.UUID, wrapped: bytes | memoryview) -> bytes | None:
    """The same key under the newest master key; none when it is so already.

    Raises Unreadable when no master key of ours opens it.
    """
    if _unwrap_with(settings.MASTER_KEY, part_id, bytes(wrapped)) is not None:
        return None
    key = _unwrap(part_id, wrapped)
    if key is None:
        raise Unreadable("a key of the vault opens with no master key")
    return wrap(part_id, key)


def _opened(cipher: AESGCM, part_id: uuid.UUID, place: str, blob: bytes) -> bytes:
    if blob[:1] != _VERSION:
        raise Unreadable("unknown version of a sealed value")
    nonce, text = blob[1 : 1 + _NONCE], blob[1 + _NONCE :]
    try:
        return cipher.decrypt(nonce, text, _bound(part_id, place))
    except InvalidTag as error:
        raise Unreadable("a sealed value was changed or moved") from error


def _bound(part_id: uuid.UUID, place: str) -> bytes:
    return part_id.bytes + place.encode()
