"""Seals small secrets of accounts (apps with codes, recovery codes) under the master key.

Not the vault: its keys belong to parts of dossiers and are destroyed with them. Here one key is
derived from the master key, so a dump of the first database tells no code.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1."
_NONCE = 12  # bytes
_PURPOSE = b"portal second factor"


@lru_cache(maxsize=2)
def _cipher(master_key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(master_key))


def seal(text: str) -> str:
    """The text, readable only with the master key."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(settings.MASTER_KEY).encrypt(nonce, text.encode(), _PURPOSE)
    return _VERSION + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given. Raises ValueError or InvalidTag for anything else."""
    if not sealed.startswith(_VERSION):
        raise ValueError("not sealed by the portal")
    raw = base64.b64decode(sealed.removeprefix(_VERSION), validate=True)
    return _cipher(settings.MASTER_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE).decode()
