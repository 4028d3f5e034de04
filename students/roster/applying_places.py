"""Places of pupils in groups: taking one, leaving one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from students.enrolment import Moved
from students.roster.bulk import fetch


@dataclass(frozen=True)
class Place:
    """A place in a group from a day."""

    pupil: uuid.UUID
    stay: uuid.UUID
    group: uuid.UUID
    starts_on: date
    left_on: date | None

    @property
    def row(self) -> tuple[object, ...]:
        """As the table has it: a place that ends before it starts lasts no day."""
        ends_on = self.left_on
        if ends_on is not None:
            ends_on = max(ends_on, self.starts_on - timedelta(days=1))
        return (self.stay, self.group, self.starts_on, ends_on)

    def joined(self, school: uuid.UUID) -> Moved:
        """What the rooms above are told."""
        return Moved(self.pupil, school, self.group, joined=True, on=self.starts_on)


def close_after(gone: Sequence[tuple[uuid.UUID, date]]) -> None:
    """Ends the places of enrolments on the last day at school."""
    if not gone:
        return
    stays, days = (list(column) for column in zip(*gone, strict=True))
    fetch(
        "update students_groupmembership m set ends_on = greatest(m.starts_on - 1, d.day)"
        " from unnest(%s::uuid[], %s::date[]) as d(stay, day)"
        " where m.enrolment_id = d.stay and coalesce(m.ends_on, 'infinity') > d.day"
        " returning m.id",
        [stays, days],
    )


def move_to(
    moves: Sequence[tuple[uuid.UUID, uuid.UUID, date, list[uuid.UUID]]],
    *,
    school: uuid.UUID,
    combined: bool,
) -> Iterator[Moved]:
    """Gives enrolments exactly these groups from a day; yields who left and who joined what.

    A move is (pupil, enrolment, day, groups); combined groups and the others do not touch.
    """
    if not moves:
        return
    pupils = {stay: pupil for pupil, stay, _day, _groups in moves}
    days = {stay: day for _pupil, stay, day, _groups in moves}
    kept = [(stay, group, day) for _pupil, stay, day, groups in moves for group in groups]
    stays, groups, starts = ([row[n] for row in kept] for n in range(3))
    left = fetch(
        "update students_groupmembership m set ends_on = greatest(m.starts_on - 1, d.day - 1)"
        " from unnest(%s::uuid[], %s::date[]) as d(stay, day), students_group g"
        " where m.enrolment_id = d.stay and g.id = m.group_id and g.is_combined = %s"
        " and coalesce(m.ends_on, 'infinity') >= d.day"
        " and not exists (select from unnest(%s::uuid[], %s::uuid[]) as k(stay, grp)"
        " where k.stay = m.enrolment_id and k.grp = m.group_id)"
        " returning m.enrolment_id, m.group_id",
        [list(days), list(days.values()), combined, stays, groups],
    )
    for stay, group in left:
        yield Moved(pupils[stay], school, group, joined=False, on=days[stay])
    joined = fetch(
        "insert into students_groupmembership (enrolment_id, group_id, starts_on)"
        " select k.stay, k.grp, k.day from unnest(%s::uuid[], %s::uuid[], %s::date[])"
        " as k(stay, grp, day) where not exists (select from students_groupmembership m"
        " where m.enrolment_id = k.stay and m.group_id = k.grp"
        " and coalesce(m.ends_on, 'infinity') >= k.day)"
        " returning enrolment_id, group_id",
        [stays, groups, starts],
    )
    for stay, group in joined:
        yield Moved(pupils[stay], school, group, joined=True, on=days[stay])
