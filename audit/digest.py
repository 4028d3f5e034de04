"""The hash that stands on a paper which is frozen. Plain Python."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest_of(content: dict[str, Any]) -> str:
    """Of everything in it, in one order, as hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
