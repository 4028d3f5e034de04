"""One large import in a process of its own, so that its memory can be told; see roster_import."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

PARTS_OF_WORK = (
    "read",
    "plan",
    "keep the plan",
    "approve",
    "apply",
    "of which dossiers and keys",
    "commit",
)


def _time(figures: dict[str, float], part: str, place: Any, name: str) -> None:
    """Adds what a function takes to the figures of a part."""
    inner = getattr(place, name)

    def outer(*args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        try:
            return inner(*args, **kwargs)
        finally:
            figures[part] += perf_counter() - started

    setattr(place, name, outer)


def run_import(school_id: str, user_id: str, data: bytes) -> dict[str, float]:
    """One import in a process of its own, so that its memory can be told; seconds by part."""
    from access.acting import acting_as
    from access.models import User
    from students.models import RosterImport, School
    from students.roster import actions, state
    from students.roster.actions import reading
    from students.roster.applying import RosterWork

    by, school = User.objects.get(pk=user_id), School.objects.get(pk=UUID(school_id))
    on = date(2026, 11, 16)
    figures = dict.fromkeys(PARTS_OF_WORK, 0.0)
    _time(figures, "read", reading, "read_upload")
    _time(figures, "plan", state, "known_school")
    _time(figures, "plan", reading, "plan_roster")
    _time(figures, "keep the plan", reading, "store_lines")
    _time(figures, "of which dossiers and keys", RosterWork, "_tell_rooms_above")
    began = perf_counter()
    with acting_as(by, on=on):
        made = actions.read_roster(school=school, data=data, source="bench", by=by, on=on)
    del data
    started = perf_counter()
    with acting_as(by, on=on):
        actions.approve_import(roster_import=made, by=by, on=on)
    figures["approve"] = perf_counter() - started
    started = perf_counter()
    with acting_as(by, on=on):
        done = actions.apply_import(import_id=made.pk, by=by, on=on)
        figures["apply"] = perf_counter() - started
    figures["commit"] = perf_counter() - started - figures["apply"]
    figures["import"] = perf_counter() - began
    assert done.state == RosterImport.State.APPLIED
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    figures["megabytes"] = int(peak.split()[1]) / 1024
    return figures


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_portal.settings")
    django.setup()
    print(json.dumps(run_import(sys.argv[1], sys.argv[2], sys.stdin.buffer.read())))
