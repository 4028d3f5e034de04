"""The door to the data: one transaction in which the database knows who acts and on which day.

Requests (through the innermost middleware), jobs, commands, the demo and tests all use it.
Inside, the database works under the role `portal_web`, so row-level security counts for
everybody, and a transaction that wrote something must have recorded why.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from access.models import User

WEB_ROLE = "portal_web"
_WRITING = ("insert", "update", "delete", "copy", "merge", "truncate")
# Tables whose rows carry no decision about anybody: progress and the library's own bookkeeping.
_BOOKKEEPING = (
    '"audit_logentry"',
    '"django_session"',
    '"portal_cache"',
    '"procrastinate_',
    '"usersessions_',
    '"mfa_authenticator"',
    "pg_temp",
)


class UnrecordedChange(RuntimeError):
    """Something was written and nothing was recorded: the transaction is rolled back."""


@dataclass(frozen=True)
class Job:
    """Acts without a person: a nightly job or a command, by its name."""

    name: str


Actor = User | Job


@dataclass
class Work:
    """What is going on inside one door: who, when, from where, and what was written."""

    by: Actor | None
    on: date
    request_id: uuid.UUID = field(default_factory=uuid.uuid4)
    remote_addr: str | None = None
    role: str = ""
    unit_id: uuid.UUID | None = None
    read_only: bool = False
    writes: int = 0
    events: int = 0
    abandoned: bool = False
    _at_savepoint: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def user_id(self) -> uuid.UUID | None:
        """The key of the person who acts, none for a job or a visitor."""
        return self.by.pk if isinstance(self.by, User) else None

    def count_write(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Database wrapper: notes that something was written (see UnrecordedChange).

        A statement that touched no row changed nothing: somebody else was first.
        """
        done = execute(sql, params, many, context)
        if "SAVEPOINT" in sql[:21]:
            self._follow_savepoint(sql)
        elif (
            sql.lstrip()[:8].lower().startswith(_WRITING)
            and not any(table in sql for table in _BOOKKEEPING)
            and context["cursor"].rowcount != 0
        ):
            self.writes += 1
        return done

    def _follow_savepoint(self, sql: str) -> None:
        """An action that was refused half-way is rolled back: it wrote and recorded nothing."""
        name = sql.split()[-1]
        if sql.startswith("SAVEPOINT"):
            self._at_savepoint[name] = (self.writes, self.events)
        elif sql.startswith("ROLLBACK") and name in self._at_savepoint:
            self.writes, self.events = self._at_savepoint[name]

    def abandon(self) -> None:
        """Rolls everything back when the door closes."""
        self.abandoned = True


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def current_work() -> Work | None:
    """The work going on, if any."""
    return _current.get()


@contextmanager
def acting_as(
    by: Actor | None, *, on: date, read_only: bool = False, work: Work | None = None
) -> Iterator[Work]:
    """Opens the door for `by` on the day `on`; closes it with a commit or, on error, a rollback.

    Raises UnrecordedChange when something was written without an event in the log. Within
    another transaction (tests) it is a savepoint, and the role before it comes back.
    """
    work = work or Work(by=by, on=on)
    work.read_only = read_only
    before = _settings_before()
    token = _current.set(work)
    try:
        with transaction.atomic(), connection.execute_wrapper(work.count_write):
            _tell_database(WEB_ROLE, work, read_only=read_only)
            yield work
            if work.abandoned:
                transaction.set_rollback(True)
            elif work.writes and not work.events:
                raise UnrecordedChange("a change was made that no action recorded")
            elif before is not None:
                _restore(before)
    finally:
        _current.reset(token)


@contextmanager
def before_the_door(work: Work) -> Iterator[Work]:
    """Knows who acts and from where without a transaction: sign-in pages stand before the gate."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def _tell_database(role: str, work: Work, *, read_only: bool) -> None:
    user = str(work.user_id or "")
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('role', %s, true), set_config('portal.user', %s, true),"
            " set_config('portal.day', %s, true)"
            + (", set_config('transaction_read_only', 'on', true)" if read_only else ""),
            [role, user, work.on.isoformat()],
        )


def _settings_before() -> tuple[str, str, str] | None:
    """Role, user and day of the transaction around us; none when there is no such transaction."""
    if not connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('role'), coalesce(current_setting('portal.user', true), ''),"
            " coalesce(current_setting('portal.day', true), '')"
        )
        row: tuple[str, str, str] = cursor.fetchone()
        return row


def _restore(before: tuple[str, str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('role', %s, true), set_config('portal.user', %s, true),"
            " set_config('portal.day', %s, true)",
            list(before),
        )
