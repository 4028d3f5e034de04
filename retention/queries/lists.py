"""What somebody is at the school of a list, and whether an own child stands on it."""

from __future__ import annotations

from datetime import date

from django.db import connection

from access.models import User
from retention.models import DestructionList
from students.models import School


def roles_around(user: User, school: School, on: date) -> set[str]:
    """The roles that `user` holds at this school, or at its board, on a day."""
    places = {school.pk, school.board_id}
    return {one.role for one in user.memberships_on(on) if one.unit_id in places}


def has_own_child_on(made: DestructionList, user: User) -> bool:
    """Whether a dossier of a child of `user` stands on this list."""
    with connection.cursor() as cursor:
        cursor.execute("select retention_list_has_own_child(%s, %s)", [made.pk, user.pk])
        return bool(cursor.fetchone()[0])
