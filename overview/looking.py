"""Who looked, on the home page: for families the way to it, for staff what waits for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from access.models import User
from access.permissions import Permission
from oversight.queries.looks import OwnDossier, own_dossiers
from oversight.queries.looks_allowed import boards_that_choose_names_visible_to, to_review
from oversight.queries.questions import Overdue, Waiting, look_questions_waiting, overdue_at
from students.models import Board


@dataclass(frozen=True)
class Looking:
    """What of it a home page shows; nothing for who has no part in it."""

    own: list[OwnDossier] = field(default_factory=list)
    waiting: Waiting | None = None
    overdue: list[Overdue] = field(default_factory=list)
    to_review: int = 0
    boards: list[Board] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        """Whether something waits for a member of staff."""
        waits = self.waiting is not None and self.waiting.number > 0
        return bool(waits or self.overdue or self.to_review or self.boards)


def looking_of(user: User, *, by_name: bool, on: date) -> Looking:
    """For families their children by name; a colleague's child stands behind its own door only."""
    sees = by_name and bool(user.memberships_with(Permission.SEE_WHO_LOOKED, on))
    answers = bool(user.memberships_with(Permission.ANSWER_LOOK_QUESTIONS, on))
    holds = bool(user.memberships_with(Permission.HOLD_BACK_LOOKS, on))
    chooses = bool(user.memberships_with(Permission.MANAGE_BOARD, on))
    boards = boards_that_choose_names_visible_to(user, on=on).order_by("unit__name")
    return Looking(
        own=own_dossiers(user, on=on) if sees else [],
        waiting=look_questions_waiting(user, on=on) if answers else None,
        overdue=overdue_at(user, on=on) if holds else [],
        to_review=to_review(user, on=on) if holds else 0,
        boards=list(boards) if chooses else [],
    )
