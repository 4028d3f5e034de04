"""Asks a virus scanner (clamd) about a file, when the school has one.

The address is `settings.CLAMD`, read from PORTAL_CLAMD: `unix:/path/of/socket` or `host:port`;
empty means that there is none. With a scanner configured nothing is kept without its word: when
it can't be reached, is slow or answers something odd, the file is refused for now. The bytes go
over a socket (INSTREAM), so they reach no disk on this side.
"""

from __future__ import annotations

import logging
import re
import socket
import struct
import time

from django.conf import settings

from files import limits
from files.errors import Reason, Unwelcome

_PIECE = 128 * 1024
_LONGEST_ANSWER = 4096
_CLEAN = re.compile(rb"stream: OK\0?\Z")
_FOUND = re.compile(rb"stream: [^\0]+ FOUND\0?\Z")
_logger = logging.getLogger("files.clamd")


class _Strange(Exception):
    """The scanner said something that is neither yes nor no."""


def ask(data: bytes) -> None:
    """Returns when the scanner found nothing, or when there is none; else raises Unwelcome."""
    address: str = settings.CLAMD
    if not address:
        return
    try:
        answer = _asked(address, data, limits.SCAN_SECONDS)
        if _FOUND.match(answer):
            raise Unwelcome(Reason.INFECTED)
        if not _CLEAN.match(answer):
            raise _Strange
    except (OSError, _Strange) as error:
        _logger.warning("scanner_did_not_answer", extra={"why": type(error).__name__})
        raise Unwelcome(Reason.NOT_CHECKED) from None


def _asked(address: str, data: bytes, seconds: float) -> bytes:
    """The scanner's answer; all of it together may take `seconds`."""
    deadline = time.monotonic() + seconds
    with _connected(address, seconds) as line:
        pieces = memoryview(data)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _PIECE):
            piece = pieces[start : start + _PIECE]
            _patience(line, deadline)
            line.sendall(struct.pack("!L", len(piece)))
            line.sendall(piece)
        line.sendall(struct.pack("!L", 0))
        return _heard(line, deadline)


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _patience(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _heard(line: socket.socket, deadline: float) -> bytes:
    answer = b""
    while not answer.endswith((b"\0", b"\n")):
        _patience(line, deadline)
        more = line.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
        if len(answer) > _LONGEST_ANSWER:
            raise _Strange
    return answer.rstrip(b"\n")
