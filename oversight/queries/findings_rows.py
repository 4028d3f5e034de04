"""The log of one day at one place, as the rules of findings read it: one pass, in bounded steps."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from access.models import Unit
from access.roles import ROLES
from audit import events as happened
from audit.events import Action, Outcome
from audit.marks import is_marked
from audit.models import LogEntry
from dossiers import events as dossiers
from dossiers.models import Dossier
from oversight.models import FindingRow
from oversight.rules.findings_checks import busiest
from oversight.rules.findings_facts import DOSSIER, Kind, Use
from students import events as students
from students.models import Board

STEP = 2000  # rows fetched at a time
_RIGHTS = {
    happened.ROLE_GIVEN,
    happened.ROLE_ENDED,
    happened.ACCOUNT_REOPENED,
    happened.SECOND_FACTOR_RESET,
    students.COLLEAGUE_NAMED,
    students.COLLEAGUE_UNNAMED,
    dossiers.MEDICAL_STAND_IN_NAMED,
}
_ASSIGNING = {
    dossiers.ASSIGNED,
    dossiers.ASSIGNMENT_CHANGED,
    dossiers.ASSIGNMENT_WITHDRAWN,
    dossiers.GROUP_ASSIGNED,
    dossiers.GROUP_WITHDRAWN,
    dossiers.GROUP_HANDED_OVER,
    dossiers.TEAM_CONFIRMED,
    dossiers.PROPOSALS_CONFIRMED,
}
_KINDS = {
    **{event.code: Kind.RIGHTS for event in _RIGHTS},
    **{event.code: Kind.ASSIGNING for event in _ASSIGNING},
    dossiers.CARD_OPENED_IN_AN_EMERGENCY.code: Kind.CARD,
}
_BY_ACTION = {
    Action.ACCESS: Kind.LOOK,
    Action.EXPORT: Kind.EXPORT,
    Action.PRINT: Kind.PRINT,
}
# Families are no staff: their section of the MR speaks for nobody else.
_NOT_STAFF = [code for code, role in ROLES.items() if not role.is_staff]


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The day's two midnights, here."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def rows_at(unit: Unit, first: date, last: date) -> QuerySet[LogEntry]:
    """Rows of the log from one day to another; what belongs to no place stands with the board."""
    start, end = bounds_of(first)[0], bounds_of(last)[1]
    where = Q(unit=unit.pk)
    if unit.kind == Unit.Kind.BOARD and Board.objects.order_by("pk").first() == Board(unit.pk):
        where |= Q(unit__isnull=True)
    return LogEntry.objects.filter(where, timestamp__gte=start, timestamp__lt=end)


def uses_on(unit: Unit, day: date) -> list[Use]:
    """What the rules look at: who looked, took along, was refused, or changed rights.

    Rows that the portal did not write are left to the check of the log: they accuse nobody.
    """
    looks = Q(action__in=_BY_ACTION, outcome=Outcome.SUCCESS) & ~Q(subjects=[])
    exports = Q(action__in=[Action.EXPORT, Action.PRINT], outcome=Outcome.SUCCESS)
    changes = Q(event__in=_KINDS, outcome=Outcome.SUCCESS)
    rows = (
        rows_at(unit, day, day)
        .filter(Q(outcome=Outcome.REFUSED) | looks | exports | changes)
        .exclude(actor_role__in=_NOT_STAFF)
        .exclude(event=happened.THUMBNAIL_SEEN.code)  # a page of files asks for many by itself
        .order_by("timestamp", "id")
    )
    found = [_use(row) for row in rows.iterator(chunk_size=STEP) if is_marked(row)]
    return _with_what_was_tried(found)


def _use(row: LogEntry) -> tuple[Use, str]:
    """A row as a rule reads it, and the key that a refused address named."""
    kind = _KINDS.get(row.event) or _BY_ACTION.get(Action(row.action), Kind.OTHER)
    if row.outcome == Outcome.REFUSED:
        kind = Kind.REFUSED
    use = Use(
        key=row.pk,
        at=timezone.localtime(row.timestamp),
        kind=kind,
        person=row.actor_id,
        pupils=tuple(row.subjects),
        ground=row.ground,
        address=row.remote_addr or "",
        number=_number(row.additional_data),
    )
    return use, row.object_pk if kind is Kind.REFUSED and row.actor_id else ""


def _number(detail: Any) -> int:
    """How many items were printed, or how many refusals this row counts."""
    if not isinstance(detail, dict):
        return 1
    printed = detail.get("printed")
    if isinstance(printed, dict):
        return max(1, sum(len(keys) for keys in printed.values()))
    number = detail.get("number")
    return number if isinstance(number, int) and "minute" in detail else 1


def _with_what_was_tried(found: list[tuple[Use, str]]) -> list[Use]:
    """A refusal names nobody; where its address named a dossier, the rules know whose."""
    tried = {uuid.UUID(key) for _use, key in found if _is_key(key)}
    rows = Dossier.objects.filter(pk__in=tried).values_list("pk", "pupil__log_key")
    whose = {str(pk): log_key for pk, log_key in rows}
    return [
        Use(use.key, use.at, use.kind, use.person, (whose[key],), use.ground, use.address)
        if key in whose
        else use
        for use, key in found
    ]


def _is_key(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _opened(unit: Unit, first: date, last: date, people: Collection[uuid.UUID]) -> Any:
    """Rows in which these people opened dossiers here."""
    rows = rows_at(unit, first, last).filter(
        actor__in=people, action__in=_BY_ACTION, outcome=Outcome.SUCCESS, ground__in=DOSSIER
    )
    return rows.exclude(event=happened.THUMBNAIL_SEEN.code).order_by("timestamp", "id")


def habits_of(
    people: Collection[uuid.UUID], unit: Unit, first: date, day: date, minutes: int
) -> dict[uuid.UUID, list[int]]:
    """Per person, for each day before on which they opened any: how many at their busiest."""
    days: dict[tuple[uuid.UUID, date], list[Use]] = {}
    rows = _opened(unit, first, day - timedelta(days=1), people)
    for row in rows.iterator(chunk_size=STEP):
        if row.actor_id and is_marked(row):  # a forged look must not change a habit either
            use = _use(row)[0]
            days.setdefault((row.actor_id, use.at.date()), []).append(use)
    found: dict[uuid.UUID, list[int]] = {}
    for (person, _day), theirs in days.items():
        found.setdefault(person, []).append(busiest(theirs, minutes)[0])
    return found


def earlier_looks(
    pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], unit: Unit, first: date, day: date, rule: str
) -> list[Use]:
    """Looks of some days before at these pupils by these people, in no finding of the rule yet."""
    wanted = set(pairs)
    people, pupils = {person for person, _ in wanted}, [pupil for _, pupil in wanted]
    rows = _opened(unit, first, day - timedelta(days=1), people).filter(subjects__overlap=pupils)
    taken = FindingRow.objects.filter(row=OuterRef("pk"), rule=rule)
    uses = [_use(row)[0] for row in rows.filter(~Exists(taken)) if is_marked(row)]
    return [use for use in uses if any((use.person, p) in wanted for p in use.pupils)]
