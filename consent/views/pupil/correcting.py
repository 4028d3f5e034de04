"""A no that the school recorded by mistake counts no more; the director decides."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions.correcting import correct_mistake
from consent.forms.words import MistakeForm
from consent.models import Answer
from consent.views.pupil.frame import Words, answer, around, kept_pupil

_WORDS = Words(
    _("This no was recorded by mistake"),
    _(
        "The answer stays in the history and counts no more. What this person said before counts"
        " again. A no of anybody else stays a no. The family sees that it was corrected."
    ),
    _("It was a mistake"),
    _("The answer counts no more. Record what was really said, if you know it."),
    is_grave=True,
)


@page(Permission.DECIDE_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def correct_answer(request: PortalRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Asks why, and says what counts afterwards."""
    rows = queries.answers_kept_by(request.user, on=request.day)
    row = get_object_or_404(rows.exclude(route=Answer.Route.ONLINE), pk=answer_id)
    kept = kept_pupil(request, row.pupil_id, row.school_id)
    form = MistakeForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: correct_mistake(
            answer=row, reason=form.cleaned_data["reason"], by=request.user, on=request.day
        ),
        words=_WORDS,
        context=around(request, kept),
    )
