"""Who may review and approve the lists of a school, and whom a list waits for."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import Q

from access.models import Membership, User
from access.permissions import Permission
from retention.models import (
    DestructionItem,
    DestructionList,
    Leftover,
    OtherSystem,
)
from retention.queries.lists import (
    destruction_lists_visible_to,
    has_own_child_on,
    roles_around,
)
from retention.rules.lists import (
    APPROVERS,
    NAMERS,
    REVIEWERS,
    WATCHERS,
    Missing,
    State,
    Who,
    who_is_missing,
)
from retention.searching.verdict import newest_passes, said_of

_OWN_CHILDREN = """
select distinct i.list_id, p.user_id from retention_destructionitem i
join dossiers_dossier d on d.id = i.dossier_id
join students_parenthood h on h.pupil_id = d.pupil_id and h.withdrawn_at is null
join students_parent p on p.id = h.parent_id
where i.list_id = any (%s) and p.user_id = any (%s)
"""
_ROLES = {"reviews": REVIEWERS, "approves": APPROVERS, "names": NAMERS, "watches": WATCHERS}


@dataclass(frozen=True)
class People:
    """Who could take the steps of one list on a day: nobody with an own child on it."""

    reviewers: tuple[User, ...]  # directors and deputies
    approvers: tuple[User, ...]  # board officers and privacy officers
    earlier: frozenset[uuid.UUID]  # who made it, decided or reviewed
    given_to: User | None  # to whom the review was given, where they may still do it
    missing: Missing | None
    state: State
    officers: tuple[User, ...] = ()  # of the board, also with an own child: they name people
    watchers: tuple[User, ...] = ()  # the FG
    must_answer: bool = False  # about other systems, or about what a search found

    @property
    def around(self) -> tuple[User, ...]:
        """Who handles the list, or supervises it."""
        return _once(*self.reviewers, *self.approvers, *self.watchers)

    @property
    def to_name(self) -> tuple[User, ...]:
        """Who must name somebody, or have them named, so that the list can go on."""
        if self.missing is None:
            return ()
        return self.officers or _once(*self.reviewers, *self.approvers)

    @property
    def waited_for(self) -> tuple[User, ...]:
        """Everybody who hears that the list waits."""
        return _once(*self.to_act, *self.to_name)

    @property
    def to_act(self) -> tuple[User, ...]:
        """Whom the list waits for."""
        if self.state is State.DRAFT:
            return (self.given_to,) if self.given_to else self.reviewers
        if self.state is State.REVIEWED:
            return tuple(one for one in self.approvers if one.pk not in self.earlier)
        if self.must_answer:
            return _once(*self.reviewers, *self.approvers)
        return ()


def _once(*people: User) -> tuple[User, ...]:
    return tuple({one.pk: one for one in people}.values())


def people_around(lists: Iterable[DestructionList], *, on: date) -> dict[uuid.UUID, People]:
    """Per list who may act on it; as many queries for one list as for many."""
    rows = list(lists)
    held = _held_around(rows, on)
    users = {user for people in held.values() for user in people}
    parents, deciders = _parents_on(rows, users), _deciders(rows)
    asking = _with_questions(rows)
    found = {}
    for row in rows:
        here, board = row.school_id, row.school.board_id
        people = _people(
            row,
            [u for u in held[here, "reviews"].values() if u.pk not in parents[row.pk]],
            [u for u in held[board, "approves"].values() if u.pk not in parents[row.pk]],
            deciders[row.pk],
            on,
        )
        found[row.pk] = replace(
            people,
            officers=tuple(held[board, "names"].values()),
            watchers=tuple(held[board, "watches"].values()),
            must_answer=row.pk in asking,
        )
    return found


def _held_around(
    rows: Iterable[DestructionList], on: date
) -> dict[tuple[uuid.UUID, str], dict[uuid.UUID, User]]:
    """Per school or board, and what they do there: who holds a role around these lists."""
    places = {row.school_id for row in rows} | {row.school.board_id for row in rows}
    held: dict[tuple[uuid.UUID, str], dict[uuid.UUID, User]] = defaultdict(dict)
    found = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        unit__in=places,
        role__in=frozenset().union(*_ROLES.values()),
        starts_on__lte=on,
        user__is_active=True,
    )
    for one in found.select_related("user").order_by("user__name", "user_id"):
        for what, roles in _ROLES.items():
            if one.role in roles:
                held[one.unit_id, what][one.user_id] = one.user
    return held


def _people(
    row: DestructionList,
    reviewers: list[User],
    approvers: list[User],
    deciders: set[uuid.UUID],
    on: date,
) -> People:
    took_part = (row.made_by_id, row.reviewed_by_id, *deciders)
    earlier = frozenset(key for key in took_part if key is not None)
    state = row.state_on(on)
    keys = [one.pk for one in reviewers], [one.pk for one in approvers]
    return People(
        tuple(reviewers),
        tuple(approvers),
        earlier,
        next((one for one in reviewers if one.pk == row.reviewer_id), None),
        who_is_missing(state, *keys, earlier),
        state,
    )


def _parents_on(
    rows: list[DestructionList], users: set[uuid.UUID]
) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_OWN_CHILDREN, [[row.pk for row in rows], list(users)])
        for made, user in cursor.fetchall():
            found[made].add(user)
    return found


def _with_questions(rows: list[DestructionList]) -> set[uuid.UUID]:
    """Lists that wait until somebody says what other systems hold, or whose something found is."""
    begun = [row.pk for row in rows if row.begun_at is not None and row.closed_at is None]
    if not begun:
        return set()
    unanswered = OtherSystem.objects.filter(list__in=begun, confirmations__isnull=True)
    unjudged = Leftover.objects.filter(search__in=newest_passes(begun), is_hard=False)
    asked = said_of(unjudged).filter(said=None).order_by()
    return {
        *unanswered.values_list("list_id", flat=True),
        *asked.values_list("search__list_id", flat=True).distinct(),
    }


def _deciders(rows: list[DestructionList]) -> dict[uuid.UUID, set[uuid.UUID]]:
    decided = DestructionItem.objects.filter(list__in=rows, decided_by__isnull=False)
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for made, user in decided.order_by().values_list("list_id", "decided_by_id").distinct():
        found[made].add(user)
    return found


def lists_waiting_for(user: User, *, on: date) -> list[DestructionList]:
    """The lists that wait for `user`: to review, approve or answer, or to name who can."""
    if not user.memberships_with(Permission.HANDLE_LISTS, on):
        return []
    waiting = Q(approved_on__isnull=True) | Q(begun_at__isnull=False)
    rows = destruction_lists_visible_to(user, on=on).filter(
        waiting, cancelled_on__isnull=True, closed_at__isnull=True
    )
    found = list(rows.order_by("made_on", "name"))
    if not found:
        return []
    around = people_around(found, on=on)
    return [row for row in found if user in around[row.pk].waited_for]


def who_is(user: User, made: DestructionList, *, on: date) -> Who:
    """What `user` is around a list, for the rule that says which steps are theirs."""
    earlier = {made.made_by_id, made.reviewed_by_id} | _deciders([made])[made.pk]
    return Who(
        roles=frozenset(roles_around(user, made.school, on)),
        has_own_child_on_it=has_own_child_on(made, user),
        did_an_earlier_step=user.pk in earlier,
        somebody_else_reviews=made.reviewer_id != user.pk and can_still_review(made, on=on),
    )


def can_still_review(made: DestructionList, *, on: date) -> bool:
    """Whether the review was given to somebody who can do it on a day."""
    who = made.reviewer
    if who is None or not who.is_active or has_own_child_on(made, who):
        return False
    held = who.memberships_on(on)
    return any(one.unit_id == made.school_id and one.role in REVIEWERS for one in held)
