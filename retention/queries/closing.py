"""What a list that is carried out still waits for, what other systems hold, and its certificate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Max, QuerySet

from access.models import User
from audit.heads import newest_head
from retention.models import (
    Backup,
    Certificate,
    DestructionItem,
    DestructionList,
    LeftoverJudgement,
    OtherSystem,
    OtherSystemConfirmation,
    SearchPass,
)
from retention.queries.copies import copied_since
from retention.queries.leftovers import is_family
from retention.queries.lists import roles_around
from retention.rules.closing import Facts, Waiting, is_silent, waits_for
from retention.rules.lists import APPROVERS, REVIEWERS
from retention.searching.verdict import is_clean, newest_pass
from vault.errors import Unreadable
from vault.sealing import keyring

_DONE = (DestructionItem.Outcome.DESTROYED, DestructionItem.Outcome.LEFT)


def certificate_papers_in_use(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these sealed files are papers of certificates, for the sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select certificates_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}


def certificate_of(made: DestructionList) -> Certificate | None:
    """The certificate of a list; none before it is closed."""
    return Certificate.objects.filter(list=made).first()


def open_items(made: DestructionList) -> QuerySet[DestructionItem]:
    """What is to be destroyed and is not yet: not begun, in the middle, or failed."""
    rows = made.items.filter(decision=DestructionItem.Decision.DESTROY)
    return rows.exclude(outcome__in=_DONE)


def may_confirm(user: User, made: DestructionList, *, on: date) -> bool:
    """Whether `user` handles this list, and no own child stands or stood on it."""
    roles = roles_around(user, made.school, on)
    handles = bool(roles & (REVIEWERS | APPROVERS))
    return handles and not is_family(made, user, newest_pass(made))


def last_done_at(made: DestructionList) -> datetime | None:
    """When the last item of a list was destroyed; none: nothing was."""
    found: datetime | None = made.items.aggregate(last=Max("done_at"))["last"]
    return found


@dataclass(frozen=True)
class CopiesNow:
    """Whether copies are made, and whether the one of the keys is newer than all on the list."""

    are_made: bool
    is_newer: bool


def facts_of(made: DestructionList, copies: CopiesNow, *, is_clean: bool) -> Facts:
    """What decides whether a list may close; about copies and the search the caller knows."""
    head = newest_head()
    return Facts(
        open_items=open_items(made).count(),
        unanswered=OtherSystem.objects.filter(list=made, confirmations__isnull=True).count(),
        is_clean=is_clean,
        last_done_at=last_done_at(made),
        makes_copies=copies.are_made,
        is_copied=copies.is_newer,
        sealed_at=head.sealed_at if head else None,
    )


@dataclass(frozen=True)
class ShownSystem:
    """Another system as a page and a certificate show it; no words when they named a pupil."""

    system: OtherSystem
    words: dict[str, str]
    said: OtherSystemConfirmation | None

    @property
    def is_named(self) -> bool:
        """Whether it may be called by its name."""
        return bool(self.words.get("system"))


def other_systems_of(made: DestructionList) -> list[ShownSystem]:
    """What other systems held of the pupils on a list, and what was last said of each."""
    rows = list(OtherSystem.objects.filter(list=made))
    keys = keyring(row.pk for row in rows)
    said = {
        one.system_id: one
        for one in OtherSystemConfirmation.objects.filter(system__list=made)
        .select_related("said_by")
        .order_by("said_at", "pk")
    }
    shown = []
    for row in rows:
        try:
            words = keys.open_json(row.pk, row.place, row.sealed)
        except Unreadable:
            words = {}
        shown.append(ShownSystem(row, words, said.get(row.pk)))
    return sorted(shown, key=_in_order)


def _in_order(one: ShownSystem) -> tuple[bool, str, str, str]:
    words = one.words
    return (
        not one.is_named,
        words.get("system", "").casefold(),
        words.get("kind", "").casefold(),
        str(one.system.pk),
    )


@dataclass(frozen=True)
class ClosingShown:
    """The end of a list, for its page: what it waits for, other systems, the certificate."""

    waits_for: Sequence[Waiting]
    systems: Sequence[ShownSystem]
    may_confirm: bool
    certificate: Certificate | None
    silent_since: datetime | None = (
        None  # all was ready, and for longer than a day nobody closed it
    )

    @property
    def is_answered(self) -> bool:
        """Whether somebody said something of a system already."""
        return any(one.said for one in self.systems)

    @property
    def has_answers_to_give(self) -> bool:
        """Whether somebody can still say something of another system."""
        return self.may_confirm and bool(self.systems)


def closing_of(made: DestructionList, user: User, *, on: date, now: datetime) -> ClosingShown:
    """For the page of a list that is being carried out, or was."""
    certificate = certificate_of(made)
    systems = other_systems_of(made)
    if certificate is not None:
        return ClosingShown((), systems, False, certificate)
    copies = CopiesNow(Backup.objects.exists(), copied_since(last_done_at(made)) is not None)
    facts = facts_of(made, copies, is_clean=is_clean(made))
    may = not facts.open_items and may_confirm(user, made, on=on)
    waiting = waits_for(facts)
    ready = None if waiting else _ready_since(made, facts)
    return ClosingShown(waiting, systems, may, None, ready if is_silent(ready, now) else None)


def _ready_since(made: DestructionList, facts: Facts) -> datetime | None:
    """When the last of all that a list waited for was so; none: nothing was destroyed."""
    if facts.last_done_at is None:
        return made.begun_at
    said = OtherSystemConfirmation.objects.filter(system__list=made)
    judged = LeftoverJudgement.objects.filter(leftover__search__list=made)
    searched = SearchPass.objects.filter(list=made)
    moments = (
        facts.last_done_at,
        copied_since(facts.last_done_at),
        said.aggregate(last=Max("said_at"))["last"],
        judged.aggregate(last=Max("judged_at"))["last"],
        searched.aggregate(last=Max("finished_at"))["last"],
    )
    return max(moment for moment in moments if moment is not None)
