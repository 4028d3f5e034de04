"""Holds: which stand, placing one, looking at one again, and lifting it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from retention import queries
from retention.actions.holds import lift_hold, place_hold, review_hold, roles_at
from retention.forms.holds import FindForm, LiftForm, PlaceForm, ReviewForm
from retention.models import Hold
from retention.rules import may_lift
from retention.views.frame import ways

PER_PAGE = 30
GROUND = Ground.RETENTION


@page(Permission.PLACE_HOLDS, shows=Shows.PUPILS, kind=Kind.LIST)
def holds(request: PortalRequest) -> HttpResponse:
    """The holds that stand, those to be looked at again first; or the lifted ones."""
    is_lifted = request.GET.get("which") == "lifted"
    rows = queries.holds_visible_to(request.user, on=request.day)
    standing = queries.standing_holds(request.day).values("pk")
    rows = rows.exclude(pk__in=standing) if is_lifted else rows.filter(pk__in=standing)
    rows = rows.select_related("placed_by").order_by("review_on", "placed_at", "pk")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    request.page.names(*(row.dossier for row in shown.object_list), ground=GROUND)
    context = {"shown": shown, "is_lifted": is_lifted, "today": request.day, "ground": GROUND.label}
    return render(request, "retention/holds/list.html", context | ways(request))


@page(Permission.PLACE_HOLDS, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST,
      reads_only=True)  # fmt: skip
def find_to_hold(request: PortalRequest) -> HttpResponse:
    """Finds the dossier that must be kept, by the pupil's name; searched by POST."""
    form = FindForm(request.POST or None)
    typed = form.cleaned_data["q"] if request.method == "POST" and form.is_valid() else ""
    if typed:
        request.page.becomes(Kind.SEARCH)
    found = queries.found_to_hold(request.user, typed, on=request.day)
    shown = Paginator(found, PER_PAGE).get_page(request.POST.get("page"))
    request.page.names(*shown.object_list, ground=GROUND)
    context = {"form": form, "typed": typed, "shown": shown, "ground": GROUND.label}
    return render(request, "retention/holds/find.html", context)


@page(Permission.PLACE_HOLDS, methods=("GET", "POST"), shows=Shows.PUPIL, kind=Kind.CHANGE)
def hold_dossier(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Places a hold: from then on nobody destroys this dossier, but for what goes already."""
    rows = queries.dossiers_to_hold_visible_to(request.user, on=request.day)
    dossier = get_object_or_404(rows, pk=dossier_id)
    request.page.names(dossier, ground=GROUND, unit=dossier.school_id, target=dossier.pk)
    form = PlaceForm(request.POST or None)
    without = queries.without_holds(dossier, on=request.day)
    if request.method == "POST" and form.is_valid():
        by, on = request.user, request.day
        row = attempt(form, lambda: place_hold(dossier=dossier, reason=form.reason(), by=by, on=on))
        if row is not None:
            _say_what_it_keeps(request, without.going)
            return redirect("hold", row.pk)
    context = {"dossier": dossier, "form": form, "without": without, "ground": GROUND.label}
    return render(request, "retention/holds/place.html", context)


def _say_what_it_keeps(request: PortalRequest, going: Sequence[Promise]) -> None:
    if not going:
        messages.success(request, _("The hold stands. Nobody can destroy this dossier now."))
        return
    said = _(
        "The hold stands. Nobody can destroy what is left of this dossier. It came too late for"
        " what is being destroyed already: %(kinds)s."
    )
    messages.warning(request, said % {"kinds": ", ".join(map(str, going))})


@page(Permission.PLACE_HOLDS, shows=Shows.PUPIL)
def hold(request: PortalRequest, hold_id: uuid.UUID) -> HttpResponse:
    """One hold with its words, opened: each such look is a row in the log."""
    row = _hold(request, hold_id)
    context = _of_hold(request, row) | {
        "said": queries.history_of(row, request.user, on=request.day)
    }
    return render(request, "retention/holds/hold.html", context)


@page(Permission.PLACE_HOLDS, methods=("GET", "POST"), shows=Shows.PUPIL, kind=Kind.CHANGE)
def keep_holding(request: PortalRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Somebody looked at a hold again: it stays, and this is why."""
    return _changed(
        request, hold_id, ReviewForm, review_hold, "retention/holds/keep.html",
        _("The hold stays. You look at it again in a year."),
    )  # fmt: skip


@page(Permission.PLACE_HOLDS, methods=("GET", "POST"), shows=Shows.PUPIL, kind=Kind.CHANGE)
def lift(request: PortalRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Ends a hold with a reason: the term counts again."""
    return _changed(
        request, hold_id, LiftForm, lift_hold, "retention/holds/lift.html",
        _("The hold is lifted. The term counts again."),
    )  # fmt: skip


def _changed(
    request: PortalRequest,
    hold_id: uuid.UUID,
    form_class: type[ReviewForm | LiftForm],
    act: Callable[..., object],
    template: str,
    done: str,
) -> HttpResponse:
    row = _hold(request, hold_id)
    context = _of_hold(request, row)
    if not context["may_handle"]:
        messages.info(request, _("There is nothing to do about this hold."))
        return redirect("hold", row.pk)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]

        def do() -> bool:
            act(hold=row, words=words, by=request.user, on=request.day)
            return True

        if attempt(form, do):
            messages.success(request, done)
            return redirect("hold", row.pk)
    return render(request, template, context | {"form": form})


def _hold(request: PortalRequest, hold_id: uuid.UUID) -> Hold:
    rows = queries.holds_visible_to(request.user, on=request.day)
    row = get_object_or_404(
        rows.select_related("placed_by", "lifted_by").prefetch_related("reviews"), pk=hold_id
    )
    request.page.names(row.dossier, ground=GROUND, unit=row.dossier.school_id, target=row.pk)
    return row


def _of_hold(request: PortalRequest, row: Hold) -> dict[str, Any]:
    stands = queries.standing_holds(request.day).filter(pk=row.pk).exists()
    roles = roles_at(request.user, row.dossier, request.day)
    return {
        "hold": row,
        "dossier": row.dossier,
        "stands": stands,
        "is_due": stands and not row.room and row.review_on <= request.day,
        "may_handle": stands and not row.room,
        "may_lift": stands and may_lift(row.placed_as, roles),
        "ground": GROUND.label,
    }
