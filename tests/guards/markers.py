"""Words to look for afterwards, that nothing else holds."""

from __future__ import annotations

import uuid

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def marker(prefix: str) -> str:
    """A word that is nowhere else; letters only, for digits could be a citizen service number."""
    return prefix + uuid.uuid4().hex.translate(_LETTERS)
