"""Deciding about the items of a destruction list, and taking its steps."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.attempts import attempt
from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from retention import queries
from retention.actions.deciding_anew import decide_the_same
from retention.actions.lists import (
    MOST_KEPT,
    approve_list,
    assign_review,
    cancel_list,
    destroy_items,
    keep_items,
    review_list,
)
from retention.forms.lists import CancelForm, ItemsForm, KeepForm, NameForm, ReviewerForm
from retention.list_words import REFUSED
from retention.models import DestructionItem, DestructionList
from retention.queries.lists import WantedItems
from retention.rules.lists import Refusal, Step
from retention.views.frame import keys_in
from retention.views.lists import GROUND, about, found_list

_STEPS: dict[str, tuple[Step, Promise]] = {
    "review": (Step.REVIEW, gettext_lazy("Reviewed. Somebody of the board approves it now.")),
    "approve": (Step.APPROVE, gettext_lazy("Approved. The list cools off now.")),
    "anew": (Step.DECIDE, gettext_lazy("Decided by you now. Send the list on.")),
    "cancel": (Step.CANCEL, gettext_lazy("Cancelled. Nothing of this list is destroyed.")),
    "assign": (Step.ASSIGN, gettext_lazy("The review is given to somebody else.")),
}


@page(Permission.HANDLE_LISTS, methods=("POST",), shows=Shows.PUPILS, kind=Kind.CHANGE)
def decide_items(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """Decides about the items that were ticked, or about all that were found.

    To keep needs a reason and a day, which a page in between asks for.
    """
    made = found_list(request, list_id)
    decision = request.POST.get("decision")
    items = _chosen(request, made) if decision in DestructionItem.Decision.values else []
    form = None
    if decision == DestructionItem.Decision.KEEP:
        form = KeepForm(request.POST if "words" in request.POST else None)
    if items and form is None:
        _destroy(request, made, items)
    elif form is None or not items or not _kept(request, made, items, form):
        return _ask_why(request, made, items, form)
    request.page.names(ground=GROUND, unit=made.school_id, target=made.pk)
    return redirect(_back_to(request, made))


def _back_to(request: PortalRequest, made: DestructionList) -> str:
    """The list, narrowed and sorted as it was; a name that was searched stays out of addresses."""
    told = _asked(request).told
    address = reverse("destruction_list", args=[made.pk])
    return f"{address}?{urlencode(told)}" if told else address


def _asked(request: PortalRequest) -> WantedItems:
    """Which items the reader looked at when deciding."""
    form = ItemsForm(request.POST)
    form.is_valid()
    return form.wanted()


def _chosen(request: PortalRequest, made: DestructionList) -> list[uuid.UUID]:
    """The keys of what was ticked, or of everything found; only what the reader may see."""
    if request.POST.get("which") == "found":
        wanted = _asked(request)
        rows = queries.items_listed(made, request.user, on=request.day, wanted=wanted)
        return list(rows.values_list("pk", flat=True))
    rows = queries.destruction_items_visible_to(request.user, on=request.day).filter(list=made)
    ticked = keys_in(request.POST.getlist("item"))
    return list(rows.filter(pk__in=ticked).values_list("pk", flat=True))


def _destroy(request: PortalRequest, made: DestructionList, items: list[uuid.UUID]) -> None:
    try:
        done = destroy_items(made=made, items=items, by=request.user, on=request.day)
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
        return
    words = ngettext("%(n)s item will be destroyed.", "%(n)s items will be destroyed.", done.items)
    messages.success(request, words % {"n": done.items})
    if done.held:
        held = ngettext(
            "%(n)s item is held and stays as it is.",
            "%(n)s items are held and stay as they are.",
            done.held,
        )
        messages.warning(request, held % {"n": done.held})
    if done.kept:
        kept = ngettext(
            "%(n)s item was kept before and stays kept. Open it to decide anew.",
            "%(n)s items were kept before and stay kept. Open each to decide anew.",
            done.kept,
        )
        messages.warning(request, kept % {"n": done.kept})


def _kept(
    request: PortalRequest, made: DestructionList, items: list[uuid.UUID], form: KeepForm
) -> bool:
    if not form.is_valid():
        return False
    words, until = form.cleaned_data["words"], form.cleaned_data["until"]
    done = attempt(
        form,
        lambda: keep_items(
            made=made, items=items, words=words, until=until, by=request.user, on=request.day
        ),
    )
    if done is not None:
        messages.success(request, _("Kept, with everything else of these pupils on the list."))
    return done is not None


def _ask_why(
    request: PortalRequest, made: DestructionList, items: list[uuid.UUID], form: KeepForm | None
) -> HttpResponse:
    """Why these are kept; where nothing was ticked the page says so."""
    rows = queries.destruction_items_visible_to(request.user, on=request.day)
    rows = rows.filter(list=made, pk__in=items).order_by("dossier_id").distinct("dossier_id")
    one_each = queries.with_dossiers(rows[: MOST_KEPT + 1], on=request.day)
    dossiers = [one.dossier for one in one_each if one.dossier]
    is_too_much = len(one_each) > MOST_KEPT
    shown = [] if is_too_much else dossiers
    request.page.names(*shown, ground=GROUND, unit=made.school_id, target=made.pk)
    context = {
        "made": made,
        "items": [one.item.pk for one in one_each],  # what is kept, is kept with all of the pupil
        "dossiers": sorted(shown, key=lambda one: one.pupil.sort_name),
        "too_many": MOST_KEPT if is_too_much else 0,
        "form": form,
        "wanted": _asked(request),
        "ground": GROUND.label,
    }
    return render(request, "retention/lists/keep.html", context)


@page(Permission.HANDLE_LISTS, methods=("GET", "POST"), kind=Kind.CHANGE)
def destruction_list_step(request: PortalRequest, list_id: uuid.UUID, step: str) -> HttpResponse:
    """Asks once more, then reviews, decides anew, approves, cancels, or gives the review away."""
    if step not in _STEPS:
        raise Http404
    made = found_list(request, list_id)
    context = about(request, made)
    form, act = _step(request, step, made, context)
    if request.method == "POST" and form.is_valid():

        def do() -> bool:
            act()
            return True

        if attempt(form, do):
            messages.success(request, str(_STEPS[step][1]))
            return redirect("destruction_list", made.pk)
    elif request.method == "GET" and (no := _not_now(step, context)):
        messages.info(request, no)
        return redirect("destruction_list", made.pk)
    return render(request, f"retention/lists/{step}.html", context | {"form": form})


def _not_now(step: str, context: dict[str, Any]) -> str:
    """Why nobody is asked about this step; empty: the page asks."""
    if not context["may"][_STEPS[step][0].value]:
        return str(context["why_not"] or _("This step is not yours, or not now."))
    if step == "review" and context["numbers"].undecided:
        return str(REFUSED[Refusal.UNDECIDED])
    if step == "review" and context["anew"].items:
        return str(REFUSED[Refusal.DECIDED_BY_PARENT])
    if step == "anew" and not context["anew"].items:
        return str(REFUSED[Refusal.STATE])
    return ""


def _step(
    request: PortalRequest, step: str, made: DestructionList, context: dict[str, Any]
) -> tuple[forms.Form, Callable[[], object]]:
    """The form of a step, and what it does."""
    who: dict[str, Any] = {"made": made, "by": request.user, "on": request.day}
    data = request.POST if request.method == "POST" else None
    if step == "approve":
        name = NameForm(data)
        return name, lambda: approve_list(typed=name.cleaned_data["typed"], **who)
    if step == "assign":
        chosen = ReviewerForm(data, people=context["people"].reviewers)
        return chosen, lambda: assign_review(reviewer=chosen.chosen(), **who)
    if step == "cancel":
        why = CancelForm(data, is_reviewed=made.reviewed_on is not None)
        return why, lambda: cancel_list(because=why.cleaned_data.get("because", ""), **who)
    act = decide_the_same if step == "anew" else review_list
    return forms.Form({}), lambda: act(**who)
