"""What the keeper of the dossiers is told, and the lists of what other systems keep."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.errors import NotAllowed, Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries
from dossiers.actions.elsewhere import add_record_elsewhere, end_record_elsewhere
from dossiers.actions.emergency import see_notice
from dossiers.forms.elsewhere import ElsewhereForm
from dossiers.views.damaged import says_when_unreadable

NOTICES_A_PAGE = 30


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPILS, kind=Kind.LIST)
def notices(request: PortalRequest) -> HttpResponse:
    """What was reported to the keeper: those not yet seen first."""
    rows = queries.keeper_notices_visible_to(request.user, on=request.day)
    shown = Paginator(rows.order_by("-seen_at", "-created_at"), NOTICES_A_PAGE).get_page(
        request.GET.get("page")
    )
    shown.object_list = queries.notices_with_reasons(list(shown.object_list))
    request.page.names(*(notice.dossier for notice in shown), ground=Ground.CUSTODIAN)
    return render(
        request, "dossiers/keeper_notices.html", {"page": shown, "ground": Ground.CUSTODIAN.label}
    )


@page(Permission.MANAGE_ASSIGNMENTS, methods=("POST",), shows=Shows.PUPIL)
def notice_seen(request: PortalRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Ticks off one notice."""
    notice = get_object_or_404(
        queries.keeper_notices_visible_to(request.user, on=request.day), pk=notice_id
    )
    try:
        see_notice(notice=notice, by=request.user, on=request.day)
        messages.success(request, _("Noted that you saw it."))
    except Refused as refusal:
        messages.info(request, str(refusal.sentence))
    return redirect("keeper_notices")


@page(Permission.KEEP_RECORDS_ELSEWHERE)
def elsewhere_of_pupil(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """From a pupil to the list of the dossier in my care: for the administration."""
    rows = queries.dossiers_listed_elsewhere_by(request.user, on=request.day)
    found = rows.filter(pupil=pupil_id).order_by("-opened_on").first()
    if found is None:
        raise Http404
    return redirect("elsewhere", found.pk)


@page(Permission.KEEP_RECORDS_ELSEWHERE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def elsewhere(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """What other systems keep about this pupil: the list, and adding a line."""
    found = get_object_or_404(
        queries.dossiers_listed_elsewhere_by(request.user, on=request.day), pk=dossier_id
    )
    ground = queries.ground_elsewhere(request.user, found, on=request.day)
    request.page.names(found, ground=ground, unit=found.school_id)
    is_own_child = queries.is_own_child(request.user, found)
    if is_own_child and request.method == "POST":
        raise NotAllowed
    form = ElsewhereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = attempt(
            form,
            lambda: add_record_elsewhere(
                dossier=found, what=form.what(), by=request.user, on=request.day
            ),
        )
        if added is not None:
            messages.success(request, _("The line is added."))
            return redirect("elsewhere", dossier_id)
    lines = queries.records_elsewhere(found)
    context = {
        "dossier": found,
        "ground": ground.label,
        "is_own_child": is_own_child,
        "is_keeper": ground is Ground.CUSTODIAN,
        "form": form,
        "kept": [line for line in lines if not line.has_ended],
        "ended": [line for line in lines if line.has_ended],
        "opens_dossier": queries.dossiers_visible_to(request.user, on=request.day)
        .filter(pk=dossier_id)
        .exists(),
    }
    return render(request, "dossiers/elsewhere.html", context)


@page(Permission.KEEP_RECORDS_ELSEWHERE, methods=("GET", "POST"), shows=Shows.PUPIL)
def end_elsewhere(
    request: PortalRequest, dossier_id: uuid.UUID, record_id: uuid.UUID
) -> HttpResponse:
    """Asks once more, then notes that the other system keeps it no longer."""
    found = get_object_or_404(
        queries.dossiers_listed_elsewhere_by(request.user, on=request.day), pk=dossier_id
    )
    if queries.is_own_child(request.user, found):
        raise NotAllowed
    lines = [line for line in queries.records_elsewhere(found) if not line.has_ended]
    kept = next((line for line in lines if line.record.pk == record_id), None)
    if kept is None or kept.is_damaged:
        raise Http404
    ground = queries.ground_elsewhere(request.user, found, on=request.day)
    request.page.names(found, ground=ground, unit=found.school_id)
    back = reverse("elsewhere", args=[dossier_id])
    if request.method == "POST":
        try:
            end_record_elsewhere(kept=kept.record, by=request.user, on=request.day)
            messages.success(request, _("The line now stands among those that ended."))
        except Refused as refusal:
            messages.info(request, str(refusal.sentence))
        return redirect(back)
    context = {"dossier": found, "ground": ground.label, "kept": kept.text, "back": back}
    return render(request, "dossiers/end_elsewhere.html", context)
