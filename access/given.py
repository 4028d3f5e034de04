"""Files that somebody gives to a command."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.management.base import CommandError

_STANDARD_INPUT = Path("-")


def bytes_of_file(path: Path, *, most: int, too_large: str) -> bytes:
    """What is in the file, or in standard input for `-`: into a container nothing else leads.

    Raises CommandError when it can't be read or has more bytes.
    """
    try:
        if path == _STANDARD_INPUT:
            data = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise CommandError(f"The file can't be read: {error.strerror}") from error
    if len(data) > most:
        raise CommandError(too_large)
    return data
