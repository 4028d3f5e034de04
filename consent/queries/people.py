"""Who there is to answer for a pupil, by name, for the administration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.models import Answer, Request
from consent.rules import PUPIL, Kind, Who
from students.models import Parent, Parenthood, Pupil, Representative


@dataclass(frozen=True)
class Person:
    """Somebody who answers, or answered, for a pupil."""

    who: Who
    name: str
    label: str
    row: Parent | Representative | None = None
    is_linked: bool = True  # no longer: linked by mistake, or the decision ended

    @property
    def slug(self) -> str:
        """The person as an address says it."""
        if self.who == PUPIL:
            return "pupil"
        kind = "parent" if self.who.kind is Kind.PARENT else "representative"
        return f"{kind}-{self.who.key}"

    @property
    def parent(self) -> Parent | None:
        """The parent, for who is one."""
        return self.row if isinstance(self.row, Parent) else None

    @property
    def representative(self) -> Representative | None:
        """The representative, for who is one."""
        return self.row if isinstance(self.row, Representative) else None


def people_of(pupil: Pupil) -> dict[Who, Person]:
    """Everybody of a pupil, parents first, in two queries."""
    links = Parenthood.objects.filter(pupil=pupil).select_related("parent__user")
    found = [
        Person(
            Who(Kind.PARENT, link.parent_id),
            link.parent.name,
            str(link.get_relation_display()),
            link.parent,
            is_linked=link.withdrawn_at is None,
        )
        for link in links.order_by("parent__sort_name", "pk")
    ]
    for row in Representative.objects.filter(pupil=pupil).order_by("starts_on", "pk"):
        name = f"{row.name}, {row.institution}" if row.institution else row.name
        label = str(row.get_kind_display())
        found.append(Person(Who(Kind(row.kind), row.pk), name, label, row))
    found.append(Person(PUPIL, pupil.name, _("the pupil")))
    return {person.who: person for person in found}


def who_of(row: Answer | Request, people: Iterable[Person]) -> Who:
    """Whose request or answer this is."""
    if row.parent_id is not None:
        return Who(Kind.PARENT, row.parent_id)
    if row.representative_id is None:
        return PUPIL
    return next(person.who for person in people if person.who.key == row.representative_id)


def parents_of(pupil: Pupil) -> list[Parent]:
    """The parents who are linked now, by name."""
    links = Parenthood.objects.filter(pupil=pupil, withdrawn_at__isnull=True)
    rows = links.select_related("parent__user").order_by("parent__sort_name", "pk")
    return [link.parent for link in rows]
