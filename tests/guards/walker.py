"""Walks addresses as people of the cast, each request in a savepoint that is rolled back."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from access.middleware import MEMBERSHIPS, SEEN
from access.models import User
from audit.models import LogEntry
from tests.conftest import TlsClient
from tests.guards import patterns
from tests.guards.addresses import SAMPLES, Address
from tests.guards.seed import Seeded, markers_in
from tests.guards.table import KEYS, UNKNOWN, VISITOR, Row


@dataclass
class Answer:
    """What came back, and what the log says about it."""

    person: str
    whose: str
    method: str
    status: int
    location: str
    shown: set[tuple[str, str]]
    error: str = ""
    rows: list[LogEntry] = field(default_factory=list)

    def __str__(self) -> str:
        said = f"{self.person}, {self.whose}, {self.method}: {self.status}"
        return said + (f" ({self.error})" if self.error else "")


class Walker:
    """One browser that can be anybody."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        self.client: Client = TlsClient(raise_request_exception=False)
        self._sessions = {name: _session(user) for name, user in seeded.cast.people.items()}
        self._marks = {alias: transaction.savepoint(using=alias) for alias in connections}

    @property
    def people(self) -> list[str]:
        """Everybody of the cast, and a visitor."""
        return [VISITOR, *self._sessions]

    def urls(self, address: Address, row: Row, whose: str) -> list[str]:
        """The addresses to try for one pupil (or for a key of nothing)."""
        if not address.converters:
            all_keys: Any = {}
        elif whose == "unknown":
            all_keys = _unknown(address)
        elif row.keys is not None:
            all_keys = row.keys(self.seeded, whose)
        else:
            all_keys = {name: KEYS[name](self.seeded, whose) for name, _ in address.converters}
        lists = all_keys if isinstance(all_keys, list) else [all_keys]
        self._stay()  # what was made to be asked for
        return [reverse(address.name, kwargs=kwargs) + row.query for kwargs in lists]

    def ask(
        self,
        person: str,
        method: str,
        url: str,
        data: dict[str, Any] | None = None,
        *,
        whose: str = "",
        with_rows: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; nothing of it stays."""
        self._become(person)
        try:
            began = timezone.now()
            verb = self.client.get if method == "GET" else self.client.post
            response = verb(url, data or {}, headers=dict(headers or {}))
            answer = _read(response, person, whose, method)
            if with_rows and not connection.needs_rollback:
                answer.rows = _rows_since(began)
        finally:
            self._go_back()
        return answer

    @contextmanager
    def from_here(self) -> Iterator[None]:
        """What was changed just before stands for each request within `rolled_back`."""
        before = self._marks
        self._marks = {alias: transaction.savepoint(using=alias) for alias in connections}
        try:
            yield
        finally:
            self._marks = before

    def _stay(self) -> None:
        """What there is now, each request finds."""
        for alias, mark in self._marks.items():
            transaction.savepoint_commit(mark, using=alias)
            self._marks[alias] = transaction.savepoint(using=alias)

    def _go_back(self) -> None:
        """One savepoint for all requests: a new one for each would be four statements more."""
        for alias, mark in self._marks.items():
            connections[alias].needs_rollback = False
            transaction.savepoint_rollback(mark, using=alias)

    def _become(self, person: str) -> None:
        self.client.cookies = SimpleCookie()
        if person != VISITOR:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[person]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Savepoints on both databases, given up at the end whatever happened."""
    outer = [(alias, transaction.savepoint(using=alias)) for alias in connections]
    try:
        yield
    finally:
        for alias, name in outer:
            connections[alias].needs_rollback = False
            transaction.savepoint_rollback(name, using=alias)
            transaction.savepoint_commit(name, using=alias)


def _session(user: User) -> str:
    """A session of somebody who passed both factors, which no request has a reason to write."""
    store = SessionStore()
    store[SEEN] = int(time.time()) + 3600
    store[MEMBERSHIPS] = sorted(str(m.pk) for m in user.memberships_on(timezone.localdate()))
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["account_authentication_methods"] = [
        {"method": "password", "at": 0},
        {"method": "mfa", "at": 0, "type": "totp"},
    ]
    store.create()
    return str(store.session_key)


def _unknown(address: Address) -> dict[str, Any]:
    return {
        name: UNKNOWN if kind == "UUIDConverter" else SAMPLES[kind]
        for name, kind in address.converters
    }


@cache
def _query_of_rows() -> str:
    """The query for the rows between two times: put together once, for it is asked 17 000 times."""
    now = timezone.now()
    rows = LogEntry.objects.filter(timestamp__gte=now, timestamp__lt=now)
    return str(rows.query.sql_with_params()[0])


def _rows_since(began: datetime) -> list[LogEntry]:
    """With an end, so that PostgreSQL looks into one month of the log only."""
    soon = began + timedelta(minutes=10)
    return list(LogEntry.objects.raw(_query_of_rows(), [began, soon]))


def _read(response: Any, person: str, whose: str, method: str) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", errors="replace")
    if body.startswith(b"%PDF"):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    text += "\n".join(("", *patterns.words_in(body), ""))
    text += "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    error = getattr(response, "exc_info", None)
    return Answer(
        person=person,
        whose=whose,
        method=method,
        status=response.status_code,
        location=response.get("Location", ""),
        shown=markers_in(text),
        error=f"{error[0].__name__}: {error[1]}"[:300] if error else "",
    )
