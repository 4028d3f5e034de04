"""A large roster: read, planned and applied, against parsing and a bulk COPY of the same rows."""

from __future__ import annotations

from bench.report import Row


def measure() -> list[Row]:
    """Filled in with the import itself."""
    return []
