"""Keeps a plan's lines in the database, and reads them back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from students.models import Pupil, RosterImport, RosterLine
from students.models.sealed import sealed_json
from students.roster.plan import Answer, Change, Decision, Doubt, Line, Subject

_COLUMNS = (
    "roster_import_id, place, change, subject, line, key, target, pupil, before, after,"
    " doubt, candidates, answer, candidate"
)


def store_lines(roster_import: RosterImport, lines: Iterable[Line]) -> None:
    """Writes all lines at once."""
    with connection.cursor() as cursor:
        copying: Any = cursor.copy(f"COPY students_rosterline ({_COLUMNS}) FROM STDIN")
        with copying as copy:
            for place, line in enumerate(lines):
                copy.write_row(
                    (
                        roster_import.pk,
                        place,
                        line.change,
                        line.subject,
                        line.line,
                        line.key,
                        line.target,
                        str(line.after.get("pupil") or "") if line.subject is Subject.LINK else "",
                        sealed_json(line.before),
                        sealed_json(line.after),
                        line.doubt or "",
                        json.dumps(line.candidates) if line.candidates else "[]",
                        "",
                        "",
                    )
                )


def stored_lines(roster_import: RosterImport) -> Iterator[tuple[Line, Decision | None]]:
    """Each line in order, with what was decided on it."""
    rows = RosterLine.objects.filter(roster_import=roster_import).order_by("place")
    for row in rows.iterator(chunk_size=2000):
        yield line_of(row), decision_on(row)


def line_of(row: RosterLine) -> Line:
    """The line that a row keeps."""
    return Line(
        change=Change(row.change),
        subject=Subject(row.subject),
        line=row.line,
        key=row.key,
        target=row.target,
        before=row.before,
        after=row.after,
        doubt=Doubt(row.doubt) if row.doubt else None,
        candidates=tuple(row.candidates),
    )


def decision_on(row: RosterLine) -> Decision | None:
    """What a person decided on this line, if anything."""
    if not row.answer:
        return None
    return Decision(Answer(row.answer), row.candidate, row.left_on)


def pupil_keys_of(lines: Iterable[Line]) -> set[uuid.UUID]:
    """The portal's own keys of the pupils whom lines are about, candidates included."""
    found: set[uuid.UUID] = set()
    for line in lines:
        if line.subject is Subject.PUPIL:
            found.update(uuid.UUID(key) for key in (line.target, *line.candidates) if key)
        elif line.subject is Subject.LINK and line.after.get("pupil"):
            found.add(uuid.UUID(str(line.after["pupil"])))
    return found


def log_keys_of(pupil_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """How the log points at these pupils."""
    found = Pupil.objects.filter(pk__in=list(pupil_ids))
    return list(found.order_by("pk").values_list("log_key", flat=True))
