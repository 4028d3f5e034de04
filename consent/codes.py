"""Codes on letters: what they look like, and how they are kept. Plain functions, no database.

A code is a number that finds it and a secret that proves it: `abc7k-m4x2-9rwd`. Only a keyed
hash of it is stored, so a copy of the database tells no code; the key comes from the master key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
_NUMBER, _SECRET = 5, 8
MOST_TRIES = 5


@dataclass(frozen=True)
class Typed:
    """A code as somebody typed it, in its two parts."""

    number: str
    secret: str

    @property
    def written(self) -> str:
        """As it stands on the letter."""
        half = _SECRET // 2
        return f"{self.number}-{self.secret[:half]}-{self.secret[half:]}"

    @property
    def hashed(self) -> bytes:
        """What is stored of it."""
        text = f"{self.number}:{self.secret}".encode()
        return hmac.new(_key(settings.MASTER_KEY), text, hashlib.sha256).digest()


def new_code() -> Typed:
    """A new code: one of 31^5 numbers, and a secret of 39 bits that takes five tries."""
    signs = [secrets.choice(_SIGNS) for _sign in range(_NUMBER + _SECRET)]
    return Typed("".join(signs[:_NUMBER]), "".join(signs[_NUMBER:]))


def read(typed: str) -> Typed | None:
    """The parts of what was typed; capitals, spaces and dashes don't matter. None: no code."""
    signs = "".join(sign for sign in typed.lower() if sign.isalnum())
    if len(signs) != _NUMBER + _SECRET or set(signs) - set(_SIGNS):
        return None
    return Typed(signs[:_NUMBER], signs[_NUMBER:])


def fits(typed: Typed, stored: bytes | memoryview) -> bool:
    """Whether this is the code that is stored; takes as long when it is not."""
    return hmac.compare_digest(typed.hashed, bytes(stored))


def hashed_address(address: str | None) -> bytes:
    """What is stored of the address a code was mailed to; capitals don't matter, none is empty."""
    text = f"address:{(address or '').strip().lower()}".encode()
    return hmac.new(_key(settings.MASTER_KEY), text, hashlib.sha256).digest()


@lru_cache(maxsize=2)
def _key(master_key: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"portal consent codes").derive(master_key)


def link_of(written: str) -> str:
    """Where a code is brought; it stands behind the #, which no server sees or writes down."""
    return f"{settings.ADDRESS}/activate/#{written}"
