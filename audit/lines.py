"""Rows of the log as a reader sees them: in words, with the names that are still known."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.roles import ROLES
from audit.events import REFUSALS_HELD_BACK
from audit.grounds import Ground
from audit.models import LogEntry
from audit.pages import label_of
from audit.subjects import Subject
from audit.veils import is_of_family

NAMES_SHOWN = 3  # of a list that a row is about; the others are counted
_STATES = {"success": "neutral", "refused": "attention", "failed": "no"}


@dataclass(frozen=True)
class Line:
    """One row in words."""

    when: datetime
    who: str
    role: str
    what: str
    page: str
    fields: str
    subjects: list[Subject]
    others: int
    ground: str
    outcome: str
    state: str
    request_id: str
    address: str


def lines(
    rows: Iterable[LogEntry],
    known: Mapping[uuid.UUID, Subject],
    *,
    family: Mapping[uuid.UUID, str] | None = None,
    all_names: bool = False,
) -> list[Line]:
    """Each row in words; `known` are the pupils the reader may see named.

    `family`: the names of parents and pupils by their accounts, as no row holds those.
    """
    most = None if all_names else NAMES_SHOWN
    return [_line(row, known, family or {}, most) for row in rows]


def shown_in(made: Iterable[Line]) -> list[Subject]:
    """The pupils whose names stand in these lines."""
    return [subject for line in made for subject in line.subjects]


def _line(
    row: LogEntry,
    known: Mapping[uuid.UUID, Subject],
    family: Mapping[uuid.UUID, str],
    most: int | None,
) -> Line:
    named = [known[key] for key in row.subjects if key in known][:most]
    role = ROLES.get(row.actor_role)
    detail = row.additional_data if isinstance(row.additional_data, dict) else {}
    return Line(
        when=row.timestamp,
        who=_who(row, known, family),
        role=str(role.label) if role else "",
        what=row.event_label,
        page=label_of(str(detail["page"])) if "page" in detail else "",
        fields=_fields(row, detail),
        subjects=named,
        others=len(row.subjects) - len(named),
        ground="" if row.ground == Ground.NONE else str(Ground(row.ground).label),
        outcome=row.get_outcome_display(),
        state=_STATES.get(row.outcome, "neutral"),
        request_id=row.cid,
        address=row.remote_addr or "",
    )


def _who(row: LogEntry, known: Mapping[uuid.UUID, Subject], family: Mapping[uuid.UUID, str]) -> str:
    """Staff as they were called then; family by their account, as long as the child is known."""
    if not is_of_family(row):
        return row.actor_name
    is_gone = row.subjects and not any(key in known for key in row.subjects)
    role = ROLES.get(row.actor_role)
    of_family = str(role.label) if role else _("somebody of a family")
    name = family.get(row.actor_id, "") if row.actor_id else ""
    return of_family if is_gone or not name else name


def _fields(row: LogEntry, detail: Mapping[str, object]) -> str:
    """Which fields changed; how much was printed; how many refusals were only counted."""
    if row.event == REFUSALS_HELD_BACK.code:
        return _("%(number)s times") % {"number": detail.get("number", "")}
    printed = detail.get("printed")
    if isinstance(printed, dict):
        number = sum(len(keys) for keys in printed.values())
        return ngettext("%(number)s item", "%(number)s items", number) % {"number": number}
    return ", ".join(row.changes) if isinstance(row.changes, list) else ""
