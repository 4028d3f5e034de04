"""Keys of their own for each purpose, derived from the master key: what one opens no other does.

What is new is made with the newest master key; what an older one made is still known as ours.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def tag_of(purpose: bytes, data: bytes) -> bytes:
    """HMAC-SHA256 over `data`: only who has the master key can make it, for this purpose alone."""
    return _tag(settings.MASTER_KEY, purpose, data)


def tags_of(purpose: bytes, data: bytes) -> list[bytes]:
    """What `tag_of` gives with each master key there was, the newest first."""
    return [_tag(key, purpose, data) for key in (settings.MASTER_KEY, *settings.OLD_MASTER_KEYS)]


def is_tag_of(tag: bytes, purpose: bytes, data: bytes) -> bool:
    """Whether this tag was made with one of our master keys; takes as long when it was not."""
    return sum(hmac.compare_digest(tag, ours) for ours in tags_of(purpose, data)) > 0


def _tag(master_key: bytes, purpose: bytes, data: bytes) -> bytes:
    return hmac.new(_key(master_key, purpose), data, hashlib.sha256).digest()


@lru_cache(maxsize=16)
def _key(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(master_key)
