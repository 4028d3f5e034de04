"""Whole, empty dossiers for who is at school and lost theirs (ADR 41).

Nobody comes back while something of them is being destroyed: actions and a trigger refuse it. Who
was back before that was so, or comes back in some way that nobody thought of, has a dossier all the
same: it is made in the transaction that destroys the old one, and each night it is looked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from dossiers.actions.opening import open_dossiers
from students.enrolment import Enrolled

_HERE = """
select d.pupil_id, d.school_id, max(e.starts_on) from dossiers_dossier d
join students_enrolment e on e.pupil_id = d.pupil_id and e.school_id = d.school_id
where coalesce(e.ends_on, 'infinity') > portal_day() and {}
group by d.pupil_id, d.school_id
"""
_OF_ITEMS = """d.id in (
    select (g.keys -> 'dossier' ->> 0)::uuid from retention_ledgerline g where g.item = any (%s)
)"""
_WITHOUT = """(
    exists (select from retention_endedkind k where k.dossier_id = d.id)
    or not exists (select from dossiers_dossierpart p where p.dossier_id = d.id)
)"""
_END = """
delete from retention_endedkind k using dossiers_dossier d
where d.id = k.dossier_id
  and (d.pupil_id, d.school_id) in (select * from unnest(%s::uuid[], %s::uuid[]))
  and retention_begins_again(k.dossier_id, k.kind, k.ended_on)
"""


def begin_again_after(items: Sequence[uuid.UUID]) -> int:
    """Of whom these items were and who is at school: in the open transaction, when rows went."""
    return _begin_again(_OF_ITEMS, list(items))


def begin_again_where_it_is_missing() -> int:
    """Of everybody at school whose dossier has no parts, or counts as destroyed; says how many."""
    return _begin_again(_WITHOUT)


def _begin_again(which: str, *values: list[uuid.UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_HERE.format(which), values)
        here = [Enrolled(*row) for row in cursor.fetchall()]
        if here:
            open_dossiers(here)
            places = [[one.pupil_id for one in here], [one.school_id for one in here]]
            cursor.execute(_END, places)
    return len(here)
