"""The application with parts of its privacy taken away: for measuring only, never installed.

granian serves `bench.variants:application`; the environment variable BENCH_WITHOUT names what is
taken away. The product has no such switches: they are put in from outside, here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from privacy_portal.wsgi import application as application  # what granian serves

PARTS = ("log row", "row-level security", "decryption", "gate and object permissions")
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


TAKE_AWAY: dict[str, Callable[[], None]] = {
    "log row": _without_log_row,
    "row-level security": _without_row_security,
    "decryption": _without_decryption,
    "gate and object permissions": _without_gate,
}
for _part in filter(None, os.environ.get("BENCH_WITHOUT", "").split(",")):
    TAKE_AWAY[_part]()
