"""Finding a place to listen on this machine."""

import http.client
import socket
import time
from collections.abc import Callable

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Somebody else listens there. The message says so."""


def is_free(port: int) -> bool:
    """Whether nobody listens on this port, so that http://localhost also leads to us."""
    for family, address in ((socket.AF_INET, HOST), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as asking:
            asking.settimeout(1)
            try:
                if asking.connect_ex((address, port)) == 0:
                    return False
            except OSError:
                continue  # this machine has no such address
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(asked: int | None, usual: int) -> int:
    """The port asked for, else the usual one or the next free one."""
    if asked is not None:
        if not is_free(asked):
            raise PortTaken(
                f"Port {asked} is taken by another program (or not allowed). "
                "Choose another one with --port, or leave it out to get a free one."
            )
        return asked
    for port in range(usual, usual + 100):
        if is_free(port):
            return port
    raise PortTaken(f"Ports {usual} to {usual + 99} are all taken. Choose one with --port.")


def wait_until_it_answers(
    port: int, path: str, is_running: Callable[[], bool], seconds: float = 60
) -> bool:
    """Whether the web server came to answer this address with a page (200)."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and is_running():
        asking = http.client.HTTPConnection(HOST, port, timeout=10)
        try:
            asking.request("GET", path, headers={"Host": f"localhost:{port}"})
            if asking.getresponse().status == 200:
                return True
        except OSError:
            pass  # it isn't listening yet
        finally:
            asking.close()
        time.sleep(0.1)
    return False
