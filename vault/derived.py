"""Keys of their own for each purpose, derived from the master key: what one opens no other does."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def tag_of(purpose: bytes, data: bytes) -> bytes:
    """HMAC-SHA256 over `data`: only who has the master key can make it, for this purpose alone."""
    return hmac.new(_key(settings.MASTER_KEY, purpose), data, hashlib.sha256).digest()


@lru_cache(maxsize=16)
def _key(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(master_key)
