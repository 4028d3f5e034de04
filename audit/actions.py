"""Writing the log: every row goes through `write`, which marks it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from access.acting import Actor, Work, current_work
from access.models import User
from access.roles import FAMILY_ROLES
from audit.events import DAMAGE_MET, Event, Outcome
from audit.grounds import Ground
from audit.marks import Keys, mark_of, values_of
from audit.models import LogEntry
from audit.prepared import prepared_cursor
from audit.proof import COLUMNS, SEPARATOR
from audit.veils import FAMILY, veiled


class NoDoorOpen(RuntimeError):
    """An action ran outside `acting_as`: nobody knows who acts, so nothing may be written."""


def record(
    event: Event,
    *,
    by: Actor | None,
    subjects: Iterable[uuid.UUID] = (),
    unit: uuid.UUID | None = None,
    target: Model | None = None,
    changed: Iterable[str] = (),
    ground: str = Ground.NONE,
    detail: dict[str, Any] | None = None,
    outcome: str = Outcome.SUCCESS,
) -> LogEntry:
    """Adds one row for what an action did, in the action's own transaction.

    `subjects` are log keys of pupils; `changed` names fields, never values; `detail` holds keys
    and counts, never names or content. Raises NoDoorOpen outside `acting_as` or a request.
    """
    work = current_work()
    if work is None:
        raise NoDoorOpen(event.code)
    entry = row(work, event, by=by, subjects=subjects, ground=ground, outcome=outcome)
    entry.unit = unit or entry.unit
    if target is not None:
        entry.content_type = ContentType.objects.get_for_model(target)
        entry.object_pk = str(target.pk)
    entry.changes = sorted(changed) or None
    entry.additional_data = detail
    write([entry])
    return entry


# Neither number (the database gives it) nor a row without its mark.
_WRITTEN = (*COLUMNS, "mark")
_PLACES = f"({', '.join(['%s'] * len(_WRITTEN))})"
_INSERT = f"insert into audit_logentry ({', '.join(_WRITTEN)}) values "  # nosec B608  our own names
_PLAIN = frozenset({str, int, bool, type(None)})
_TEXTS = ("event", "outcome", "actor_name", "actor_role", "ground", "object_pk", "cid")


def write(entries: Iterable[LogEntry]) -> None:
    """Adds rows to the log, each with its mark, in one statement. Nothing else adds any.

    One about several children of a family becomes a row for each of them (audit/veils.py).
    """
    made = veiled(entries)
    if not made:
        return
    rows: list[str | None] = []
    for entry in made:
        _settle(entry)
        values = values_of(entry)
        entry.mark = mark_of(values)
        rows += [*map(_text, values.values()), f"\\x{entry.mark.hex()}"]
    places = ", ".join([_PLACES] * len(made))
    with prepared_cursor() as cursor:
        cursor.execute(f"{_INSERT}{places}", rows)
    for entry in made:
        entry._state.adding = False


def _settle(entry: LogEntry) -> None:
    """What is signed is what will be stored: JSON as JSON has it, and no separator in a text."""
    for name in ("changes", "additional_data"):
        given = getattr(entry, name)
        if given is not None and not _is_plain(given):
            setattr(entry, name, json.loads(json.dumps(given)))
    for name in _TEXTS:
        text = getattr(entry, name)
        if type(text) is not str or SEPARATOR in text:
            setattr(entry, name, str(text).replace(SEPARATOR, " "))


def _is_plain(given: Any) -> bool:
    """Whether JSON gives it back as it is: what most rows say of themselves."""
    return type(given) is dict and all(
        type(key) is str and type(value) in _PLAIN for key, value in given.items()
    )


def _text(value: Any) -> str | None:
    """As PostgreSQL reads it: keys of pupils are an array, everything else that nests is JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Keys):
        return f"{{{','.join(value)}}}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def record_damage(work: Work) -> None:
    """Adds the rows about what could not be opened, in the open door."""
    write(damage_rows(work))


def damage_rows(work: Work) -> list[LogEntry]:
    """Rows not yet saved about what could not be opened: one for each thing."""
    entries = []
    for damage in work.damages.values():
        entry = row(work, DAMAGE_MET, by=work.by, subjects=damage.subjects, outcome=Outcome.FAILED)
        entry.unit = damage.unit or entry.unit
        entry.content_type = ContentType.objects.get_for_model(damage.target)
        entry.object_pk = str(damage.target.pk)
        entries.append(entry)
    return entries


def row(
    work: Work,
    event: Event,
    *,
    by: Actor | None,
    subjects: Iterable[uuid.UUID] = (),
    ground: str = Ground.NONE,
    outcome: str = Outcome.SUCCESS,
) -> LogEntry:
    """A row not yet saved, with who and from where as the work knows it."""
    person = by if isinstance(by, User) else None
    role = _role_of(person, work) if person else ("job" if by else "")
    return LogEntry(
        event=event.code,
        action=event.action,
        outcome=outcome,
        subjects=list(subjects),
        actor_id=person.pk if person else None,
        actor_name=name_in_log(person, role) if person else (by.name if by else ""),
        actor_role=role,
        ground=ground,
        unit=work.unit_id or _unit_of(person, work),
        cid=str(work.request_id),
        remote_addr=work.remote_addr,
    )


def name_in_log(person: User, role: str) -> str:
    """The name of who works here; of a parent or pupil only what they are.

    A pupil's own name, or a parent's, would say whose the row is once the pupil's record is gone.
    Who reads the log meanwhile is told by the account (audit/lines.py).
    """
    works = role not in FAMILY_ROLES if role else person.has_ever_worked
    return person.name if works else role or FAMILY


def _unit_of(person: User | None, work: Work) -> uuid.UUID | None:
    """Where somebody acts, when nothing says so: where they work, else where they are family."""
    held = person.first_membership_on(work.on) if person else None
    return held.unit_id if held else None


def _role_of(person: User, work: Work) -> str:
    """The role in which somebody acts: the one that opened the page, else staff, else family."""
    if work.role:
        return work.role
    held = person.first_membership_on(work.on)
    return held.role if held else ""
