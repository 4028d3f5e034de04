"""Who may change a pupil's administration, and the lock that puts changes one after another."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext_lazy as _

from access import queries as access
from access.errors import NotAllowed, Refused
from access.models import User
from access.permissions import Permission
from students import queries
from students.models import Parent, Parenthood, Pupil, School


def must_not_be_own_child(by: User, pupil: Pupil) -> None:
    """Raises NotAllowed when `by` is a parent of `pupil` (mission: Who is who)."""
    if queries.is_own_child(by, pupil):
        raise NotAllowed(
            _("You are a parent of this pupil. Nobody handles matters of their own child.")
        )


def must_manage(by: User, pupil: Pupil, on: date) -> uuid.UUID:
    """The school for which `by` changes the administration of `pupil`; else NotAllowed."""
    must_not_be_own_child(by, pupil)
    units = set(by.units_with(Permission.MANAGE_PUPILS, on))
    schools = units & queries.keeping_schools(pupil, on)
    if not schools:
        raise NotAllowed(_("Another school keeps the data of this pupil now."))
    return min(schools)


def must_settle(by: User, colleague: User, pupil: Pupil, on: date) -> uuid.UUID:
    """The school for which `by` says whether a colleague is a parent of `pupil`.

    A parent handles nothing of their own child, so whoever says this takes rights away or gives
    them back: a keeper of the school does, and about a keeper or the board's people the board
    officer. Raises NotAllowed for oneself and one's own child, Refused for whoever else asks.
    """
    if colleague == by:
        raise NotAllowed(_("This is you. A colleague does this."))
    must_not_be_own_child(by, pupil)
    units = set(by.units_with(Permission.MANAGE_ASSIGNMENTS, on))
    schools = queries.keeping_schools(pupil, on)
    if schools and pupil.board_id in units:
        return min(schools)
    if schools & units and not access.answers_to_the_board(colleague, on=on):
        return min(schools & units)
    raise Refused(
        _(
            "This person works here, and nobody handles matters of their own child. So the director"
            " decides this; about a director, a deputy or somebody of the board, the board officer."
        )
    )


def must_manage_school(by: User, school: School, on: date) -> None:
    """Raises NotAllowed when `by` does not keep the administration of `school`."""
    if school.pk not in by.units_with(Permission.MANAGE_PUPILS, on):
        raise NotAllowed(_("You do not keep the administration of that school."))


def must_manage_parent(by: User, parent: Parent, on: date) -> uuid.UUID:
    """The school for which `by` changes data of `parent`: that of a child it keeps.

    Raises NotAllowed for the parents of one's own child, oneself included.
    """
    children = list(children_of(parent))
    for child in children:
        must_not_be_own_child(by, child)
    units = set(by.units_with(Permission.MANAGE_PUPILS, on))
    for child in children:
        schools = units & queries.keeping_schools(child, on)
        if schools:
            return min(schools)
    raise NotAllowed(_("Another school keeps the data of this parent now."))


def children_of(parent: Parent) -> list[Pupil]:
    """Every pupil this parent is linked to."""
    links = Parenthood.objects.filter(parent=parent, withdrawn_at__isnull=True)
    return [link.pupil for link in links.select_related("pupil").order_by("pupil__log_key")]


def locked_pupil(pupil: Pupil) -> Pupil:
    """The pupil as it is now; others who want to change it wait until we are done."""
    return Pupil.objects.select_for_update().get(pk=pupil.pk)


def locked_parent(parent: Parent) -> Parent:
    """The parent as it is now; others who want to change it wait until we are done."""
    return Parent.objects.select_for_update().get(pk=parent.pk)
