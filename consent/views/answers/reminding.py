"""Reminding everybody who has not answered, of the school, a group or one question."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.errors import NotAllowed, Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from consent.queries.answers import NO_GROUP, group_of
from consent.queries.reaching import Part, Reach, people_to_tell
from consent.tasks import let_remind
from consent.views.answers.looking import look


@page(Permission.RECORD_CONSENT, methods=("GET", "POST"), kind=Kind.CHANGE)
def remind_families(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """Says how many get a message and how many can't be mailed; a POST sends the messages."""
    looked = look(request, school_id, request.GET)
    if not looked.keeps:
        raise NotAllowed(_("You do not look after consent at that school."))
    row = looked.board.round
    if row is None:
        raise Http404
    group, in_no_group = group_of(looked.board, looked.group), looked.group == NO_GROUP
    if request.method == "POST":
        try:
            number = let_remind(
                row,
                group=group,
                purpose=looked.purpose,
                in_no_group=in_no_group,
                by=request.user,
                on=request.day,
            )
            _say(request, number)
        except Refused as refused:
            messages.error(request, str(refused.sentence))
        back = reverse("school_answers", args=[school_id])
        return redirect(f"{back}{looked.ending}")
    part = Part(row, group, looked.purpose, in_no_group)
    people = people_to_tell(row.school, on=request.day, part=part)
    mailed = [one for one in people if one.reach is Reach.MAIL]
    context = looked.for_page() | {
        "mails": sum(one.told_on != request.day for one in mailed),
        "told_today": sum(one.told_on == request.day for one in mailed),
        "others": len(people) - len(mailed),
        "may_send": row.opens_on <= request.day <= row.closes_on and row.carried_out_at is not None,
    }
    return render(request, "consent/answers/remind.html", context)


def _say(request: PortalRequest, number: int | None) -> None:
    if number is None:
        messages.info(request, _("The reminders are being sent. You may leave this page."))
    elif number:
        words = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", number)
        messages.success(request, words % {"count": number})
    else:
        messages.info(request, _("Nobody is left to remind by e-mail today."))
