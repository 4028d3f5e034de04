"""A virus scanner on loopback that speaks clamd's protocol, for the tests."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The harmless file that every scanner calls harmful; in halves, so that none calls this file so.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    """Listens, remembers what it was asked about, and answers as it is told."""

    def __init__(self, line: socket.socket, answer: Callable[[bytes], bytes]) -> None:
        self.line, self.answer = line, answer
        self.asked: list[bytes] = []
        self.address = ""

    def serve(self) -> None:
        """Answers one question after another, until the line is closed."""
        while True:
            try:
                caller, _address = self.line.accept()
            except OSError:
                return
            with caller:
                self._answer(caller)

    def _answer(self, caller: socket.socket) -> None:
        stream = caller.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            data += stream.read(size)
        self.asked.append(data)
        answer = self.answer(data)
        if answer:
            caller.sendall(answer)


def says(data: bytes) -> bytes:
    """As clamd answers."""
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def listening(
    answer: Callable[[bytes], bytes] = says, *, path: Path | None = None
) -> Iterator[Scanner]:
    family = socket.AF_UNIX if path else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.bind(str(path) if path else ("127.0.0.1", 0))
        line.listen()
        scanner = Scanner(line, answer)
        scanner.address = f"unix:{path}" if path else f"127.0.0.1:{line.getsockname()[1]}"
        thread = threading.Thread(target=scanner.serve, daemon=True)
        thread.start()
        yield scanner
        line.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def slowly(data: bytes) -> bytes:
    """Answers when nobody waits any more."""
    time.sleep(1.5)
    return says(data)
