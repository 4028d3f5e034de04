"""A row of the log made up once and written many times, as COPY and as the mark read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from audit.proof import SEPARATOR, canonical
from bench.log_copy import Text

_REQUEST = "request"


def ready_text(values: dict[str, Any], columns: Iterable[str]) -> Text:
    """The row for COPY, and its canonical text around what is drawn for each row anew."""
    drawn = {"id": "", "timestamp": "2000-01-01T00:00:00+00:00", "cid": _REQUEST}
    whole = canonical({**values, **drawn, "content_type_id": None})
    separator = SEPARATOR.encode()
    known = whole.split(separator, 3)[3]  # after the version, the key and the moment
    before, after = known.split(separator + _REQUEST.encode() + separator)
    copied = "\t".join(_copied(name, values[name]) for name in columns)
    return Text(copied, before + separator, separator + after)


def _copied(name: str, value: Any) -> str:
    if value is None:
        return "\\N"
    if name == "subjects":
        return "{" + ",".join(value) + "}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
