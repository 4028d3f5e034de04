"""Files through a real server: upload, download, memory, and the first page of a long PDF."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from access.acting import acting_as
from access.models import User
from bench.crowd import TODAY, the_crowd
from bench.file_makers import large_pdf, long_pdf, scanned_pdf
from bench.report import Row, median_seconds
from bench.server import Serving, served
from bench.variants import FILE_PARTS
from bench.visitor import PROXY, signed_in_cookie
from dossiers import queries
from dossiers.actions.files import Sent, add_file
from dossiers.models import DossierPart
from files.intake import take_in
from files.kinds import Kind
from files.previews import page_picture
from vault.sealing import create_keys

TIMES = 7
AT_ONCE = 10
_BOUNDARY = "----bench-of-files"
_KEPT = re.compile(rb'href="/files/([0-9a-f-]{36})/"')


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, with a part to put files in."""

    user: User
    part: DossierPart
    cookie: str

    @property
    def address(self) -> str:
        """The form for files."""
        return reverse("add_files", args=[self.part.dossier_id, self.part.kind])


def measure() -> list[Row]:
    """Each variant in turns, so that a slow minute hits both alike."""
    visitor = _visitor()
    data = large_pdf()
    rates = _rates(visitor, data, turns=TIMES)
    scan = scanned_pdf()
    rows = _shares(rates, "a PDF", data, ROWS)
    rows += _shares(_rates(visitor, scan, turns=TIMES // 2), "a scan of 20 pages", scan, ROWS[-1:])
    return [*rows, *_memory(visitor, data), _first_page(visitor)]


# What is taken away in each variant; the first has everything.
VARIANTS: dict[str, tuple[str, ...]] = {
    "everything": (),
    "without checks and sealing": FILE_PARTS,
    "without checks, sealing and cleaning": (*FILE_PARTS, "cleaning"),
    "without cleaning": ("cleaning",),
}
ROWS = (
    ("upload", "everything", "without checks and sealing", "at least 0.5"),
    ("download", "everything", "without checks and sealing", "at least 0.5"),
    ("upload", "without cleaning", "without checks, sealing and cleaning", ""),
    ("upload", "everything", "without checks, sealing and cleaning", ""),
)


def _shares(
    rates: dict[tuple[str, str], list[float]],
    called: str,
    data: bytes,
    asked: Sequence[tuple[str, str, str, str]],
) -> list[Row]:
    """The throughput of one variant as a share of another's."""
    rows, megabytes = [], len(data) / 1024 / 1024
    for what, one, other, bar in asked:
        mine, theirs = (statistics.median(rates[what, name]) for name in (one, other))
        rows.append(
            Row(
                f"{what} of {called} of {megabytes:.0f} MB, {one},"
                f" against the same handler {other}",
                bar,
                f"{theirs / mine:.2f} ({megabytes / mine:.0f} against"
                f" {megabytes / theirs:.0f} MB a second)",
            )
        )
    return rows


def _visitor() -> Visitor:
    crowd = the_crowd()
    crowd.grow(300)
    user = crowd.some_counsellor()
    with acting_as(user, on=TODAY):
        dossier = queries.dossiers_visible_to(user, on=TODAY)[0]
    parts = list(DossierPart.objects.filter(dossier=dossier))
    create_keys(part.pk for part in parts)
    part = next(part for part in parts if part.kind == "guidance")
    return Visitor(user, part, signed_in_cookie(user))


def _rates(visitor: Visitor, data: bytes, *, turns: int) -> dict[tuple[str, str], list[float]]:
    """Seconds of each upload and each download, by variant."""
    taken: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as running:
        servers = {
            name: running.enter_context(
                served(
                    "bench.variants:application",
                    login="owner" if without else "web",
                    without=",".join(without),
                )
            )
            for name, without in VARIANTS.items()
        }
        for turn in range(turns + 1):  # the first warms up
            for name, server in servers.items():
                began = time.perf_counter()
                address = _upload(server, visitor, data)
                sent = time.perf_counter()
                got = len(_ask(server, "GET", address, visitor))
                if got < len(data) * 0.9:
                    raise RuntimeError(f"{name}: {got} bytes came back")
                if turn:
                    taken.setdefault(("upload", name), []).append(sent - began)
                    done = time.perf_counter() - sent
                    taken.setdefault(("download", name), []).append(done)
    return taken


def _upload(server: Serving, visitor: Visitor, data: bytes) -> str:
    """Sends one file; gives the address to download it from."""
    page = _ask(server, "POST", visitor.address, visitor, body=_form(data))
    found = _KEPT.search(page)
    if found is None:
        raise RuntimeError("the file was not kept")
    return reverse("download_file", args=[found[1].decode(), 1])


def _form(data: bytes) -> bytes:
    return b"".join(
        (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"'
            f"\r\n\r\n{TOKEN}\r\n".encode(),
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="uploads";'
            ' filename="noise.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode(),
            data,
            f"\r\n--{_BOUNDARY}--\r\n".encode(),
        )
    )


TOKEN = "a" * 32


def _answer(
    server: Serving, method: str, address: str, visitor: Visitor, body: bytes | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {
        **PROXY,
        "Cookie": f"{visitor.cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "Referer": "https://localhost/",
    }
    if body is not None:
        headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    connection.request(method, address, body=body, headers=headers)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, read


def _ask(
    server: Serving, method: str, address: str, visitor: Visitor, body: bytes | None = None
) -> bytes:
    status, read = _answer(server, method, address, visitor, body)
    if status != 200:
        raise RuntimeError(f"{address} answered {status}")
    return read


def _memory(visitor: Visitor, data: bytes) -> list[Row]:
    """Ten uploads at once, twice; whoever is told to try again does, as the page asks."""
    with served("privacy_portal.wsgi:application") as server:
        _upload(server, visitor, data)
        rest, _most = server.memory
        rounds = []
        told = 0
        for _ in range(2):
            told += _round(server, visitor, data)
            rounds.append(server.memory)
    most = [most - rest for _now, most in rounds]
    bound = settings.UPLOADS_AT_ONCE * (settings.UPLOAD_LIMIT + 3 * len(data)) / 1024 / 1024
    return [
        Row(
            f"memory of a worker during {AT_ONCE} uploads of 25 MB at once, above its"
            f" {rest:.0f} MB at rest ({settings.UPLOADS_AT_ONCE} are handled at once; told to try"
            f" again and did: {told})",
            f"bounded: {bound:.0f} MB",
            f"{most[0]:.0f} MB; after a second round {most[1]:.0f} MB",
        )
    ]


def _round(server: Serving, visitor: Visitor, data: bytes) -> int:
    """All of them sent and kept; says how often somebody was told that it was busy."""
    told: list[int] = []

    def send(_number: int) -> None:
        while True:
            status, page = _answer(server, "POST", visitor.address, visitor, _form(data))
            if status == 200 and _KEPT.search(page):
                return
            if status != 503:
                raise RuntimeError(f"an upload answered {status}")
            told.append(1)
            time.sleep(1)

    with ThreadPoolExecutor(AT_ONCE) as senders:
        list(senders.map(send, range(AT_ONCE)))
    return len(told)


def _first_page(visitor: Visitor) -> Row:
    """What a browser waits for, against drawing that page alone from the open file."""
    data = take_in(long_pdf(), name="long.pdf").data
    width = 1200
    with acting_as(visitor.user, on=TODAY):
        sent = Sent.of("long.pdf", data)
        made = add_file(part=visitor.part, sent=sent, by=visitor.user, on=TODAY).file
    assert made is not None
    address = reverse("file_page", args=[made.pk, 1, 1]) + f"?width={width}"
    with served("privacy_portal.wsgi:application") as server:
        shown = median_seconds(lambda: _ask(server, "GET", address, visitor), times=15)
    alone = median_seconds(lambda: _drawn_alone(data, width), times=15)
    sandboxed = median_seconds(lambda: page_picture(data, Kind.PDF, page=1, width=width), times=15)
    return Row(
        "first page of a PDF of 200 pages shown, against drawing that page alone",
        "under 3x",
        f"{shown / alone:.1f}x ({shown * 1000:.0f} ms against {alone * 1000:.0f} ms;"
        f" in the sandbox without the server {sandboxed * 1000:.0f} ms)",
    )


def _drawn_alone(data: bytes, width: int) -> bytes:
    """The same library in this process: opened, drawn, saved."""
    import io

    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    page = document[0]
    drawn = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    made = io.BytesIO()
    drawn.save(made, "WEBP", quality=85, method=2)
    document.close()
    return made.getvalue()
