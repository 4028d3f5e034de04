"""What waits on the home page about pictures, each from one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from access.models import User
from access.permissions import Permission
from access.roles import ParentRole
from consent.models import Recording, TakeDown
from consent.queries.filming import filming_to_decide
from consent.queries.notices import own_notices
from consent.queries.publications import take_downs_waiting_for
from consent.queries.recordings import recordings_refused, recordings_to_delete


@dataclass(frozen=True)
class PicturesWaiting:
    """Pictures to take down, recordings to delete, parents who ask to film, a notice to read."""

    take_downs: list[TakeDown] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    refused: list[Recording] = field(default_factory=list)
    filming: int = 0
    notices: int = 0
    is_parent: bool = False

    def __bool__(self) -> bool:
        return bool(self.take_downs or self.recordings or self.refused or self.filming)


def pictures_waiting_for(user: User, *, on: date) -> PicturesWaiting:
    """What `user` has to do about pictures; asks only what a role of theirs can have to do."""
    works = bool(user.memberships_with(Permission.CHECK_CONSENT, on))
    decides = bool(user.memberships_with(Permission.DECIDE_CONSENT, on))
    answers = bool(user.memberships_with(Permission.ANSWER_CONSENT, on))
    return PicturesWaiting(
        take_downs=take_downs_waiting_for(user, on=on) if works else [],
        recordings=recordings_to_delete(user, on=on) if works else [],
        refused=recordings_refused(user, on=on) if works else [],
        filming=filming_to_decide(user, on=on) if decides else 0,
        notices=sum(not one.is_confirmed for one in own_notices(user, on=on)) if answers else 0,
        is_parent=any(m.role == ParentRole.code for m in user.memberships_on(on)),
    )
