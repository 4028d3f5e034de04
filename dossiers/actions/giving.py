"""What every action on assignments shares: taking turns, weighing by the rules, giving, ending."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import connection
from django.db.models import DateField, ExpressionWrapper, F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import grants
from access.errors import NotAllowed, Refused
from access.models import User
from dossiers import rules
from dossiers.kinds import AssignmentKind
from dossiers.models import Assignment, Dossier, DossierPart, DossierPartPermission
from dossiers.queries import CHANGE, VIEW
from dossiers.queries.staffing import Staffing, hands, leaving_days, parents_of, staffing_of
from dossiers.rules.assigning import (
    Circumstances,
    No,
    Term,
    Wanted,
    last_day,
    why_not,
    why_not_assigned_by,
    why_not_withdrawn_by,
)
from students.models import Group, School
from vault.sealing import keyring

SENTENCES: dict[No, Promise] = {
    No.BOARD_DECIDES: _(
        "The board officer decides this: it is about a colleague's own role or child."
    ),
    No.DIRECTOR_DECIDES: _("The director of the school decides this."),
    No.NOT_STAFF: _("Choose somebody who works as a counsellor at this school from that day."),
    No.NO_DOCTOR: _("Only the school doctor, or a stand-in you named, can have the medical part."),
    No.ENDS_BEFORE_START: _("The last day lies before the first day."),
    No.NEEDS_END: _("Choose a last day: this assignment ends by itself."),
    No.NEEDS_REASON: _("Write why this person needs the dossier."),
    No.PAST_MEMBERSHIP: _("That is after the last day of this person at the school."),
    No.PAST_LEAVING: _("That is more than 30 days after the pupil left."),
    No.ONLY_SHORT: _("The pupil left more than 30 days ago: choose an assignment of a few days."),
    No.STILL_HERE: _("An assignment of a few days is for pupils who left."),
    No.TOO_LONG: _("Choose at most seven days."),
    No.BEFORE_HEAD_START: _("A new team starts at most eight weeks before its school year."),
    No.PAST_YEAR: _("The teams of a school year end on 30 September after it."),
}
_FORBIDDEN = {No.NOT_KEEPER, No.YOURSELF, No.OWN_CHILD}


def raise_for(no: No | None) -> None:
    """NotAllowed when the person may not act here at all, Refused with a sentence otherwise."""
    if no in _FORBIDDEN:
        raise NotAllowed
    if no is not None:
        raise Refused(SENTENCES[no])


def wait_for_turn(school_id: uuid.UUID) -> None:
    """Changes of assignments at one school come one after another, until the transaction ends."""
    key = int.from_bytes(school_id.bytes[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [key])


@dataclass(frozen=True)
class Weighing:
    """The facts about some dossiers of one school on which assignments are decided."""

    staffing: Staffing
    parents: dict[uuid.UUID, set[uuid.UUID]]
    left: dict[uuid.UUID, date | None]
    year: Term | None = None

    @classmethod
    def of(
        cls, school: School, dossiers: Iterable[Dossier], *, on: date, group: Group | None = None
    ) -> Weighing:
        """Reads them: four queries, however many dossiers there are."""
        pupils = [dossier.pupil_id for dossier in dossiers]
        year = group.school_year if group else None
        return cls(
            staffing=staffing_of(school, on=on),
            parents=parents_of(pupils),
            left=leaving_days(school.pk, pupils),
            year=Term(year.starts_on, year.ends_on) if year else None,
        )

    def why_not_by(self, by: User, user_id: uuid.UUID, dossier: Dossier, on: date) -> No | None:
        """Why `by` may not assign this person to this dossier."""
        held = hands(by, user_id, dossier, staffing=self.staffing, parents=self.parents, on=on)
        return why_not_assigned_by(held)

    def why_not_ended_by(self, by: User, assignment: Assignment, on: date) -> No | None:
        """Why `by` may not end this assignment."""
        held = hands(
            by,
            assignment.user_id,
            assignment.dossier,
            staffing=self.staffing,
            parents=self.parents,
            on=on,
        )
        return why_not_withdrawn_by(held)

    def circumstances(self, user_id: uuid.UUID, dossier: Dossier) -> Circumstances:
        """What an assignment of this person to this dossier must fit."""
        return Circumstances(
            standing=self.staffing.standing(user_id),
            left_on=self.left.get(dossier.pupil_id),
            year=self.year,
        )

    def settle(self, wanted: Wanted, user_id: uuid.UUID, dossier: Dossier) -> Wanted:
        """The assignment with its real last day; raises Refused when a rule says no."""
        it = self.circumstances(user_id, dossier)
        raise_for(why_not(wanted, it))
        return replace(wanted, ends_on=last_day(wanted, it))


def unsaved(
    *, dossier: Dossier, user: User, wanted: Wanted, by: User, group: Group | None = None
) -> Assignment:
    """An assignment as it will be given, its reason still in words."""
    assignment = Assignment(
        dossier=dossier,
        user=user,
        kind=wanted.kind.value,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        group=group,
        assigned_by=by,
    )
    assignment.reason = wanted.reason.strip()
    return assignment


def give(assignments: Sequence[Assignment]) -> None:
    """Seals the reasons, stores assignments and the permissions that follow.

    The database checks each again. Raises Refused where a dossier has lost its parts.
    """
    parts: dict[tuple[uuid.UUID, str], DossierPart] = {
        (part.dossier_id, part.kind): part
        for part in DossierPart.objects.filter(dossier__in=[a.dossier_id for a in assignments])
    }
    if not {one.dossier_id for one in assignments} <= {dossier for dossier, _kind in parts}:
        raise Refused(
            _(
                "What the school kept of this pupil is destroyed, so there is nothing to open. Who"
                " is back at school has a new, empty dossier: at the latest the next morning."
            )
        )
    _seal_reasons(assignments, parts)
    Assignment.objects.bulk_create(assignments)
    reading = grants.permission_ids(DossierPartPermission, VIEW)
    writing = grants.permission_ids(DossierPartPermission, VIEW, CHANGE)
    rows = []
    for assignment in assignments:
        kind = AssignmentKind(assignment.kind)
        rows += grants.permission_rows(
            DossierPartPermission,
            assignment=assignment,
            objects=[parts[assignment.dossier_id, part.value] for part in rules.REACHES[kind]],
            permissions=writing if rules.may_write(kind) else reading,
        )
    grants.grant(DossierPartPermission, rows)


def _seal_reasons(
    assignments: Sequence[Assignment], parts: dict[tuple[uuid.UUID, str], DossierPart]
) -> None:
    sealing = [
        (one, parts[one.dossier_id, rules.seals_reason_of(AssignmentKind(one.kind)).value].pk)
        for one in assignments
    ]
    keys = keyring(part_id for _one, part_id in sealing)
    for one, part_id in sealing:
        one.sealed_reason = keys.seal(part_id, one.place, one.reason.encode())


def end_on(assignments: QuerySet[Assignment], last_day: date) -> int:
    """Lets assignments and their permissions end on `last_day`; earlier ends stay.

    One that would begin later never begins.
    """
    keys = list(assignments.values_list("pk", flat=True))
    if not keys:
        return 0
    grants.end_on(DossierPartPermission.objects.filter(assignment__in=keys), last_day=last_day)
    rows = Assignment.objects.filter(pk__in=keys)
    day_before = ExpressionWrapper(F("starts_on") - timedelta(days=1), output_field=DateField())
    never = rows.filter(starts_on__gt=last_day).exclude(ends_on__lt=F("starts_on"))
    return never.update(ends_on=day_before) + grants.end_on(
        rows.filter(starts_on__lte=last_day), last_day=last_day
    )


def close(*, assignment: Assignment, by: User, on: date) -> bool:
    """Ends one assignment at once, or before it began; false when somebody already had."""
    last = max(on, assignment.starts_on) - timedelta(days=1)
    changed = (
        Assignment.objects.filter(pk=assignment.pk, withdrawn_at__isnull=True)
        .exclude(ends_on__lt=on)
        .update(ends_on=last, withdrawn_at=timezone.now(), withdrawn_by=by)
    )
    if changed:
        grants.end_on(DossierPartPermission.objects.filter(assignment=assignment), last_day=last)
    return bool(changed)
