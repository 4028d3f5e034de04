"""Destruction lists: made ahead, decided item by item, reviewed, approved by a second person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from dossiers.models import Dossier
from retention import events
from retention.actions.holds import Reason, place_hold
from retention.list_words import REFUSED
from retention.models import DestructionItem, DestructionList
from retention.models.leavers import bit_of
from retention.queries.deciding_anew import decided_by_parents
from retention.queries.due import due_on, held_beyond_its_day
from retention.queries.list_people import people_around, who_is
from retention.queries.lists import has_own_child_on, roles_around
from retention.rules.lists import AHEAD, REVIEWERS, Refusal, Step, refusal
from retention.telling import tell_that_it_is_decided, tell_whom_it_waits_for
from retention.terms import KINDS, OF_PUPILS
from students.models import School

LISTED = OF_PUPILS  # what a list can destroy
_ORDER = {kind.code: place for place, kind in enumerate(LISTED)}  # what goes first stands first
MOST_KEPT = 200  # dossiers in one go: each gets a hold with words of its own


@transaction.atomic
def make_list(*, school: School, by: Actor, on: date) -> DestructionList | None:
    """A draft of all that falls due within 45 days and stands on no open list; none if nothing.

    A person who makes it directs the school and has no child on it. Raises Overtaken when today's
    list of this school is there already, and was not cancelled.
    """
    if isinstance(by, User) and not roles_around(by, school, on) & REVIEWERS:
        raise NotAllowed(REFUSED[Refusal.ROLE])
    wait_for_turn(school.pk)
    until = on + AHEAD
    rows = due_unlisted(school, until)
    if not rows:
        return None
    today = DestructionList.objects.filter(school=school, made_on=on)
    if today.filter(cancelled_on__isnull=True).exists():
        raise Overtaken(_("Today's list of this school is there already."))
    made = DestructionList.objects.create(
        school=school,
        name=_name(school, on, before=today.count()),
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
    if isinstance(by, User) and has_own_child_on(made, by):
        raise NotAllowed(REFUSED[Refusal.OWN_CHILD])
    _record(events.LIST_MADE, made, by=by, detail={"items": len(rows)})
    tell_whom_it_waits_for(made, on=on)
    return made


def _name(school: School, on: date, *, before: int) -> str:
    """What who approves the list types: no other list is called so."""
    others = School.objects.exclude(pk=school.pk).filter(unit__name=school.name)
    parts = [school.name[:90].strip(), school.brin if others.exists() else "", on.isoformat()]
    parts.append(f"({before + 1})" if before else "")
    return " ".join(part for part in parts if part)


def due_unlisted(school: School, until: date) -> list[Any]:
    """What falls due at a school until a day and stands on no list that is still going on.

    What was kept comes back once, with its new day; where its hold was lifted before the review,
    the draft it stands on is the place to decide anew. What was destroyed and is due again, of a
    pupil who came back, waits for no earlier list. What goes after another kind waits until that
    one is on this list, or on one that was approved.
    """
    live = DestructionItem.objects.filter(
        list__school=school, list__cancelled_on__isnull=True, list__closed_at__isnull=True
    )
    ended = (DestructionItem.Outcome.LEFT, DestructionItem.Outcome.DESTROYED)
    live = live.exclude(outcome__in=ended)
    listed = live.exclude(decision="keep")
    known = set(listed.values_list("dossier_id", "kind"))
    drafts = live.filter(decision="keep", list__reviewed_on__isnull=True)
    kept = set(drafts.values_list("dossier_id", "kind", "due_on"))
    rows = [
        row
        for row in due_on(until, schools=[school], kinds=LISTED)
        if (row.pk, row.kind) not in known and (row.pk, row.kind, row.due_day) not in kept
    ]
    approved = listed.filter(list__approved_on__isnull=False)
    return _whose_turn_comes(rows, set(approved.values_list("dossier_id", "kind")))


def _whose_turn_comes(rows: list[Any], going: set[tuple[uuid.UUID, str]]) -> list[Any]:
    """Without what must wait for another kind that nobody approved yet.

    That one is gone, on this list too, or `going`: on one that was approved. Else what comes after
    it would be approved, left alone, and listed again for as long as the other list waits.
    """
    found = []
    for row in sorted(rows, key=lambda row: _ORDER[row.kind]):
        first = KINDS[row.kind].after
        if all(row.gone & bit_of(KINDS[one]) or (row.pk, one) in going for one in first):
            found.append(row)
            going.add((row.pk, row.kind))
    return found


# Why nothing was decided: is something held, was something kept
_NOTHING_FREE: dict[tuple[bool, bool], Any] = {
    (False, False): _("Choose what you decide about."),
    (True, False): _("This is held. Lift the hold first."),
    (False, True): _("These are kept. Open them one by one to decide anew."),
    (True, True): _("These are held or kept. Open them one by one to decide anew."),
}


@dataclass(frozen=True)
class Decided:
    """How many items were decided, and how many stayed as they were: held, or kept before."""

    items: int
    held: int = 0
    kept: int = 0


@transaction.atomic
def destroy_items(
    *, made: DestructionList, items: Iterable[uuid.UUID], by: User, on: date
) -> Decided:
    """Says of these items that they are to be destroyed.

    What is held beyond its day stays as it is. What was kept is changed by itself only, never
    together with others.
    """
    row = to_change(Step.DECIDE, made, by=by, on=on)
    asked = row.items.filter(pk__in=list(items))
    held = set(asked.filter(held_beyond_its_day(on)).values_list("pk", flat=True))
    free = asked.exclude(pk__in=held)
    kept = 0
    if asked.count() > 1:
        kept = free.filter(decision=DestructionItem.Decision.KEEP).count()
        free = free.exclude(decision=DestructionItem.Decision.KEEP)
    number = free.update(
        decision=DestructionItem.Decision.DESTROY, decided_by=by, decided_at=timezone.now()
    )
    if not number:
        raise Refused(_NOTHING_FREE[bool(held), bool(kept)])
    _record(events.ITEM_DECIDED, row, by=by, detail={"items": number, "as": "destroy"})
    return Decided(number, len(held), kept)


@transaction.atomic
def destroy_item(*, item: DestructionItem, by: User, on: date) -> None:
    """Says of one item that it is to be destroyed."""
    destroy_items(made=item.list, items=[item.pk], by=by, on=on)


@transaction.atomic
def keep_items(
    *,
    made: DestructionList,
    items: Iterable[uuid.UUID],
    words: str,
    until: date,
    by: User,
    on: date,
) -> Decided:
    """Keeps what is recorded of these pupils until a day, with a reason.

    A hold truly keeps it, by every route. It holds the whole dossier, so everything of these
    pupils on the list is kept.
    """
    row = to_change(Step.DECIDE, made, by=by, on=on)
    asked = row.items.filter(pk__in=list(items)).values("dossier_id")
    dossiers = list(Dossier.objects.select_related("pupil", "school").filter(pk__in=asked))
    if not dossiers:
        raise Refused(_("Choose what you decide about."))
    if len(dossiers) > MOST_KEPT:
        raise Refused(_("Keep at most 200 pupils at once."))
    theirs = row.items.filter(dossier_id__in=[one.pk for one in dossiers])
    if until <= on or theirs.filter(due_on__gte=until).exists():
        raise Refused(_("Choose a day after the day on which it falls due."), about="until")
    wait_for_turn(*(one.pk for one in dossiers))  # in order: who carries out takes them so too
    for dossier in dossiers:
        place_hold(dossier=dossier, reason=Reason("other", words, until), by=by, on=on)
    number = theirs.update(
        decision=DestructionItem.Decision.KEEP, decided_by=by, decided_at=timezone.now()
    )
    _record(events.ITEM_DECIDED, row, by=by, detail={"items": number, "as": "keep"})
    return Decided(number)


@transaction.atomic
def keep_item(*, item: DestructionItem, words: str, until: date, by: User, on: date) -> None:
    """Keeps one item, and with it everything of this pupil on the list."""
    keep_items(made=item.list, items=[item.pk], words=words, until=until, by=by, on=on)


@transaction.atomic
def assign_review(*, made: DestructionList, reviewer: User, by: User, on: date) -> None:
    """Gives the review of a draft to a director or deputy of the school; only they review then."""
    row = to_change(Step.ASSIGN, made, by=by, on=on)
    if reviewer not in people_around([row], on=on)[row.pk].reviewers:
        raise Refused(
            _("Choose a director or deputy of this school without a child on the list."),
            about="reviewer",
        )
    row.reviewer, row.assigned_by, row.assigned_at = reviewer, by, timezone.now()
    row.save(update_fields=["reviewer", "assigned_by", "assigned_at"])
    _record(events.LIST_ASSIGNED, row, by=by)
    tell_whom_it_waits_for(row, on=on)


@transaction.atomic
def review_list(*, made: DestructionList, by: User, on: date) -> None:
    """Says that each item was looked at; from here on nobody changes one."""
    row = to_change(Step.REVIEW, made, by=by, on=on)
    if row.items.filter(decision="").exists():
        raise Refused(REFUSED[Refusal.UNDECIDED])
    if decided_by_parents(row).exists():
        raise Refused(REFUSED[Refusal.DECIDED_BY_PARENT])
    row.reviewed_on, row.reviewed_at, row.reviewed_by = on, timezone.now(), by
    row.save(update_fields=["reviewed_on", "reviewed_at", "reviewed_by"])
    _record(events.LIST_REVIEWED, row, by=by)
    tell_whom_it_waits_for(row, on=on)


@transaction.atomic
def approve_list(*, made: DestructionList, typed: str, by: User, on: date) -> None:
    """Approves a list as a second person, who types its name; then it cools off for seven days.

    Who could still stop it hears so.
    """
    row = to_change(Step.APPROVE, made, by=by, on=on)
    if typed.strip() != row.name:
        raise Refused(REFUSED[Refusal.NAME], about="typed")
    row.approved_on, row.approved_at, row.approved_by = on, timezone.now(), by
    row.save(update_fields=["approved_on", "approved_at", "approved_by"])
    _record(events.LIST_APPROVED, row, by=by)
    tell_that_it_is_decided(row, by=by, on=on)


@transaction.atomic
def cancel_list(*, made: DestructionList, by: User, on: date, because: str = "") -> None:
    """Ends a list before anything of it was destroyed; what is due comes onto the next one.

    What somebody reviewed is cancelled with a reason; who handles it hears so.
    """
    row = to_change(Step.CANCEL, made, by=by, on=on)
    if because not in DestructionList.Because.values and (because or row.reviewed_on):
        raise Refused(_("Choose why this list is cancelled."), about="because")
    row.cancelled_on, row.cancelled_at, row.cancelled_by = on, timezone.now(), by
    row.cancelled_because = because
    fields = ["cancelled_on", "cancelled_at", "cancelled_by", "cancelled_because"]
    row.save(update_fields=fields)
    _record(events.LIST_CANCELLED, row, by=by, detail={"because": because} if because else None)
    tell_that_it_is_decided(row, by=by, on=on)


def to_change(step: Step, made: DestructionList, *, by: User, on: date) -> DestructionList:
    """The list, locked, for who may take this step now; else NotAllowed, or Overtaken."""
    row = DestructionList.objects.select_for_update(of=("self",)).get(pk=made.pk)
    why = refusal(step, row.state_on(on), who_is(by, row, on=on))
    if why is Refusal.STATE:
        raise Overtaken(REFUSED[why])
    if why is not None:
        raise NotAllowed(REFUSED[why])
    return row


def _record(
    event: Event, made: DestructionList, *, by: Actor, detail: dict[str, object] | None = None
) -> None:
    record(event, by=by, unit=made.school_id, target=made, detail=detail)
