"""What a search found after a destruction: whose is it?"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from retention.actions.leftovers import judge_leftover as judge
from retention.forms.leftovers import JudgeForm
from retention.queries.leftovers import judgements_of, leftovers_visible_to, shown
from retention.views.lists import GROUND


@page(Permission.HANDLE_LISTS, methods=("GET", "POST"), kind=Kind.CHANGE)
def judge_leftover(request: PortalRequest, leftover_id: uuid.UUID) -> HttpResponse:
    """One finding: where it stands, what was said of it, and whose it is."""
    rows = leftovers_visible_to(request.user, on=request.day)
    row = get_object_or_404(rows, pk=leftover_id)
    made = row.search.list
    request.page.names(ground=GROUND, unit=made.school_id, target=row.pk)
    one = shown(row, request.user, on=request.day)
    if not one.may_judge:
        raise NotAllowed
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, by, on = form.cleaned_data, request.user, request.day
        outcome, words = data["outcome"], data["words"]
        if attempt(form, lambda: judge(leftover=row, outcome=outcome, words=words, by=by, on=on)):
            messages.success(request, _("It is written down, with your name and the day."))
            return redirect("destruction_list", made.pk)
    context = {"one": one, "made": made, "form": form, "judgements": judgements_of(row)}
    return render(request, "retention/lists/leftover.html", context)
