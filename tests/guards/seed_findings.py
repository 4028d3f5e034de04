"""A finding about who opened a pupil's dossier, with a note and a reply that are marked."""

from __future__ import annotations

from dataclasses import dataclass

from access.acting import acting_as
from audit.models import LogEntry
from oversight.actions.findings_judging import judge_finding, reply_to_finding
from oversight.actions.findings_settings import Decided, record_assent
from oversight.models import Assent, Finding, FindingRow
from tests.cast import Cast

# Whose looks at that pupil stood out; each opens that dossier today.
FOUND = {"own": "coordinator", "other": "other_counsellor", "foreign": "foreign_counsellor"}


@dataclass(frozen=True)
class SeededFinding:
    """The keys of what stands about one pupil."""

    finding: Finding
    assent: Assent


def seed_finding(
    cast: Cast, key: str, *, request_id: object, judged: str, said: str
) -> SeededFinding:
    """One finding that rests on one row of the log."""
    there = key == "foreign"
    school = cast.other_school if there else cast.school
    director, person = (
        cast.other_director if there else cast.director,
        cast.people[FOUND[key]],
    )
    row = LogEntry.objects.get(cid=str(request_id))
    finding = Finding.objects.create(
        unit=school.unit,
        rule="emergency-card",
        day=cast.today,
        person=person,
        severity="middle",
        measured={"number": 1, "least": 1},
        subjects=[cast.pupils[key].log_key],
    )
    FindingRow.objects.create(
        finding=finding, rule=finding.rule, row=row.pk, row_time=row.timestamp
    )
    on = cast.today
    with acting_as(person, on=on):
        reply_to_finding(finding=finding, words=said, by=person, on=on)
    with acting_as(director, on=on):
        judge_finding(finding=finding, outcome="explained", note=judged, seen=0, by=director, on=on)
        standing = Assent.objects.filter(school=school, withdrawn_at__isnull=True).first()
        decided = Decided(on, "Demo Secretary", "Agreed, point 4")
        assent = standing or record_assent(school=school, decided=decided, by=director, on=on)
    return SeededFinding(finding, assent)
