"""Who looked, in words: what a family reads of a line, and what stands beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.roles import ROLES
from audit.grounds import Ground
from oversight.models import LookQuestion
from oversight.rules.looks import Kind, Line

_KINDS: dict[str, Promise] = {
    Kind.DOSSIER: gettext_lazy("read in the dossier"),
    Kind.FILE: gettext_lazy("looked at a file"),
    Kind.PRINT: gettext_lazy("printed a part of the dossier"),
    Kind.DOWNLOAD: gettext_lazy("downloaded a file"),
    Kind.CARD: gettext_lazy("looked at the emergency card"),
}


def kind_in_words(kind: str) -> str:
    """What somebody did; of a kind that is gone, that they looked."""
    return str(_KINDS.get(kind, _("looked")))


def role_in_words(role: str) -> str:
    """A role; what is not said, or is gone, is a colleague like any other."""
    known = ROLES.get(role)
    return str(known.label) if known else _("somebody who works at the school")


@dataclass(frozen=True)
class Shown:
    """One line as it stands on the page."""

    key: uuid.UUID
    day: date
    who: str
    role: str  # empty when it stands as who
    what: str
    ground: str
    times: int
    school: str
    question: LookQuestion | None


def shown(
    lines: Iterable[Line],
    *,
    schools: Mapping[uuid.UUID | None, str],
    asked: Mapping[uuid.UUID, LookQuestion] | None = None,
) -> list[Shown]:
    """Lines in words; the school only where there are more than one."""
    return [_shown(line, schools, asked or {}) for line in lines]


def _shown(
    line: Line, schools: Mapping[uuid.UUID | None, str], asked: Mapping[uuid.UUID, LookQuestion]
) -> Shown:
    role = role_in_words(line.role)
    return Shown(
        key=line.key,
        day=line.day,
        who=line.name or role[:1].upper() + role[1:],
        role=role if line.name else "",
        what=kind_in_words(line.kind),
        ground="" if line.ground == Ground.NONE else str(Ground(line.ground).label),
        times=line.times,
        school=schools.get(line.school, "") if len(schools) > 1 else "",
        question=asked.get(line.key),
    )
