"""What the rules found about whoever looks here, and what they want to say of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from audit.lines import lines, shown_in
from audit.queries import Wanted
from audit.searching import Place, newest
from oversight.actions.findings_judging import reply_to_finding
from oversight.findings_words import shown
from oversight.forms.findings import ReplyForm
from oversight.queries import findings as queries
from oversight.views.findings import PER_PAGE, ROWS_A_PAGE, about, rows_of


@page(Permission.SEE_OWN_FINDINGS, kind=Kind.LIST)
def my_findings(request: PortalRequest) -> HttpResponse:
    """Everything that was found about me, and how it was judged."""
    rows = queries.with_outcome(queries.own_findings_visible_to(request.user, on=request.day))
    found = Paginator(rows.order_by(*queries.NEWEST_FIRST), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": found, "shown": [shown(row) for row in found]}
    return render(request, "oversight/findings/mine.html", context)


@page(Permission.SEE_OWN_FINDINGS, shows=Shows.PUPILS, kind=Kind.LIST)
def my_rows(request: PortalRequest) -> HttpResponse:
    """What the log says that I did, the newest first; found out or not."""
    user, day = request.user, request.day
    after = Place.read(request.GET.get("page", ""))
    found = newest(
        queries.own_rows_visible_to(user, on=day),
        Wanted(people=(user.pk,)),
        size=ROWS_A_PAGE,
        on=day,
        after=after,
    )
    keys = {key for row in found.rows for key in row.subjects}
    made = lines(found.rows, queries.own_pupils_named(keys, user, on=day))
    request.page.names(*shown_in(made), ground=Ground.OWN)
    context = {"lines": made, "following": found.following, "is_first": after is None}
    return render(request, "oversight/findings/my_rows.html", context)


@page(Permission.SEE_OWN_FINDINGS, methods=("GET", "POST"), shows=Shows.PUPILS)
def my_finding(request: PortalRequest, finding_id: uuid.UUID) -> HttpResponse:
    """One of them with its rows; I may say something of it, which stays."""
    rows = queries.with_outcome(queries.own_findings_visible_to(request.user, on=request.day))
    row = get_object_or_404(rows, pk=finding_id)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        said = attempt(
            form,
            lambda: reply_to_finding(finding=row, words=words, by=request.user, on=request.day),
        )
        if said is not None:
            messages.success(request, _("Sent. Whoever judges this reads it."))
            return redirect("my_finding", row.pk)
    context = {
        **about(row),
        **rows_of(request, row, is_own=True),
        "form": form,
        "outcomes": list(queries.outcomes_of(row)),
        "replies": queries.replies_of(row),
    }
    return render(request, "oversight/findings/my_finding.html", context)
