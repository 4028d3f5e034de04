"""Looking at a day of the log: findings are made once, whole, whoever else does it too."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from access.acting import Job
from access.models import Unit
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from oversight import events
from oversight.models import Finding, FindingDay, FindingRow
from oversight.queries.findings_facts import DayAtUnit
from oversight.rules.findings import Setting, findings_in
from oversight.rules.findings_facts import Found

_CATCH_UP = 31  # days at most that a night makes good
_BATCH = 1000


@dataclass(frozen=True)
class Looked:
    """What came of one day: how many rows were looked at, and how many findings there are."""

    rows: int = 0
    findings: int = 0
    was_done: bool = False


@transaction.atomic
def look_at_day(*, unit: Unit, day: date, by: Job, on: date, dry_run: bool = False) -> Looked:
    """Puts one past day of one school or board to the rules and keeps what they found.

    Done once: a day that was looked at is left as it is, whatever was set since. Two at once wait
    for each other; one that is broken off leaves nothing. A dry run only counts.
    """
    if day >= on:
        raise ValueError("only a day that is over is looked at")
    wait_for_turn(uuid.uuid5(unit.pk, "findings"))
    if FindingDay.objects.filter(unit=unit, day=day).exists():
        return Looked(was_done=True)
    at = DayAtUnit.of(unit, day)
    facts = at.facts()
    found = list(findings_in(facts, at.settings))
    looked = Looked(len(facts.uses), len(found))
    if dry_run:
        return looked
    FindingDay.objects.create(unit=unit, day=day, has_assent=at.has_assent, rows_read=looked.rows)
    _keep(found, at)
    record(
        events.DAY_LOOKED_AT,
        by=by,
        unit=unit.pk,
        ground=Ground.SYSTEM,
        detail={"day": day.isoformat(), "rows": looked.rows, "findings": looked.findings},
    )
    return looked


def days_to_look_at(unit: Unit, *, on: date) -> list[date]:
    """The past days since the last one looked at: usually yesterday, more after a standstill."""
    yesterday = on - timedelta(days=1)
    rows = FindingDay.objects.filter(unit=unit)
    last = rows.aggregate(last=Max("day"))["last"] or yesterday - timedelta(days=1)
    first = max(last + timedelta(days=1), on - timedelta(days=_CATCH_UP))
    return [first + timedelta(days=n) for n in range((on - first).days)]


def units_to_look_at() -> list[Unit]:
    """Every school and board."""
    return list(Unit.objects.order_by("pk"))


def _keep(found: Iterable[Found], at: DayAtUnit) -> None:
    """The findings, each with its rows; a row stays with the finding of a rule that has it."""
    findings, rows = [], []
    for one in found:
        finding = _finding(one, at, at.settings[one.rule])
        findings.append(finding)
        rows += [
            FindingRow(finding=finding, rule=one.rule, row=use.key, row_time=use.at)
            for use in one.uses
        ]
    Finding.objects.bulk_create(findings, batch_size=_BATCH)
    FindingRow.objects.bulk_create(rows, batch_size=_BATCH)


def _finding(found: Found, at: DayAtUnit, setting: Setting) -> Finding:
    return Finding(
        unit=at.unit,
        rule=found.rule,
        day=at.day,
        person_id=found.person,
        severity=setting.severity,
        measured=dict(found.measured),
        subjects=found.pupils,
    )
