"""Where the staff section agreed, and whose boards set rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from access.models import Unit, User
from access.permissions import Permission
from access.visibility import visibility_of
from oversight.models import Assent
from oversight.queries.findings_sealed import assent_or_none, reason_or_none
from students.models import Board, School
from vault.sealing import keyring


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_of_assent_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose findings `user` reads: there they see what the staff section decided."""
    units = user.units_with(Permission.READ_FINDINGS, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_of_assent_kept_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools for which `user` records it."""
    units = user.units_with(Permission.KEEP_STAFF_ASSENT, day)
    return rows.filter(Q(pk__in=units) | Q(board__in=units))


@visibility_of(lambda: Assent.objects.select_related("school__unit", "recorded_by", "withdrawn_by"))
def assents_visible_to(rows: QuerySet[Assent], user: User, day: date) -> QuerySet[Assent]:
    """What was recorded about them, with those that were withdrawn."""
    return rows.filter(school__in=schools_of_assent_visible_to(user, on=day).values("pk"))


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_of_assent_ended_by(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools for which `user` records that it was withdrawn: for the board, not as director.

    Findings are about directors too. Nobody ends those about themselves.
    """
    units = user.units_with(Permission.KEEP_STAFF_ASSENT, day)
    return rows.filter(board__in=units).exclude(pk__in=units)


@visibility_of(lambda: Assent.objects.select_related("school__unit"))
def assents_ended_by(rows: QuerySet[Assent], user: User, day: date) -> QuerySet[Assent]:
    """Those that `user` may record as withdrawn."""
    return rows.filter(school__in=schools_of_assent_ended_by(user, on=day).values("pk"))


@visibility_of(lambda: School.objects.select_related("unit", "board__unit"))
def schools_of_staff_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools where `user` works, or whose board they serve: whose rules they may read."""
    held = user.memberships_with(Permission.SEE_OWN_FINDINGS, day)
    boards = {m.unit_id for m in held if m.unit.kind == Unit.Kind.BOARD}
    return rows.filter(Q(pk__in=[m.unit_id for m in held]) | Q(board__in=boards))


@visibility_of(lambda: Board.objects.select_related("unit"))
def boards_setting_rules_visible_to(
    rows: QuerySet[Board], user: User, day: date
) -> QuerySet[Board]:
    """Boards for whose schools `user` sets the rules."""
    return rows.filter(pk__in=user.units_with(Permission.SET_FINDING_RULES, day))


def standing_assents(schools: Iterable[School]) -> dict[uuid.UUID, Assent]:
    """The assent that stands at each of these schools."""
    rows = Assent.objects.filter(
        school__in=[school.pk for school in schools], withdrawn_at__isnull=True
    )
    return {row.school_id: row for row in rows}


@dataclass(frozen=True)
class AssentLine:
    """One assent with its words; none where they can't be opened any more."""

    row: Assent
    said: dict[str, str] | None
    withdrawn_because: str | None


def assent_lines(user: User, *, on: date) -> list[AssentLine]:
    """Every assent that `user` may see, the newest first."""
    rows = list(assents_visible_to(user, on=on).order_by("-recorded_at", "pk"))
    keys = keyring([row.pk for row in rows])
    return [AssentLine(row, assent_or_none(keys, row), reason_or_none(keys, row)) for row in rows]
