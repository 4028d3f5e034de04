"""Destruction lists: which there are, one with what stands on it, and how far it is."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from retention import queries
from retention.actions.lists import make_list
from retention.closing_words import Stopped, stopped, why_stopped
from retention.forms.lists import ItemsForm
from retention.list_words import COUNTED, LEFT_BECAUSE, MISSING, REFUSED, where_it_is
from retention.models import DestructionList
from retention.queries.deciding_anew import Anew
from retention.queries.list_people import People
from retention.queries.lists import Numbers
from retention.rules.closing import Stop
from retention.rules.lists import COOLING, REVIEWERS, Refusal, State, Step, begins_on, refusal
from retention.terms import KINDS
from retention.views.frame import ways
from retention.views.list_sections import sections

PER_PAGE = 30
GROUND = Ground.RETENTION
_ENDED = Q(cancelled_on__isnull=False) | Q(closed_at__isnull=False)


@page(Permission.SEE_LISTS, methods=("GET", "POST"), kind=Kind.LIST)
def destruction_lists(request: PortalRequest) -> HttpResponse:
    """The lists that go on, or ended: where each is, its days, and whom it waits for.

    By POST a director makes one at once; each night they are made by themselves.
    """
    schools = _directed(request)
    if request.method == "POST":
        return _made_by_hand(request, schools)
    is_ended = request.GET.get("which") == "ended"
    visible = queries.destruction_lists_visible_to(request.user, on=request.day)
    rows = visible.filter(_ENDED) if is_ended else visible.exclude(_ENDED)
    rows = queries.with_first_due(rows).annotate(certificate_number=F("certificate__number"))
    rows = rows.order_by("-made_on", "name")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = list(shown.object_list)
    numbers = queries.numbers_of(found, on=request.day)
    around = queries.people_around(found, on=request.day)
    context = {
        "shown": shown,
        "lists": [frame_of(row, around[row.pk], numbers[row.pk], on=request.day) for row in found],
        "is_ended": is_ended,
        "schools": schools,
    }
    return render(request, "retention/lists/list.html", context | ways(request))


def _directed(request: PortalRequest) -> list[Any]:
    """The schools where the reader may have a list made."""
    here = {m.unit_id for m in request.user.memberships_on(request.day) if m.role in REVIEWERS}
    return [
        one for one in queries.schools_with_lists(request.user, on=request.day) if one.pk in here
    ]


def _made_by_hand(request: PortalRequest, schools: list[Any]) -> HttpResponse:
    asked = request.POST.get("school", "")
    school = next((one for one in schools if str(one.pk) == asked), None)
    if school is None:
        messages.warning(request, str(REFUSED[Refusal.ROLE]))
        return redirect("destruction_lists")
    try:
        made = make_list(school=school, by=request.user, on=request.day)
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("destruction_lists")
    if made is None:
        messages.info(
            request, _("Nothing falls due within 45 days that stands on no list already.")
        )
        return redirect("destruction_lists")
    messages.success(request, _("The list is made. Say of each item what happens to it."))
    return redirect("destruction_list", made.pk)


def frame_of(
    made: DestructionList, people: People, numbers: Numbers, *, on: date
) -> dict[str, Any]:
    """Where a list is, in words, and what its pages say about days, people and numbers."""
    words, badge = where_it_is(
        people.state, must_answer=people.must_answer, is_dealt_with=not numbers.open
    )
    first_due: date | None = getattr(made, "first_due", None)
    approve_by = first_due - COOLING if first_due else None
    # Where it is not approved yet: if it were today.
    starts_on = begins_on(made.approved_on or on, first_due)
    is_waiting = people.state in (State.DRAFT, State.REVIEWED)
    return {
        "made": made,
        "because": why_stopped(made) or _silent(people.state, starts_on, on),
        "state": people.state,
        "state_words": words,
        "badge": badge,
        "people": people,
        "numbers": numbers,
        "missing": MISSING.get(people.missing) if people.missing else None,
        "starts_on": starts_on,
        "today": on,
        "approve_by": approve_by if is_waiting else None,
        "is_late": bool(is_waiting and approve_by and approve_by < on),
    }


def _silent(state: State, starts_on: date, on: date) -> Stopped | None:
    """A list that should have been begun on a day before; it is tried every ten minutes."""
    if state is not State.READY or starts_on >= on:
        return None
    return stopped(Stop.SILENT, timezone.make_aware(datetime.combine(starts_on, time())))


@page(Permission.SEE_LISTS, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST,
      reads_only=True)  # fmt: skip
def destruction_list(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """One list with its items: sorted, filtered and searched by POST."""
    made = found_list(request, list_id)
    narrowed = {name: value for name, value in request.GET.items() if name != "q"}
    form = ItemsForm(request.POST or narrowed or None)  # no name stands in an address
    form.is_valid()
    wanted = form.wanted()
    if request.method == "POST":
        request.page.becomes(Kind.SEARCH)
    rows = queries.items_listed(made, request.user, on=request.day, wanted=wanted)
    if request.method == "GET" and wanted.told and not rows.exists():
        request.page.names(ground=GROUND, unit=made.school_id, target=made.pk)
        return redirect("destruction_list", made.pk)  # all of these are decided now
    shown = Paginator(rows, PER_PAGE).get_page(request.POST.get("page"))
    listed = queries.with_dossiers(shown.object_list, on=request.day)
    listed = queries.with_changes(listed, on=request.day)
    dossiers = [one.dossier for one in listed if one.dossier]
    request.page.names(*dossiers, ground=GROUND, unit=made.school_id, target=made.pk)
    context = about(request, made) | {
        "form": form,
        "wanted": wanted,
        "shown": shown,
        "rows": listed,
        "sort": wanted.sort,
        "is_search": request.method == "POST",
        "ground": GROUND.label,
    }
    return render(request, "retention/lists/one.html", context | sections(request, made))


def found_list(request: PortalRequest, list_id: uuid.UUID) -> DestructionList:
    """The list, where the reader looks after its school; else 404."""
    rows = queries.destruction_lists_visible_to(request.user, on=request.day)
    return get_object_or_404(queries.with_first_due(rows), pk=list_id)


def about(request: PortalRequest, made: DestructionList) -> dict[str, Any]:
    """What the page of a list says of it, and which steps the reader may take."""
    user, day = request.user, request.day
    people = queries.people_around([made], on=day)[made.pk]
    who = queries.who_is(user, made, on=day)
    why_not = {step: refusal(step, people.state, who) for step in Step}
    handles = bool(user.memberships_with(Permission.HANDLE_LISTS, day))
    wants = Step.APPROVE if people.state is State.REVIEWED else Step.REVIEW
    why = why_not[wants] if people.to_act else None
    is_silent = why in (None, Refusal.STATE, Refusal.ROLE)
    numbers = queries.numbers_of([made], on=day)[made.pk]
    is_draft = people.state is State.DRAFT
    return frame_of(made, people, numbers, on=day) | {
        "anew": queries.anew_of(made) if is_draft and numbers.all > numbers.undecided else Anew(),
        "may": {step.value: handles and why_not[step] is None for step in Step},
        "why_not": None if is_silent or why is None else REFUSED[why],
    }


@page(Permission.SEE_LISTS)
def destruction_progress(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """How far carrying out is, in numbers; the page asks again by itself until it is done."""
    made = found_list(request, list_id)
    if request.GET.get("again"):
        request.page.repeats()
    numbers = queries.numbers_of([made], on=request.day)[made.pk]
    people = queries.people_around([made], on=request.day)[made.pk]
    context = frame_of(made, people, numbers, on=request.day)
    goes_on = people.state in (State.READY, State.BEGUN) and not context["because"]
    context["reloads"] = goes_on and numbers.now > 0
    return render(request, "retention/lists/progress.html", context)


@page(Permission.SEE_LISTS, shows=Shows.PUPIL)
def destruction_item(request: PortalRequest, item_id: uuid.UUID) -> HttpResponse:
    """One item: whose it is, its days, how much there is, what holds it; nothing it says."""
    rows = queries.destruction_items_visible_to(request.user, on=request.day)
    item = get_object_or_404(rows.select_related("decided_by", "list__school__board"), pk=item_id)
    found = queries.with_dossiers([item], on=request.day)
    (listed,) = queries.with_changes(found, on=request.day)
    dossier = listed.dossier
    named = [dossier] if dossier else []
    request.page.names(*named, ground=GROUND, unit=item.list.school_id, target=item.pk)
    counts = queries.counts_of(item)
    context = {
        "item": item,
        "listed": listed,
        "dossier": dossier,
        "kind": KINDS[item.kind],
        "counts": [(COUNTED[what], number) for what, number in counts.items()],
        "holds": queries.holds_on(item, on=request.day),
        "made": item.list,
        "may": about(request, item.list)["may"],
        "left_because": LEFT_BECAUSE.get(item.left_because, ""),
        "may_hold": bool(request.user.memberships_with(Permission.PLACE_HOLDS, request.day)),
        "ground": GROUND.label,
    }
    return render(request, "retention/lists/item.html", context)
