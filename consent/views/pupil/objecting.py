"""Recording an objection: any member of staff of the school does, for whoever objects."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.holding import must_hold
from consent.actions.matters import About, record_objection
from consent.forms.matters import ObjectionForm
from consent.views.pupil.frame import Words, answer


@page(Permission.CHECK_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_objection(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID
) -> HttpResponse:
    """Somebody objects, and says so to me: a no from today until the director decides."""
    user, day = request.user, request.day
    pupil = get_object_or_404(queries.pupils_to_check_visible_to(user, on=day), pk=pupil_id)
    schools = queries.schools_to_check_visible_to(user, on=day).filter(enrolments__pupil=pupil)
    school = get_object_or_404(schools.distinct(), pk=school_id)
    request.page.names(pupil, ground=Ground.CHECK, unit=school.pk)
    must_hold(Permission.CHECK_CONSENT, pupil=pupil, school_id=school.pk, by=user, on=day)
    keeps = school.pk in user.units_with(Permission.RECORD_CONSENT, day)
    back = reverse("pupil_consent_at", args=[school.pk, pupil.pk]) if keeps else None
    form = ObjectionForm(
        request.POST or None, texts=list(queries.texts_in_use(school.board_id, day))
    )
    return answer(
        request,
        form,
        lambda: record_objection(
            about=About(pupil, school, form.cleaned_data["words"], form.purpose),
            comes_from=form.cleaned_data["comes_from"],
            by=user,
            on=day,
        ),
        words=Words(
            _("Record an objection"),
            _(
                "Anybody may object: a pupil of any age, a parent with or without authority. It is"
                " a no from now on, until the director lifts it with a reason."
            ),
            _("Record the objection"),
            _("The objection is recorded. From now on it is a no; the director decides about it."),
        ),
        context={
            "pupil": pupil,
            "school": school,
            "back": back or reverse("photo_check"),
            "ground": Ground.CHECK.label,
        },
    )
