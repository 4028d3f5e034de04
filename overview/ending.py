"""What waits for somebody around the end of records, for their home page: numbers, no names."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime

from django.utils import timezone

from access.models import User
from access.permissions import Permission
from retention import queries
from retention.queries.copies import newest_copy
from retention.rules.copying import is_late


@dataclass(frozen=True)
class Ending:
    """How much waits for one person."""

    leaving_dates: int = 0
    unseen: int = 0  # schools where nobody can see who left
    reviews: int = 0
    terms: int = 0
    lists: int = 0
    erasures: int = 0
    restored_from: datetime | None = None  # a copy put back: lists are to be approved anew
    last_copy: datetime | None = None  # since when no copy was made, where one should have been

    def __bool__(self) -> bool:
        return any(astuple(self))


def ending_waits_for(user: User, *, on: date) -> Ending:
    """Leaving dates nobody knows, holds to look at again, terms, lists and requests to decide."""
    leaving = unseen = reviews = terms = 0
    if user.memberships_with(Permission.MANAGE_PUPILS, on):
        leaving = queries.without_leaving_date_visible_to(user, on=on).count()
        unseen = queries.schools_without_groups_visible_to(user, on=on).count()
    if user.memberships_with(Permission.PLACE_HOLDS, on):
        reviews = queries.holds_to_review(user, on=on).count()
    if user.memberships_with(Permission.SET_TERMS, on):
        terms = queries.terms_to_decide(user, on=on).count()
    lists = queries.lists_waiting_for(user, on=on)
    anew = [one.restored_from for one in lists if one.restored_from and not one.approved_on]
    erasures = queries.erasures_to_decide(user, on=on)
    restored_from = max(anew, default=None)
    copy = _no_copy_since() if user.memberships_with(Permission.SET_TERMS, on) else None
    return Ending(leaving, unseen, reviews, terms, len(lists), erasures, restored_from, copy)


def _no_copy_since() -> datetime | None:
    """When the last copy was begun, where that is too long ago; none where all is well."""
    now = timezone.now()
    newest = newest_copy(now)
    return newest if newest and is_late(newest, now) else None
