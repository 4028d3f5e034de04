"""What a search found after a destruction: whose is it?"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.attempts import attempt
from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from retention.actions.leftovers import judge_leftovers as judge
from retention.forms.leftovers import JudgeForm, JudgeSeveralForm
from retention.models import SearchPass
from retention.queries.leftovers import (
    ToJudge,
    judgements_of,
    leftovers_visible_to,
    may_judge_on,
    shown,
)
from retention.searching.verdict import newest_pass
from retention.views.frame import keys_in
from retention.views.lists import GROUND, found_list

PER_PAGE = 100


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
    if (
        request.method == "POST"
        and form.is_valid()
        and _judged(request, form, row.search, [row.pk])
    ):
        messages.success(request, _("It is written down, with your name and the day."))
        return redirect("destruction_list", made.pk)
    context = {"one": one, "made": made, "form": form, "judgements": judgements_of(row)}
    return render(request, "retention/lists/leftover.html", context)


@page(Permission.HANDLE_LISTS, methods=("GET", "POST"), kind=Kind.CHANGE)
def judge_leftovers(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """All that was found and waits, or was judged: place by place, and several judged at once."""
    made = found_list(request, list_id)
    request.page.names(ground=GROUND, unit=made.school_id, target=made.pk)
    newest = newest_pass(made)
    if newest is None:
        return redirect("destruction_list", made.pk)
    if not may_judge_on(made, request.user, newest, on=request.day):
        raise NotAllowed
    found = ToJudge(
        newest,
        request.user,
        on=request.day,
        is_judged=request.GET.get("which") == "judged",
        place=request.GET.get("place", ""),
    )
    pages = Paginator(found.rows(), PER_PAGE).get_page(request.GET.get("page"))
    rows = found.shown(pages.object_list)
    form = JudgeSeveralForm(
        request.POST or None,
        on_page=len(rows),
        in_all=pages.paginator.count,
        initial={"search": newest.pk, "which": "ticked"},
    )
    if request.method == "POST" and form.is_valid() and _said_of_several(request, form, found):
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    context = {
        "made": made,
        "found": found,
        "shown": pages,
        "rows": rows,
        "ticked": keys_in(request.POST.getlist("leftover")),
        "form": form,
    }
    return render(request, "retention/lists/leftovers.html", context)


def _said_of_several(request: PortalRequest, form: JudgeSeveralForm, found: ToJudge) -> bool:
    """Whether it was written down of those that were chosen; else the form says why not."""
    data = form.cleaned_data
    if data["search"] != found.newest.pk:
        form.add_error(None, _("Everything was searched again meanwhile. Look once more."))
        return False
    rows = found.rows().order_by()
    if data["which"] != "place":
        name = "leftover" if data["which"] == "ticked" else "shown"
        rows = rows.filter(pk__in=keys_in(request.POST.getlist(name)))
    chosen = list(rows.values_list("pk", flat=True))
    if not chosen:
        form.add_error("which", _("Tick at least one of them."))
        return False
    number = _judged(request, form, found.newest, chosen)
    if not number:
        return False
    words = ngettext(
        "It is written down of %(n)s thing that was found, with your name and the day.",
        "It is written down of %(n)s things that were found, with your name and the day.",
        number,
    )
    messages.success(request, words % {"n": number})
    return True


def _judged(
    request: PortalRequest, form: JudgeForm, search: SearchPass, chosen: list[uuid.UUID]
) -> int | None:
    """Of how many it is written down; none: the form says why not."""
    outcome, words = form.cleaned_data["outcome"], form.cleaned_data["words"]
    by, on = request.user, request.day
    return attempt(
        form,
        lambda: judge(
            made=search.list, leftovers=chosen, outcome=outcome, words=words, by=by, on=on
        ),
    )
