"""The application with parts of its privacy taken away: for measuring only, never installed.

granian serves `bench.variants:application`; the environment variable BENCH_WITHOUT names what is
taken away. The product has no such switches: they are put in from outside, here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from privacy_portal.wsgi import application as application  # what granian serves

PARTS = ("log row", "row-level security", "decryption", "gate and object permissions")
FILE_PARTS = (
    "log row",
    "row-level security",
    "sealing of files",
    "gate and object permissions",
)
OWNER = "portal_owner"


def _without_log_row() -> None:
    from audit.middleware import RecordedRequest

    def unrecorded(self: Any, request: Any, response: Any, *rest: Any) -> Any:
        return response

    setattr(RecordedRequest, "_recorded", unrecorded)  # noqa: B010  taken away to measure


def _without_row_security() -> None:
    from access import acting

    acting.WEB_ROLE = OWNER


def _without_decryption() -> None:
    from vault import sealing

    def read(self: Any, part_id: Any, place: str, sealed: bytes) -> Any:
        return json.loads(bytes(sealed))

    def no_keys(part_ids: Any) -> sealing.Keyring:
        return sealing.Keyring({})

    setattr(sealing.Keyring, "open_json", read)  # noqa: B010  taken away to measure
    for module in list(sys.modules.values()):
        if getattr(module, "keyring", None) is sealing.keyring:
            setattr(module, "keyring", no_keys)  # noqa: B010  mypy knows no such name of a module


def _without_gate() -> None:
    from access import gate, visibility

    for name in gate.CHECKS:
        gate.CHECKS[name] = lambda *_: True
    for name in visibility.REGISTRY:
        visibility.REGISTRY[name] = lambda rows, user, day: rows


def _without_sealing_of_files() -> None:
    """Files stand on disk as they are, what they are in their row as JSON, and no key is asked."""
    from dossiers.actions import files as actions
    from dossiers.queries import files as queries
    from vault import chunks, sealing

    def as_it_is(keys: Any, part_id: Any, place: str, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), chunks.CHUNK):
            yield data[start : start + chunks.CHUNK]

    def written(self: Any, part_id: Any, place: str, data: Any) -> bytes:
        return json.dumps(data).encode()

    _without_decryption()
    setattr(sealing.Keyring, "seal_json", written)  # noqa: B010  taken away to measure
    setattr(actions, "seal_file", as_it_is)  # noqa: B010  taken away to measure
    setattr(queries, "SealedFile", _PlainFile)  # noqa: B010  taken away to measure


class _PlainFile:
    """A file that was kept as it came, read like a sealed one."""

    def __init__(self, keys: Any, part_id: Any, place: str, source: Any) -> None:
        self._source = source
        self.size = source.seek(0, os.SEEK_END)

    def check_ends(self) -> None:
        """Nothing can be told from its ends."""

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The same pieces."""
        from vault.chunks import CHUNK

        self._source.seek(start)
        left = (self.size if stop is None else stop) - start
        while left > 0:
            piece = self._source.read(min(CHUNK, left))
            left -= len(piece)
            yield piece

    def read_all(self) -> bytes:
        """All of it."""
        return b"".join(self.read())

    def close(self) -> None:
        """Lets go of what it reads from."""
        self._source.close()

    def __enter__(self) -> _PlainFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _without_cleaning() -> None:
    from dossiers.views.files import adding
    from files.intake import Clean
    from files.kinds import PDF

    def believed(data: bytes, *, name: str) -> Clean:
        return Clean(data, PDF.kind, PDF.media_type, PDF.extension, name, 1, ())

    setattr(adding, "take_in", believed)  # noqa: B010  taken away to measure


TAKE_AWAY: dict[str, Callable[[], None]] = {
    "log row": _without_log_row,
    "row-level security": _without_row_security,
    "decryption": _without_decryption,
    "gate and object permissions": _without_gate,
    "sealing of files": _without_sealing_of_files,
    "cleaning": _without_cleaning,
}
for _part in filter(None, os.environ.get("BENCH_WITHOUT", "").split(",")):
    TAKE_AWAY[_part]()
