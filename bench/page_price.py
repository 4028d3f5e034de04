"""The price of privacy: the dossier page with and without what protects it, part by part."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.urls import reverse

from access.acting import acting_as
from access.models import User
from bench.crowd import TODAY, the_crowd
from bench.report import Row
from bench.server import served
from bench.variants import PARTS
from bench.visitor import PROXY, signed_in_cookie
from dossiers import queries
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import Dossier, DossierPart, NoteVersion

NOTES = 20
ROUNDS = 5
SECONDS = 2.5
CLIENTS = 4
_TEXT = "Leest op niveau AVI-M6, vier weken eerder M5. Werkt tien minuten door zonder hulp. " * 5


def measure() -> list[Row]:
    """Throughput of each variant in turns, so that a slow minute hits all alike."""
    crowd = the_crowd()
    crowd.grow(300)
    counsellor = crowd.some_counsellor()
    sealed, plain = _two_dossiers(counsellor)
    cookie = signed_in_cookie(counsellor)
    variants: dict[str, tuple[str, ...]] = {"with everything": ()}
    variants |= {f"without {part}": (part,) for part in PARTS}
    variants["without any of them"] = PARTS
    rates: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, without in variants.items():
            dossier = plain if "decryption" in without else sealed
            with _server(without) as port:
                rates[name].append(_rate(port, reverse("dossier", args=[dossier.pk]), cookie))
    best = statistics.median(rates["without any of them"])
    everything = statistics.median(rates["with everything"])
    rows = [
        Row(
            f"the price of privacy: dossier page of {NOTES} notes, throughput against the same"
            " page without any of it",
            "aim 0.8, at least 0.5",
            f"{everything / best:.2f} ({everything:.0f} against {best:.0f} pages a second)",
        )
    ]
    rows += [
        Row(f"… {name}", "", f"{statistics.median(rates[name]) / everything:.2f}x of all")
        for name in variants
        if name not in ("with everything", "without any of them")
    ]
    rows.append(Row("… fsync of 8 kB on this disk", "", f"{_fsync() * 1000:.2f} ms"))
    return rows


def _two_dossiers(counsellor: User) -> tuple[Dossier, Dossier]:
    """The same twenty notes twice: sealed, and (for `without decryption`) as plain JSON."""
    with acting_as(counsellor, on=TODAY):
        found = list(queries.dossiers_visible_to(counsellor, on=TODAY)[:2])
    from vault.sealing import create_keys

    for dossier in found:
        parts = list(DossierPart.objects.filter(dossier=dossier))
        create_keys(part.pk for part in parts)
        part = next(p for p in parts if p.kind == "guidance")
        with acting_as(counsellor, on=TODAY):
            for n in range(NOTES):
                write_note(
                    part=part,
                    text=NoteText(f"Demo {n}", _TEXT, "Lijkt meer zelfvertrouwen te hebben."),
                    happened_on=TODAY,
                    by=counsellor,
                    on=TODAY,
                )
    plain = json.dumps(
        {"title": "Demo", "facts": _TEXT, "opinion": "Lijkt meer zelfvertrouwen te hebben."}
    ).encode()
    NoteVersion.objects.filter(note__part__dossier=found[1]).update(sealed=plain)
    return found[0], found[1]


@contextmanager
def _server(without: tuple[str, ...]) -> Iterator[int]:
    """The application without these parts, under the login it would have."""
    login = "owner" if "row-level security" in without else "web"
    with served("bench.variants:application", login=login, without=",".join(without)) as server:
        yield server.port


def _ask(connection: http.client.HTTPConnection, path: str, cookie: str) -> bytes:
    connection.request("GET", path, headers={**PROXY, "Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


def _rate(port: int, path: str, cookie: str) -> float:
    """Pages a second over a few connections that stay open, after warming up."""
    counts = [0] * CLIENTS
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in counts]
    for connection in connections:
        body = _ask(connection, path, cookie)
        if body.count(b"AVI-M6") < NOTES:
            raise RuntimeError("the page does not show its twenty notes")
    until = time.perf_counter() + SECONDS

    def visit(n: int) -> None:
        while time.perf_counter() < until:
            _ask(connections[n], path, cookie)
            counts[n] += 1

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _fsync() -> float:
    """Median seconds of one fsync where the databases stand."""
    path = Path(os.environ["PORTAL_BENCH_HOME"]) / "fsync"
    taken = []
    with path.open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 8192)
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(taken)
