"""Asks the web server of this container how it is: `python -m launcher.health 8000 /health/`.

Speaks as the proxy does: under the portal's own name, over TLS as far as the application knows.
"""

import http.client
import os
import sys

SECONDS = 4


def is_healthy(port: int, path: str, host: str) -> bool:
    """Whether it answers this address with a page (200)."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        asking.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return asking.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        asking.close()


def main(arguments: list[str]) -> int:
    port, path = arguments
    host = os.environ.get("PORTAL_ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    return 0 if is_healthy(int(port), path, host) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
