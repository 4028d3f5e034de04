"""A parent asks to film at school for private use; the director decides once (P15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at, must_say
from consent.models import FilmingRequest
from consent.queries import as_parent_at, filming_kept_by
from students.models import School

_FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Occasion:
    """What somebody wants to film, on which day and why."""

    what: str
    day: date
    why: str


@transaction.atomic
def ask_to_film(*, school: School, occasion: Occasion, by: User, on: date) -> FilmingRequest:
    """Asks the director of a school where a child of `by` is. Asked twice is asked once."""
    parent = as_parent_at(by, school, on=on)
    if parent is None:
        raise NotAllowed
    if not on <= occasion.day <= on + _FARTHEST:
        raise Refused(_("Choose a day from today, within a year."))
    what, why = must_say(occasion.what), must_say(occasion.why)
    wait_for_turn(parent.pk)
    same = FilmingRequest.objects.filter(
        parent=parent, school=school, occasion=what, day=occasion.day
    ).first()
    if same is not None:
        return same
    row = FilmingRequest(
        school=school, parent=parent, occasion=what, day=occasion.day, why=why, asked_by=by
    )
    row.save(force_insert=True)
    record(events.FILMING_ASKED, by=by, unit=school.pk, target=row, ground=Ground.OWN)
    return row


@transaction.atomic
def decide_filming(
    *, request: FilmingRequest, decision: str, said: str, by: User, on: date
) -> FilmingRequest:
    """The director says yes, no or on which conditions; a no and conditions in words. Once.

    Raises NotAllowed for one's own question, Refused once the day is over.
    """
    if not filming_kept_by(by, on=on).filter(pk=request.pk).exists():
        raise NotAllowed
    must_hold_at(Permission.DECIDE_CONSENT, unit_id=request.school_id, by=by, on=on)
    if decision not in FilmingRequest.Decision.values:
        raise NotAllowed
    if request.day < on:
        raise Refused(_("This day is over. There is nothing to decide any more."))
    words = said.strip() if decision == FilmingRequest.Decision.YES else must_say(said)
    rows = FilmingRequest.objects.filter(pk=request.pk, decided_at__isnull=True)
    if not rows.update(decision=decision, said=words, decided_by=by, decided_at=timezone.now()):
        raise Overtaken(_("A colleague decided this already."))
    record(
        events.FILMING_DECIDED,
        by=by,
        unit=request.school_id,
        target=request,
        changed=["decision"],
        ground=Ground.ADMINISTRATION,
    )
    return request
