"""Parents who sign at the same moment, through a real server."""

from __future__ import annotations

import http.client
import statistics
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse

from access.models import Membership, User
from bench import bare
from bench.bare_rows import TABLE
from bench.crowd import STARTED, the_crowd
from bench.families import PURPOSES
from bench.report import Row
from bench.server import served
from bench.visitor import PROXY, signed_in_cookie
from consent.models import Answer, Request
from students.models import Parent

_TOKEN = "b" * 32
_ROUNDS = 3


@dataclass
class Signer:
    """A parent with a browser that stays connected."""

    parent: Parent
    pupil: str
    requests: list[Request]
    cookie: str
    connection: http.client.HTTPConnection

    def post(self, path: str, fields: Mapping[str, object]) -> str:
        """Sends a form; where it leads."""
        body = urlencode({**fields, "csrfmiddlewaretoken": _TOKEN}, doseq=True)
        headers = {
            **PROXY,
            "Cookie": f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={_TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://localhost",
        }
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in (200, 302):
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer.headers.get("Location", "")

    def choose(self, word: str) -> str:
        """Answers every question of the child; gives the address to sign at."""
        fields = {f"answer-{row.pk}": word for row in self.requests}
        for row in self.requests:
            last = Answer.objects.filter(request=row).order_by("-answered_at").first()
            fields[f"seen-{row.pk}"] = str(last.pk) if last else ""
        return self.post(reverse("questions", args=[self.pupil]), fields)

    def insert(self) -> None:
        """The same answers, kept by a page that only inserts."""
        first = self.requests[0]
        fields = {
            "pupil": self.pupil,
            "school": first.school_id,
            "parent": self.parent.pk,
            "from": first.counts_from,
            "until": first.counts_until,
            "request": [row.pk for row in self.requests],
            "purpose": [row.purpose_id for row in self.requests],
            "text": [row.text_id for row in self.requests],
        }
        self.post("/bench/answers/", fields)


def at_once(count: int) -> list[Row]:
    """Everybody signs; errors and lost answers stop the measuring."""
    signing: list[float] = []
    inserting: list[float] = []
    least: list[float] = []
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(bare.TABLE)
        cursor.execute(bare.RIGHTS)
    with served("privacy_portal.wsgi:application", settings="bench.bare_settings") as server:
        signers = [_signer(parent, server.port) for parent in _parents(count)]
        for turn in range(_ROUNDS):
            word = ("no", "yes")[turn % 2]
            before = Answer.objects.count()
            places = [signer.choose(word) for signer in signers]
            signing.append(
                _together([partial(s.post, p, {}) for s, p in zip(signers, places, strict=True)])
            )
            if Answer.objects.count() - before != count * PURPOSES:
                raise RuntimeError("an answer was lost")
            inserting.append(_together([s.insert for s in signers]))
            place = f"/bench/{PURPOSES}/"
            least.append(_together([partial(s.post, place, {}) for s in signers]))
    ours, bare_ones, fastest = (
        count / statistics.median(taken) for taken in (signing, inserting, least)
    )
    return [
        Row(
            f"{count} parents signing {PURPOSES} answers at once, identity confirmed: throughput"
            " against a bare insert of the same rows through the same server",
            "no error, no lost answer; at least 0.5",
            f"{ours / bare_ones:.2f} ({ours:.0f} against {bare_ones:.0f} parents a second);"
            " none lost",
        ),
        Row(
            f"… against inserting {PURPOSES} rows of four columns without an index",
            "",
            f"{ours / fastest:.2f} ({fastest:.0f} parents a second)",
        ),
    ]


def _together(acts: list[Callable[[], object]]) -> float:
    """Seconds until all of them are done, begun at once."""
    ready = threading.Barrier(len(acts) + 1)
    wrong: list[BaseException] = []

    def one(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    ready.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    taken = perf_counter() - start
    if wrong:
        raise wrong[0]
    return taken


def _parents(count: int) -> list[Parent]:
    """Parents of one child each, with an account."""
    unit = the_crowd().school.unit
    parents = list(Parent.objects.filter(user=None).order_by("pk")[:count])
    for number, parent in enumerate(parents):
        parent.user = User.objects.create_user(f"bench-parent-{number}", name="Demo ouder")
        Membership.objects.create(user=parent.user, role="parent", unit=unit, starts_on=STARTED)
        parent.save(update_fields=["user"])
    return parents


def _signer(parent: Parent, port: int) -> Signer:
    rows = list(Request.objects.filter(parent=parent))
    assert parent.user is not None
    return Signer(
        parent,
        str(rows[0].pupil_id),
        rows,
        signed_in_cookie(parent.user),
        http.client.HTTPConnection("127.0.0.1", port, timeout=120),
    )
