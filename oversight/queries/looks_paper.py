"""Who looked, on paper, for who has no account: of which pupils, and for whom."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.queries.people import Person, people_of
from consent.rules import PUPIL
from oversight.queries.looks import as_family_reads
from oversight.rules.looks import Line, Reader, may_see, sees_as_guardian
from students.models import Authority, Enrolment, Parenthood, Pupil
from students.queries import named_like
from students.rules import covers

MOST_FOUND = 20
_MOST_PAGES = 40  # of thirty lines; what is older is asked for apart


@visibility_of(lambda: Pupil.objects.select_related("board__unit"))
def looks_given_on_paper_by(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils of the schools that `user` directs, or who left there last; never an own child."""
    units = user.units_with(Permission.ANSWER_LOOK_QUESTIONS, day)
    stays = Enrolment.objects.filter(pupil=OuterRef("pk"))
    open_ones = stays.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    own = Parenthood.objects.filter(parent__user=user, pupil=OuterRef("pk"))
    here = Exists(open_ones.filter(school__in=units))
    left = ~Exists(open_ones) & Exists(stays.filter(school__in=units))
    return rows.filter(~Exists(own), here | left)


def pupils_with_a_paper(typed: str, user: User, *, on: date) -> list[Pupil]:
    """Pupils with a name like this of whom `user` gives a paper; a few."""
    rows = named_like(looks_given_on_paper_by(user, on=on), typed)
    return list(rows.order_by("sort_name", "pk")[:MOST_FOUND])


def readers_of(pupil: Pupil, *, on: date) -> list[Person]:
    """Who may have the paper: parents with authority, a voogd, and the pupil from 12.

    From 16 the pupil alone: whom it lets see is between the two, and read online.
    """
    held = _authorities(pupil, on)
    found = []
    for person in people_of(pupil).values():
        if person.who == PUPIL:
            sees = may_see(Reader.PUPIL, pupil.birth_date, on)
        elif (row := person.representative) is not None:
            sees = covers(row, on) and sees_as_guardian(row.kind, pupil.birth_date, on)
        else:
            values = held.get(person.parent.pk) if person.parent else None
            holds = person.is_linked and values == {Authority.Value.YES.value}
            sees = may_see(Reader.PARENT, pupil.birth_date, on, holds_authority=holds)
        if sees:
            found.append(person)
    return found


def _authorities(pupil: Pupil, on: date) -> dict[uuid.UUID, set[str]]:
    rows = Authority.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        starts_on__lte=on,
        parenthood__pupil=pupil,
        parenthood__withdrawn_at__isnull=True,
    )
    held: dict[uuid.UUID, set[str]] = {}
    for parent, value in rows.values_list("parenthood__parent_id", "value"):
        held.setdefault(parent, set()).add(value)
    return held


@dataclass(frozen=True)
class OnPaper:
    """All lines of a paper, and whether there are older ones."""

    lines: list[Line]
    schools: dict[uuid.UUID | None, str]
    with_names: bool
    has_older: bool


def lines_on_paper(pupil: Pupil, *, is_self: bool, on: date) -> OnPaper:
    """Everything the person would read on the screen, page after page."""
    lines: list[Line] = []
    schools: dict[uuid.UUID | None, str] = {}
    seen = as_family_reads(pupil, is_self=is_self, on=on)
    for _page in range(_MOST_PAGES):
        lines += seen.lines
        schools |= seen.schools
        if seen.following is None:
            break
        seen = as_family_reads(pupil, is_self=is_self, on=on, before=seen.following)
    return OnPaper(lines, schools, seen.with_names, seen.following is not None)
