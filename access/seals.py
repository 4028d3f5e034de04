"""Seals what is kept for a while under the master key: secrets of accounts, plans that wait.

Not the vault: its keys belong to parts of dossiers and are destroyed with them. Here one key
for each purpose is derived from the master key, so a dump of the first database tells nothing.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1."
_NONCE = 12  # bytes
_SECOND_FACTOR = b"portal second factor"


@lru_cache(maxsize=4)
def _cipher(master_key: bytes, purpose: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(master_key))


def seal(text: str, purpose: bytes = _SECOND_FACTOR) -> str:
    """The text, readable only with the master key and for the same purpose."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(settings.MASTER_KEY, purpose).encrypt(nonce, text.encode(), purpose)
    return _VERSION + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, purpose: bytes = _SECOND_FACTOR) -> str:
    """What `seal` was given. Raises ValueError or InvalidTag for anything else."""
    if not sealed.startswith(_VERSION):
        raise ValueError("not sealed by the portal")
    raw = base64.b64decode(sealed.removeprefix(_VERSION), validate=True)
    *newer, oldest = settings.MASTER_KEY, *settings.OLD_MASTER_KEYS
    for master_key in newer:
        with contextlib.suppress(InvalidTag):
            return _opened(master_key, purpose, raw)
    return _opened(oldest, purpose, raw)


def is_sealed_anew(sealed: str, purpose: bytes = _SECOND_FACTOR) -> bool:
    """Whether this opens with the newest master key."""
    raw = base64.b64decode(sealed.removeprefix(_VERSION), validate=True)
    try:
        _opened(settings.MASTER_KEY, purpose, raw)
    except InvalidTag:
        return False
    return True


def _opened(master_key: bytes, purpose: bytes, raw: bytes) -> str:
    return _cipher(master_key, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], purpose).decode()
