"""The door to the data: one transaction in which the database knows who acts and on which day.

Requests (through the innermost middleware), jobs, commands, the demo and tests all use it.
Inside, the database works under the role `portal_web`, so row-level security counts for
everybody, and a transaction that wrote something must have recorded why.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import Model

from access.models import User

WEB_ROLE = "portal_web"
_SET = (
    "select set_config('role', %s, true), set_config('portal.user', %s, true),"
    " set_config('portal.day', %s, true), set_config('portal.wrote', %s, true),"
    " set_config('portal.recorded', %s, true)"
)


class UnrecordedChange(RuntimeError):
    """Something was written and nothing was recorded: the transaction is rolled back."""


@dataclass(frozen=True)
class Job:
    """Acts without a person: a nightly job or a command, by its name."""

    name: str


Actor = User | Job


@dataclass(frozen=True)
class Damage:
    """Something kept that can't be opened any more: which row, about whom, at which school.

    `subjects` are the pupils' log keys; none for what is about no pupil.
    """

    target: Model
    subjects: tuple[uuid.UUID, ...]
    unit: uuid.UUID | None


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
    abandoned: bool = False
    damages: dict[uuid.UUID, Damage] = field(default_factory=dict)
    family_keys: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # audit/veils.py
    _undo: list[Callable[[], None]] = field(default_factory=list)

    @property
    def user_id(self) -> uuid.UUID | None:
        """The key of the person who acts, none for a job or a visitor."""
        return self.by.pk if isinstance(self.by, User) else None

    def abandon(self) -> None:
        """Rolls everything back when the door closes."""
        self.abandoned = True

    def meets(self, damage: Damage) -> None:
        """Notes what could not be opened; each stands in the log once, also when the page fails."""
        self.damages.setdefault(damage.target.pk, damage)

    def later(self) -> Work:
        """The same work after its door closed: what still happens stands with it in the log."""
        return Work(
            by=self.by,
            on=self.on,
            request_id=self.request_id,
            remote_addr=self.remote_addr,
            role=self.role,
            unit_id=self.unit_id,
        )

    def if_undone(self, undo: Callable[[], None]) -> None:
        """What to take away outside the database when the transaction is rolled back.

        Not when a commit was sent and its answer never came: then nobody knows (a sweep does).
        """
        self._undo.append(undo)

    def undo(self) -> None:
        """Takes away what `if_undone` was told of, the last first."""
        while self._undo:
            self._undo.pop()()


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
    is_whole = False
    try:
        with transaction.atomic():
            _tell_database(WEB_ROLE, work, read_only=read_only)
            yield work
            if work.abandoned:
                transaction.set_rollback(True)
            else:
                if not read_only and _wrote_unrecorded():
                    raise UnrecordedChange("a change was made that no action recorded")
                if before is not None:
                    _restore(before)
                is_whole = True  # only the commit remains
    finally:
        _current.reset(token)
        if not is_whole:
            work.undo()


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
            _SET + (", set_config('transaction_read_only', 'on', true)" if read_only else ""),
            [role, user, work.on.isoformat(), "", ""],
        )


def _wrote_unrecorded() -> bool:
    """Asks the database itself: triggers on every table say what was written and recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('portal.wrote', true) = 'yes'"
            " and current_setting('portal.recorded', true) is distinct from 'yes'"
        )
        (answer,) = cursor.fetchone()
        return bool(answer)


def _settings_before() -> tuple[str, ...] | None:
    """What the transaction around us was told and wrote; none when there is no such transaction."""
    if not connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('role'), coalesce(current_setting('portal.user', true), ''),"
            " coalesce(current_setting('portal.day', true), ''),"
            " coalesce(current_setting('portal.wrote', true), ''),"
            " coalesce(current_setting('portal.recorded', true), '')"
        )
        row: tuple[str, ...] = cursor.fetchone()
        return row


def _restore(before: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, list(before))
