"""Before the photo: for whom may this be done? Any employee, for pupils of the own school."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.checking import MOST_PUPILS, check_consent
from consent.forms.checking import CheckForm, title_of
from consent.models import Check, PurposeText


@page(Permission.CHECK_CONSENT, methods=("GET", "POST"))
def photo_check(request: PortalRequest) -> HttpResponse:
    """Chooses what for, when and whom; the answer stands on a page of its own, as proof."""
    schools = list(queries.schools_to_check_visible_to(request.user, on=request.day))
    groups = queries.groups_to_check_visible_to(request.user, on=request.day)
    texts = _texts(request, {school.board_id for school in schools})
    form = CheckForm(
        request.POST or None,
        texts=texts,
        schools=sorted(schools, key=lambda school: school.name),
        groups=list(groups.order_by("school__unit__name", "name", "pk")),
        today=request.day,
    )
    if request.method == "POST" and form.is_valid():
        check = _check(request, form, texts)
        if check is not None:
            return redirect("photo_check_result", check.pk)
    user, day = request.user, request.day
    context = {
        "form": form,
        "can_ask": bool(texts),
        "decides": bool(user.memberships_with(Permission.DECIDE_CONSENT, day)),
        "keeps": bool(user.memberships_with(Permission.RECORD_CONSENT, day)),
    }
    return render(request, "consent/photo_check.html", context)


@page(Permission.CHECK_CONSENT, shows=Shows.PUPILS, kind=Kind.LIST)
def photo_check_result(request: PortalRequest, check_id: uuid.UUID) -> HttpResponse:
    """Who may and who may not, as found then; and for whom that has changed since."""
    check = get_object_or_404(queries.checks_visible_to(request.user, on=request.day), pk=check_id)
    lines = queries.lines_of(check, request.user, on=request.day)
    request.page.names(
        *(line.pupil for line in lines),
        ground=Ground.CHECK,
        unit=check.school_id,
        target=check.pk,
    )
    context = {
        "check": check,
        "what_for": title_of(check.text),
        "lines": lines,
        "allowed": sum(line.is_allowed for line in lines),
        "has_changed": any(line.has_changed for line in lines),
        "tells_why": any(line.reason for line in lines),
        "may_publish": queries.is_publishable(check.text),
        "ground": Ground.CHECK.label,
    }
    return render(request, "consent/photo_check_result.html", context)


def _texts(request: PortalRequest, boards: set[uuid.UUID]) -> list[PurposeText]:
    return [text for board in boards for text in queries.texts_in_use(board, request.day)]


def _check(request: PortalRequest, form: CheckForm, today: list[PurposeText]) -> Check | None:
    """Carries the check out; none, with a mistake in the form, when nobody was found."""
    data = form.cleaned_data
    school, day = data["chosen_school"], data["day"]
    in_use = today if day == request.day else queries.texts_in_use(school.board_id, day)
    wanted = (data["purpose"], school.board_id)
    text = next((t for t in in_use if (str(t.purpose_id), t.purpose.board_id) == wanted), None)
    found = queries.pupils_chosen(
        request.user,
        on=request.day,
        school=school,
        groups=data["chosen_groups"],
        typed=data["typed"],
    )
    pupils = list(found.values_list("pk", flat=True)[: MOST_PUPILS + 1])
    if text is None:
        form.add_error("day", _("Nothing is asked for this on that day. Choose another day."))
    elif not pupils:
        form.add_error("typed", _("No pupil found. Choose other groups, or less of the name."))
    else:
        try:
            return check_consent(
                school=school, text=text, pupils=pupils, day=day, by=request.user, on=request.day
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
    return None
