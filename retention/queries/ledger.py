"""How far the ledger is, in the database and beside it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from retention import ledger
from retention.ledger import Entry, Head
from retention.models import LedgerLine

_read: dict[tuple[str, int, int], Head] = {}


def database_head() -> Head:
    """The newest line that this database knows."""
    line = LedgerLine.objects.order_by("-number").first()
    return Head(line.number, line.hash) if line else ledger.BEGINNING


def missing_lines() -> list[Entry]:
    """Lines of the file that this database does not know: it was restored from a copy.

    Raises LedgerDamaged when file and database tell different stories.
    """
    known = database_head()
    lines = ledger.read()
    if known.number and len(lines) >= known.number and lines[known.number - 1].head != known:
        raise ledger.LedgerDamaged(f"line {known.number} of the file is another one")
    return lines[known.number :]


def file_head() -> Head:
    """The newest line of the file; read again only when the file changed."""
    path = Path(settings.LEDGER)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ledger.BEGINNING
    key = (str(path), stat.st_mtime_ns, stat.st_size)
    if key not in _read:
        _read.clear()
        _read[key] = ledger.head(path)
    return _read[key]
