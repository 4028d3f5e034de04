"""Seals a file in chunks of 64 KiB, so that any range opens and every change shows.

A sealed file is a version (1 byte), a sealed header and the chunks. The header is sealed under
the part's key, bound to part and place, and holds the file's own random key and its size. Each
chunk is sealed under that key with its number as nonce, and says whether it is the last. So a
chunk that was swapped, left out, added or taken from another file does not open, and neither does
a file at another place, in another part, cut off or added to.
"""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import Unreadable
from vault.sealing import Keyring

CHUNK = 64 * 1024  # bytes of the file in one chunk
_VERSION = b"\x02"
_KEY = 32
_TAG = 16
_HEADER = struct.Struct(f">{_KEY}sQ")
_SEALED_HEADER = 1 + 12 + _HEADER.size + _TAG  # as Keyring.seal writes it
_STARTS = len(_VERSION) + _SEALED_HEADER
_MORE, _LAST = b"more", b"last"


class Source(Protocol):
    """Where a sealed file is read from: a file on disk, or bytes in memory."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


def seal_file(
    keys: Keyring, part_id: uuid.UUID, place: str, data: bytes | memoryview
) -> Iterator[bytes]:
    """The sealed file, piece by piece: never a second copy of the whole."""
    key = os.urandom(_KEY)
    yield _VERSION + keys.seal(part_id, place, _HEADER.pack(key, len(data)))
    cipher = AESGCM(key)
    view = memoryview(data)
    count = _chunks(len(data))
    for number in range(count):
        piece = view[number * CHUNK : (number + 1) * CHUNK]
        yield cipher.encrypt(_nonce(number), piece, _end(number, count))


def sealed_file_anew(
    keys: Keyring, part_id: uuid.UUID, place: str, source: Source
) -> Iterator[bytes] | None:
    """A sealed file under the part's newest key, piece by piece; none when it is so already.

    Its header alone is sealed anew: the file's own key stays, and so do the chunks. Raises
    Unreadable before the first piece.
    """
    source.seek(0)
    header = source.read(_STARTS)
    if header[:1] != _VERSION or len(header) != _STARTS:
        raise Unreadable("not a sealed file, or one that was cut off")
    anew = keys.sealed_anew(part_id, place, header[1:])
    return None if anew == header[1:] else _with_header(anew, source)


def _with_header(header: bytes, source: Source) -> Iterator[bytes]:
    yield _VERSION + header
    while piece := source.read(CHUNK + _TAG):
        yield piece


class SealedFile:
    """A sealed file whose header was opened; what is asked of it is opened chunk by chunk.

    Closes its source when it is closed.
    """

    def __init__(self, keys: Keyring, part_id: uuid.UUID, place: str, source: Source) -> None:
        """Raises Unreadable when header or length is not what `seal_file` made for this place."""
        self._source = source
        source.seek(0)
        header = source.read(_STARTS)
        if header[:1] != _VERSION or len(header) != _STARTS:
            raise Unreadable("not a sealed file, or one that was cut off")
        key, self.size = _HEADER.unpack(keys.open(part_id, place, header[1:]))
        self._cipher = AESGCM(key)
        self._count = _chunks(self.size)
        if source.seek(0, os.SEEK_END) != _STARTS + self.size + self._count * _TAG:
            raise Unreadable("a sealed file was cut off or added to")

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`; only the chunks they lie in are read.

        Raises Unreadable at the first chunk that was changed; nothing of it is given.
        """
        stop = self.size if stop is None else min(stop, self.size)
        for number in range(start // CHUNK, _chunks(stop) if stop > start else 0):
            begins = number * CHUNK
            yield self._chunk(number)[max(start - begins, 0) : stop - begins]

    def close(self) -> None:
        """Lets go of what it reads from."""
        self._source.close()

    def __enter__(self) -> SealedFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def read_all(self) -> bytes:
        """The whole file at once, in memory."""
        if not self.size:  # its one chunk holds nothing, and may still have been changed
            self.check_ends()
        return b"".join(self.read())

    def check_ends(self) -> None:
        """Opens the first and the last chunk: a file that can't be read shows before it is sent."""
        for number in {0, self._count - 1}:
            self._chunk(number)

    def _chunk(self, number: int) -> bytes:
        self._source.seek(_STARTS + number * (CHUNK + _TAG))
        sealed = self._source.read(CHUNK + _TAG)
        try:
            return self._cipher.decrypt(_nonce(number), sealed, _end(number, self._count))
        except InvalidTag as error:
            raise Unreadable("a chunk of a sealed file was changed or moved") from error


def _chunks(size: int) -> int:
    """How many chunks a file has; an empty one has one, so that its end is sealed too."""
    return max(1, -(-size // CHUNK))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _end(number: int, count: int) -> bytes:
    return _LAST if number == count - 1 else _MORE
