"""Enrolling a pupil, for the first time or again, and changing names or birth date."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students import keepers, queries, seen
from students.actions import enrolments, pupils
from students.forms import pupils as forms
from students.forms.pupils import day_of
from students.models import Pupil, School
from students.queries.visible import named_like
from students.views.changing import Words, answer, kept_pupil, page_of


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, methods=("GET", "POST"), kind=Kind.CHANGE)
def enrol_pupil(request: PortalRequest, school_id: uuid.UUID) -> HttpResponse:
    """A new pupil; somebody of the same name is shown first."""
    school = get_object_or_404(queries.schools_kept_by(request.user, on=request.day), pk=school_id)
    alike = _alike(request)
    request.page.names(*alike, ground=Ground.ADMINISTRATION, unit=school.pk)
    form = forms.EnrolForm(
        request.POST or None,
        initial={"starts_on": request.day},
        groups=queries.groups_visible_to(request.user, on=request.day).filter(
            school=school, school_year__ends_on__gte=request.day
        ),
        locations=queries.locations_visible_to(request.user, on=request.day).filter(school=school),
        asks_if_another=bool(alike),
    )
    if alike and form.is_valid() and not form.cleaned_data["is_another"]:
        form.add_error(
            "is_another",
            _("A pupil with this name is known already. Look first whether it is the same child."),
        )
    return answer(
        request,
        form,
        lambda: pupils.enrol_pupil(
            school=school, **form.enrolment(), by=request.user, on=request.day
        ),
        words=ENROL_WORDS,
        back=reverse("school_pupils"),
        onward=page_of,
        alike=alike,
        school=school,
    )


ENROL_WORDS = Words(
    _("Enrol a pupil"),
    _(
        "The pupil gets a dossier at this school at once. Nobody can open it until the"
        " director assigns a counsellor."
    ),
    _("Enrol the pupil"),
    _("The pupil is enrolled and has a dossier. Add the parents next."),
)


def _alike(request: PortalRequest) -> list[Pupil]:
    """Pupils with the name that was just typed in."""
    first, last = request.POST.get("first_name", ""), request.POST.get("surname", "")
    if not (first or last):
        return []
    rows = queries.pupils_visible_to(request.user, on=request.day)
    return list(named_like(rows, f"{first} {last}"[:200]).order_by("sort_name", "pk")[:5])


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def change_pupil(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Names and birth date."""
    pupil = kept_pupil(request, pupil_id)
    fields = ("first_name", "surname", "given_names", "birth_date")
    initial = {f: getattr(pupil, f) for f in fields}
    initial |= {"infix": pupil.prefix, "seen": seen.of_pupil(pupil)}
    form = forms.PupilForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: pupils.change_pupil(
            pupil=pupil,
            data=form.pupil_data(),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Change names or date of birth"),
            _(
                "The date of birth decides who answers for the pupil: parents under 12, together"
                " from 12, the pupil alone from 16."
            ),
            _("Save"),
            _("The names and date of birth are changed."),
        ),
        back=page_of(pupil),
        pupil=pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def return_pupil(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """A pupil who comes back."""
    pupil = get_object_or_404(queries.pupils_visible_to(request.user, on=request.day), pk=pupil_id)
    keepers.must_not_be_own_child(request.user, pupil)
    request.page.names(pupil, ground=Ground.ADMINISTRATION)
    schools = _left_schools(request, pupil)
    form = forms.ReturnForm(
        request.POST or None,
        initial={"starts_on": request.day, "seen": seen.of_enrolments(pupil)},
        schools=schools,
    )
    return answer(
        request,
        form,
        lambda: enrolments.return_pupil(
            pupil=pupil,
            school=form.cleaned_data["school"],
            starts_on=day_of(form, "starts_on"),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Enrol again"),
            _("The pupil continues the dossier it already has at this school."),
            _("Enrol again"),
            _("The pupil is enrolled again and continues its dossier."),
        ),
        back=page_of(pupil),
        pupil=pupil,
    )


def _left_schools(request: PortalRequest, pupil: Pupil) -> QuerySet[School]:
    stays = queries.enrolments_visible_to(request.user, on=request.day).filter(pupil=pupil)
    return queries.schools_kept_by(request.user, on=request.day).filter(
        pk__in=stays.values("school")
    )
