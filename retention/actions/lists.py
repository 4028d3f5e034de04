"""Destruction lists: made ahead, decided item by item, reviewed, approved by a second person."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from audit.actions import record
from audit.events import Event
from dossiers.models import Dossier
from retention import events
from retention.actions.holds import Reason, place_hold
from retention.models import DestructionItem, DestructionList
from retention.queries.due import due_on
from retention.queries.lists import has_own_child_on, roles_around
from retention.rules.lists import AHEAD, Refusal, Step, Who, refusal
from retention.terms import KINDS
from students.models import School

# What a list can destroy so far: the parts of a dossier. The other kinds follow.
LISTED = tuple(KINDS[code] for code in ("guidance", "medical", "agreements"))

_SAID: dict[Refusal, Promise] = {
    Refusal.STATE: _("This list is further on by now, or not there yet."),
    Refusal.ROLE: _("Somebody in another role takes this step."),
    Refusal.SAME_PERSON: _("A second person approves: not who made, decided or reviewed the list."),
    Refusal.OWN_CHILD: _("Your own child stands on this list: somebody else takes this step."),
    Refusal.UNDECIDED: _("Say of each item first whether it is destroyed or kept."),
    Refusal.NAME: _("That is not the name of the list."),
}


@transaction.atomic
def make_list(*, school: School, by: Actor, on: date) -> DestructionList | None:
    """A draft of all that falls due within 45 days and stands on no open list; none if nothing.

    Raises Overtaken when today's list of this school is there already.
    """
    until = on + AHEAD
    rows = [
        row
        for row in due_on(until, schools=[school], kinds=LISTED)
        if not _is_listed(row.pk, row.kind)
    ]
    if not rows:
        return None
    name = f"{school.unit.name} {on.isoformat()}"
    if DestructionList.objects.filter(name=name).exists():
        raise Overtaken(_("Today's list of this school is there already."))
    made = DestructionList.objects.create(
        school=school,
        name=name,
        due_until=until,
        made_on=on,
        made_by=by if isinstance(by, User) else None,
    )
    DestructionItem.objects.bulk_create(
        DestructionItem(
            list=made, dossier_id=row.pk, kind=row.kind, last_day=row.last_day, due_on=row.due_day
        )
        for row in rows
    )
    _record(events.LIST_MADE, made, by=by, detail={"items": len(rows)})
    return made


def _is_listed(dossier: uuid.UUID, kind: str) -> bool:
    """Whether this stands on a list that is still going on."""
    items = DestructionItem.objects.filter(dossier_id=dossier, kind=kind)
    live = items.filter(list__cancelled_on__isnull=True, list__closed_at__isnull=True)
    return live.exclude(outcome=DestructionItem.Outcome.LEFT).exclude(decision="keep").exists()


@transaction.atomic
def destroy_item(*, item: DestructionItem, by: User, on: date) -> None:
    """Says of an item that it is to be destroyed."""
    _decide(item, DestructionItem.Decision.DESTROY, by=by, on=on)


@transaction.atomic
def keep_item(*, item: DestructionItem, words: str, until: date, by: User, on: date) -> None:
    """Keeps an item until a day, with a reason: a hold that truly keeps it, by every route."""
    if until <= item.due_on:
        raise Refused(_("Choose a day after the day on which it falls due."))
    dossier = Dossier.objects.get(pk=item.dossier_id)
    place_hold(dossier=dossier, reason=Reason("other", words, until), by=by, on=on)
    _decide(item, DestructionItem.Decision.KEEP, by=by, on=on)


def _decide(
    item: DestructionItem, decision: DestructionItem.Decision, *, by: User, on: date
) -> None:
    made = DestructionList.objects.select_for_update().get(pk=item.list_id)
    _must_be_able(Step.DECIDE, made, by, on)
    rows = DestructionItem.objects.filter(pk=item.pk)
    rows.update(decision=decision, decided_by=by, decided_at=timezone.now())
    _record(events.ITEM_DECIDED, made, by=by, detail={"item": str(item.pk), "as": str(decision)})


@transaction.atomic
def review_list(*, made: DestructionList, by: User, on: date) -> None:
    """Says that each item was looked at; from here on nobody changes one."""
    row = DestructionList.objects.select_for_update().get(pk=made.pk)
    _must_be_able(Step.REVIEW, row, by, on)
    if row.items.filter(decision="").exists():
        raise Refused(_SAID[Refusal.UNDECIDED])
    row.reviewed_on, row.reviewed_at, row.reviewed_by = on, timezone.now(), by
    row.save(update_fields=["reviewed_on", "reviewed_at", "reviewed_by"])
    _record(events.LIST_REVIEWED, row, by=by)


@transaction.atomic
def approve_list(*, made: DestructionList, typed: str, by: User, on: date) -> None:
    """Approves a list as a second person, who types its name; then it cools off for seven days."""
    row = DestructionList.objects.select_for_update().get(pk=made.pk)
    _must_be_able(Step.APPROVE, row, by, on)
    if typed.strip() != row.name:
        raise Refused(_SAID[Refusal.NAME])
    row.approved_on, row.approved_at, row.approved_by = on, timezone.now(), by
    row.save(update_fields=["approved_on", "approved_at", "approved_by"])
    _record(events.LIST_APPROVED, row, by=by)


@transaction.atomic
def cancel_list(*, made: DestructionList, by: User, on: date) -> None:
    """Ends a list before anything of it was destroyed; what is due comes onto the next one."""
    row = DestructionList.objects.select_for_update().get(pk=made.pk)
    _must_be_able(Step.CANCEL, row, by, on)
    row.cancelled_on, row.cancelled_at, row.cancelled_by = on, timezone.now(), by
    row.save(update_fields=["cancelled_on", "cancelled_at", "cancelled_by"])
    _record(events.LIST_CANCELLED, row, by=by)


def _must_be_able(step: Step, made: DestructionList, by: User, on: date) -> None:
    earlier = {made.made_by_id, made.reviewed_by_id}
    earlier |= set(made.items.values_list("decided_by_id", flat=True).distinct())
    who = Who(
        roles=frozenset(roles_around(by, made.school, on)),
        has_own_child_on_it=has_own_child_on(made, by),
        did_an_earlier_step=by.pk in earlier,
    )
    why = refusal(step, made.state_on(on), who)
    if why is Refusal.STATE:
        raise Overtaken(_SAID[why])
    if why is not None:
        raise NotAllowed(_SAID[why])


def _record(
    event: Event, made: DestructionList, *, by: Actor, detail: dict[str, object] | None = None
) -> None:
    record(event, by=by, unit=made.school_id, target=made, detail=detail)
