"""One paper, several purposes: what a court or an expert said about each, recorded at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from consent.actions.coverage import cover_by_order, withdraw_coverage
from consent.actions.matters import (
    About,
    Ruling,
    decide_unable,
    decide_unreachable,
    record_court_order,
)
from consent.models import (
    CourtOrder,
    OrderCoverage,
    Purpose,
    UnableDecision,
    UnreachableDecision,
)
from students.models import Parent, Representative, School


@transaction.atomic
def record_rulings(
    *, about: About, rulings: Mapping[Purpose, Ruling], by: User, on: date
) -> list[CourtOrder]:
    """Records what a court decided about each of these purposes. All or nothing."""
    if not rulings:
        raise Refused(_("Say for at least one purpose what the court decided."))
    return [
        record_court_order(about=replace(about, purpose=purpose), ruling=ruling, by=by, on=on)
        for purpose, ruling in rulings.items()
    ]


@dataclass(frozen=True)
class Advice:
    """The written advice of an expert: of which day, and by whom."""

    given_on: date
    given_by: str

    def must_be_given(self, on: date) -> None:
        """Raises Refused for an advice that is still to come or older than a year."""
        if self.given_on > on:
            raise Refused(_("The day of the advice is still to come."))
        if (on - self.given_on).days > 366:
            raise Refused(_("This advice is older than a year. Ask for a new one first."))


@transaction.atomic
def decide_unable_on_advice(
    *,
    about: About,
    purposes: Iterable[Purpose],
    advice: Advice,
    until: date,
    by: User,
    on: date,
) -> list[UnableDecision]:
    """The director records for each of these purposes that the pupil can't decide it."""
    advice.must_be_given(on)
    wanted = list(purposes)
    if not wanted:
        raise Refused(_("Choose at least one purpose: the decision is about a question."))
    facts = {"advice_on": advice.given_on.isoformat(), "advice_by": advice.given_by}
    return [
        decide_unable(about=replace(about, purpose=purpose, facts=facts), until=until, by=by, on=on)
        for purpose in wanted
    ]


@transaction.atomic
def decide_unreachable_for(
    *,
    about: About,
    purposes: Iterable[Purpose],
    parent: Parent,
    until: date | None,
    by: User,
    on: date,
) -> list[UnreachableDecision]:
    """The director records that a parent can't be reached: for these purposes, or (none) all."""
    wanted: list[Purpose | None] = [*purposes] or [None]
    return [
        decide_unreachable(
            about=replace(about, purpose=purpose), parent=parent, until=until, by=by, on=on
        )
        for purpose in wanted
    ]


@transaction.atomic
def change_coverage(
    *,
    representative: Representative,
    covers: Iterable[Purpose],
    seen: Iterable[object],
    school: School,
    by: User,
    on: date,
) -> bool:
    """Records which purposes an order covers, by what is chosen now and what was shown before.

    Only what this person changed: a purpose that a colleague added meanwhile stays. Gives whether
    anything changed.
    """
    wanted = {purpose.pk: purpose for purpose in covers}
    shown = set(seen)
    standing = {
        row.purpose_id: row
        for row in OrderCoverage.objects.filter(
            representative=representative, withdrawn_at__isnull=True
        )
    }
    added = [p for key, p in wanted.items() if key not in standing and key not in shown]
    taken = [row for key, row in standing.items() if key in shown and key not in wanted]
    for purpose in added:
        cover_by_order(representative=representative, purpose=purpose, school=school, by=by, on=on)
    for row in taken:
        withdraw_coverage(coverage=row, school=school, by=by, on=on)
    return bool(added or taken)
