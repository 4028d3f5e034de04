"""Rows of a log as if people had looked for weeks, made the way every row is made."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta

from access.acting import Work
from access.models import User
from audit.actions import row, write
from audit.events import EVENTS
from audit.models import LogEntry
from oversight.rules.reports import Period

KINDS = ("page-seen", "file-seen", "page-listed", "printed", "thumbnail-seen", "exported")


def one(
    who: User,
    pupils: list[uuid.UUID],
    school: uuid.UUID,
    moment: datetime,
    *,
    event: str = "page-seen",
    ground: str = "assignment",
    outcome: str = "success",
    page: str = "dossier",
) -> LogEntry:
    """One row, not yet written."""
    entry = row(
        Work(by=who, on=moment.date()),
        EVENTS[event],
        by=who,
        subjects=pupils,
        ground=ground,
        outcome=outcome,
    )
    entry.unit, entry.timestamp = school, moment
    entry.additional_data = {"page": page, "method": "GET", "status": 200}
    return entry


def many(cast, period: Period, number: int, *, seed: int = 5) -> list[LogEntry]:
    """Rows of both schools in and just around a period, of everything that happens there."""
    chance = random.Random(seed)
    start = period.begins - timedelta(hours=30)
    seconds = int((period.ends - period.begins).total_seconds()) + 60 * 3600
    people = [cast.counsellor, cast.coordinator, cast.director, cast.administrator, cast.parent]
    keys = [pupil.log_key for pupil in cast.pupils.values()]
    rows = [
        one(
            chance.choice(people),
            chance.sample(keys, chance.choice((0, 1, 1, 1, 3))),
            chance.choice((cast.school.pk, cast.school.pk, cast.other_school.pk)),
            start + timedelta(seconds=chance.randrange(seconds)),
            event=chance.choice(KINDS),
            ground=chance.choice(("assignment", "custodian", "own", "none")),
            outcome=chance.choice(("success", "success", "refused", "failed")),
            page=chance.choice(("dossier", "note", "log")),
        )
        for _n in range(number)
    ]
    for made in rows:
        if made.actor_id == cast.parent.pk:  # a family looks at its own, and is refused unnamed
            made.ground = "own"
            made.subjects = [] if made.outcome == "refused" else made.subjects
    write(rows)
    return rows
