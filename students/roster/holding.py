"""Holding an import while something is done with it: by whom, in which state, still fresh."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from students.models import Parenthood, RosterImport, RosterLine, School
from students.roster import state
from students.roster.plan import ANSWERS_TO, Answer, Change, Subject


def must_import_at(school: School, by: User, *, on: date) -> None:
    """Raises NotAllowed unless `by` may import the roster of this school today."""
    units = by.units_with(Permission.IMPORT_ROSTER, on)
    if school.pk not in units and school.board_id not in units:
        raise NotAllowed("no import at this school")


def hold_planned(import_id: uuid.UUID, *, by: User, on: date) -> RosterImport:
    """The import, locked, if it still waits and `by` may decide on it."""
    found = (
        RosterImport.objects.select_for_update(of=("self",))
        .select_related("school")
        .get(pk=import_id)
    )
    must_import_at(found.school, by, on=on)
    if found.state != RosterImport.State.PLANNED:
        raise Refused(_("This plan can no longer be changed."))
    return found


def open_questions(roster_import: RosterImport) -> int:
    """How many lines wait for an answer."""
    return RosterLine.objects.filter(
        roster_import=roster_import, change__in=ANSWERS_TO, answer=""
    ).count()


def touches_own_child(roster_import: RosterImport, by: User) -> bool:
    """Whether a plan changes a child of `by`, or the other parents of that child.

    A place in another group is no matter of anybody's own: a new school year moves every pupil.
    """
    own = Parenthood.objects.filter(parent__user=by).values_list("pupil", flat=True)
    family = Parenthood.objects.filter(pupil__in=own).values_list("parent", flat=True)
    children, parents = [str(key) for key in own], [str(key) for key in family]
    unasked = (Change.LEFT_OUT, Change.MOVED, Change.MISSING)
    lines = RosterLine.objects.filter(roster_import=roster_import)
    return lines.filter(
        Q(subject=Subject.PUPIL, answer=Answer.LEFT, target__in=children)
        | Q(subject=Subject.PUPIL, answer=Answer.SAME, candidate__in=children)
        | ~Q(change__in=unasked) & Q(subject=Subject.PUPIL, target__in=children)
        | ~Q(change=Change.LEFT_OUT) & Q(subject=Subject.LINK, pupil__in=children)
        | Q(subject=Subject.PARENT, target__in=parents)
        | Q(subject=Subject.PARENT, answer=Answer.SAME, candidate__in=parents)
    ).exists()


def must_be_fresh(roster_import: RosterImport) -> None:
    """Raises Refused when something changed since the plan was made."""
    if state.fingerprint(roster_import.school, roster_import.kind) != roster_import.fingerprint:
        raise Refused(
            _("Pupils, groups or parents changed after this plan was made. Read the file again.")
        )
