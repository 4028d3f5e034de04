"""Moving to a group, leaving, undoing that, and going to another school of the board."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students import keepers, queries, seen
from students.actions import enrolments, places
from students.forms import pupils as forms
from students.forms.pupils import day_of
from students.models import Enrolment
from students.views.changing import Words, answer, page_of


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def record_leaving(request: PortalRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """The last day at school."""
    stay = _enrolment(request, enrolment_id)
    initial = {"last_day": stay.ends_on, "seen": seen.of_enrolments(stay.pupil)}
    form = forms.LeavingForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: enrolments.record_leaving(
            enrolment=stay,
            last_day=day_of(form, "last_day"),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Record the leaving date"),
            _(
                "The place in the group ends on this day. Counsellors can open the dossier for 30"
                " days more. A wrong date can be undone on the page of the pupil."
            ),
            _("Record the leaving date"),
            _("The leaving date is recorded."),
        ),
        back=page_of(stay.pupil),
        pupil=stay.pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def undo_leaving(request: PortalRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """Takes a wrong leaving date away."""
    stay = _enrolment(request, enrolment_id)
    form = forms.ConfirmForm(request.POST or None, initial={"seen": seen.of_enrolments(stay.pupil)})

    def act() -> bool:
        enrolments.undo_leaving(
            enrolment=stay, seen_before=form.cleaned_data["seen"], by=request.user, on=request.day
        )
        return True

    return answer(
        request,
        form,
        act,
        words=Words(
            _("Undo the leaving date"),
            _(
                "The enrolment and the dossier go on as if the pupil had not left. Counsellors"
                " whose assignment ended do not come back by themselves: the director assigns"
                " them again."
            ),
            _("Undo the leaving date"),
            _("The leaving date is gone: the pupil is enrolled as before."),
        ),
        back=page_of(stay.pupil),
        pupil=stay.pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def move_group(request: PortalRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """A place in another group."""
    stay = _enrolment(request, enrolment_id)
    form = forms.MoveForm(
        request.POST or None,
        initial={"starts_on": request.day, "seen": seen.of_enrolments(stay.pupil)},
        groups=queries.groups_visible_to(request.user, on=request.day)
        .filter(school=stay.school_id, school_year__ends_on__gte=request.day)
        .order_by("school_year__starts_on", "name"),
    )
    return answer(
        request,
        form,
        lambda: places.move_to_group(
            enrolment=stay,
            group=form.cleaned_data["group"],
            starts_on=day_of(form, "starts_on"),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Move to another group"),
            _(
                "The place in the present group ends the day before. The director decides which"
                " counsellors of the new group may open the dossier."
            ),
            _("Move the pupil"),
            _("The pupil has a place in the new group."),
        ),
        back=page_of(stay.pupil),
        pupil=stay.pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def transfer_pupil(request: PortalRequest, enrolment_id: uuid.UUID) -> HttpResponse:
    """To another school of the board."""
    stay = _enrolment(request, enrolment_id)
    form = forms.TransferForm(
        request.POST or None,
        initial={"seen": seen.of_enrolments(stay.pupil)},
        schools=queries.other_schools_of_board(stay.school),
    )
    return answer(
        request,
        form,
        lambda: enrolments.transfer_pupil(
            enrolment=stay,
            transfer=enrolments.Transfer(
                to_school=form.cleaned_data["to_school"],
                last_day=day_of(form, "last_day"),
                starts_on=day_of(form, "starts_on"),
            ),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Transfer to another school of the board"),
            _(
                "The other school starts a dossier of its own and receives nothing of this one."
                " It does see names, date of birth and parents. From then on it keeps them."
            ),
            _("Transfer the pupil"),
            _("The pupil leaves here and is enrolled at the other school."),
        ),
        back=page_of(stay.pupil),
        pupil=stay.pupil,
    )


def _enrolment(request: PortalRequest, enrolment_id: uuid.UUID) -> Enrolment:
    """An enrolment this user keeps; its pupil is named for the log."""
    stay = get_object_or_404(
        queries.enrolments_visible_to(request.user, on=request.day), pk=enrolment_id
    )
    request.page.names(stay.pupil, ground=Ground.ADMINISTRATION, unit=stay.school_id)
    keepers.must_manage(request.user, stay.pupil, request.day)
    keepers.must_manage_school(request.user, stay.school, request.day)
    return stay
