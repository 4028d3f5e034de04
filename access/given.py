"""Files that somebody gives to a command."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError


def bytes_of_file(path: Path, *, most: int, too_large: str) -> bytes:
    """What is in the file. Raises CommandError when it can't be read or has more bytes."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise CommandError(f"The file can't be read: {error.strerror}") from error
    if len(data) > most:
        raise CommandError(too_large)
    return data
