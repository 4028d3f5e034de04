"""A look at a pupil's dossier, a question about it, and something held back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from access.acting import acting_as
from audit.actions import record
from audit.events import PAGE_SEEN
from audit.grounds import Ground
from oversight.actions.looks import ToHold, hold_back
from oversight.actions.questions import ask_why
from oversight.models import HoldBack, LookQuestion
from students.models import Pupil
from tests.cast import Cast


@dataclass(frozen=True)
class Looked:
    """A look that nobody asked about yet, a question about another one, and what is held back."""

    look: uuid.UUID
    question: LookQuestion
    held: HoldBack


def look_and_ask(cast: Cast, key: str, *, parent: str, teacher: str, why: str) -> Looked:
    """Two looks by the pupil's teacher, of which the parent asks about one."""
    pupil = Pupil.objects.select_related("board__unit").get(pk=cast.pupils[key].pk)
    by, asker = cast.people[teacher], cast.people[parent]
    looks = [_look(cast, pupil, by, page) for page in ("dossier", "file")]
    with acting_as(asker, on=cast.today):
        question = ask_why(pupil=pupil, look=looks[0], words=why, by=asker, on=cast.today)
    wanted = ToHold(
        what=HoldBack.What.NAME,
        words=why,
        ends_on=cast.today + timedelta(days=30),
        colleague=cast.coordinator.pk,
    )
    officer = cast.privacy_officer
    with acting_as(officer, on=cast.today):
        held = hold_back(pupil=pupil, wanted=wanted, by=officer, on=cast.today)
    return Looked(looks[1], question, held)


def _look(cast: Cast, pupil: Pupil, by, page: str) -> uuid.UUID:
    with acting_as(by, on=cast.today):
        row = record(
            PAGE_SEEN,
            by=by,
            subjects=[pupil.log_key],
            unit=pupil.enrolments.get().school_id,
            ground=Ground.ASSIGNMENT,
            detail={"page": page, "method": "GET", "status": 200},
        )
    return row.pk
