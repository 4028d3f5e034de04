"""Codes on letters: what they look like, and how they are kept. Plain functions, no database.

A code is a number that finds it and a secret that proves it: `abc7k-m4x2-9rwd`. Only a keyed
hash of it is stored, so a copy of the database tells no code; the key comes from the master key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings

from vault.derived import is_tag_of, tag_of

_PURPOSE = b"portal consent codes"
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
        return tag_of(_PURPOSE, self.told)

    @property
    def told(self) -> bytes:
        """What the hash is over."""
        return f"{self.number}:{self.secret}".encode()


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
    return is_tag_of(bytes(stored), _PURPOSE, typed.told)


def hashed_address(address: str | None) -> bytes:
    """What is stored of the address a code was mailed to; capitals don't matter, none is empty."""
    return tag_of(_PURPOSE, _address(address))


def is_address(stored: bytes | memoryview, address: str | None) -> bool:
    """Whether this is the address that is stored."""
    return is_tag_of(bytes(stored), _PURPOSE, _address(address))


def _address(address: str | None) -> bytes:
    return f"address:{(address or '').strip().lower()}".encode()


def link_of(written: str) -> str:
    """Where a code is brought; it stands behind the #, which no server sees or writes down."""
    return f"{settings.ADDRESS}/activate/#{written}"
