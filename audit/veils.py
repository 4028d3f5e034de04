"""What a row about a child says of its family: keys that only the child's record leads back from.

A parent stays known through another child. So a row about a child holds, of whoever of the family
did it, a key made with that child's `family_key`, and so does a row about the parent's own record:
when the child's record goes, so does the only way back to the person. One row is about one child,
with a request number of its own and without an address: else the rows of brothers and sisters
would lead to each other.
"""

from __future__ import annotations

import copy
import hmac
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from access.acting import current_work
from access.models import User
from access.roles import FAMILY_ROLES
from audit import subjects
from audit.models import LogEntry

FAMILY = "family"  # who has no role any more, and never had one of staff


def is_of_family(entry: LogEntry) -> bool:
    """Whether a parent or pupil did this, as one."""
    return entry.actor_role in FAMILY_ROLES or entry.actor_name == FAMILY


def veil(secret: uuid.UUID, key: uuid.UUID | str) -> uuid.UUID:
    """The key under which a person stands in rows about the child with this secret."""
    made = hmac.digest(secret.bytes, f"portal family {key}".encode(), "sha256")
    return uuid.UUID(bytes=made[:16], version=4)


def veiled(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """The rows as they are written: those about children and their family apart for each child."""
    given = list(entries)
    hidden = [entry for entry in given if _leads_to_family(entry)]
    if not hidden:
        return given
    secrets = _secrets({key for entry in hidden for key in entry.subjects})
    return [row for entry in given for row in _of_each_child(entry, secrets)]


def _secrets(keys: set[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID]:
    """Asked once in a request, also where it writes several rows."""
    work = current_work()
    known = work.family_keys if work else {}
    if missing := keys - set(known):
        known.update(subjects.secrets(missing))
    return known


def _leads_to_family(entry: LogEntry) -> bool:
    return bool(entry.subjects) and (is_of_family(entry) or _is_about_family(entry))


def _is_about_family(entry: LogEntry) -> bool:
    """Whether the object of the row is somebody who stays when the child goes."""
    if entry.content_type_id is None:  # most rows: Django would look for it all the same
        return False
    kind = ContentType.objects.get_for_id(entry.content_type_id)
    return f"{kind.app_label}.{kind.model}" in subjects.who_stay()


def _of_each_child(entry: LogEntry, secrets: Mapping[uuid.UUID, uuid.UUID]) -> Sequence[LogEntry]:
    if not _leads_to_family(entry):
        return [entry]
    made = [entry]
    for _other in entry.subjects[1:]:
        row = copy.copy(entry)
        row._state = copy.copy(entry._state)
        row.id, row.timestamp = uuid.uuid4(), timezone.now()
        made.append(row)
    for row, key in zip(made, list(entry.subjects), strict=True):
        row.subjects = [key]
        _hide(row, secrets.get(key))
    return made


def _hide(row: LogEntry, secret: uuid.UUID | None) -> None:
    """A child without a record any more has no secret: then nobody stands in the row at all."""
    if _is_about_family(row):
        row.object_pk = str(veil(secret, row.object_pk)) if secret else ""
    row.cid = str(veil(secret, row.cid)) if secret else ""
    if is_of_family(row):
        row.actor_id = veil(secret, row.actor_id) if secret and row.actor_id else None
        row.remote_addr = None


# --- back to the person, while the record is there ------------------------------------------------


def people_behind(rows: Iterable[LogEntry]) -> dict[uuid.UUID, uuid.UUID]:
    """Which account each actor of a family is: itself, or the one that the child's record tells."""
    of_family = [row for row in rows if row.actor_id and is_of_family(row)]
    found = {row.actor_id: row.actor_id for row in of_family if row.actor_id and not row.subjects}
    keys = {key for row in of_family for key in row.subjects}
    ties = subjects.ties(keys=keys) if keys else []
    return found | {veil(tie.secret, tie.person): tie.person for tie in ties}


def keys_of(people: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Every key under which these accounts stand in the log: their own, and one for each child."""
    asked = list(people)
    return [*asked, *(veil(tie.secret, tie.person) for tie in subjects.ties(people=asked))]


def keys_of_reader(user: User) -> tuple[list[uuid.UUID], list[str]]:
    """The reader's own children, and how the reader's account stands as an object in the log."""
    ties = subjects.ties(people=[user.pk])
    own = [str(user.pk), *(str(veil(tie.secret, user.pk)) for tie in ties)]
    return [tie.log_key for tie in ties if not tie.is_pupil], own
