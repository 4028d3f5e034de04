"""What a parent is to a pupil, authority, representatives, and a pupil's own account."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from access.attempts import attempt
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from students import queries, seen
from students.actions import accounts, authority, families, representatives
from students.forms import families as forms
from students.forms.pupils import ConfirmForm, day_of
from students.models import Parenthood
from students.views.changing import Words, answer, kept_pupil, must_keep, page_of
from students.views.parents import ACCOUNT_WORDS


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def record_authority(request: PortalRequest, link_id: uuid.UUID) -> HttpResponse:
    """Authority from a day on."""
    link = _link(request, link_id)
    form = forms.AuthorityForm(request.POST or None, initial={"seen": seen.of_parenthood(link)})
    return answer(
        request,
        form,
        lambda: authority.record_authority(
            link=link,
            data=form.authority_data(),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Record authority"),
            _(
                "What was recorded before ends the day before this one and stays readable. Only a"
                " parent with authority can sign."
            ),
            _("Record authority"),
            _("The authority is recorded."),
        ),
        back=page_of(link.pupil),
        pupil=link.pupil,
        parent=link.parent,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def change_relation(request: PortalRequest, link_id: uuid.UUID) -> HttpResponse:
    """What this parent is to the pupil."""
    link = _link(request, link_id)
    initial = {"relation": link.relation, "seen": seen.of_parenthood(link)}
    form = forms.RelationForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: families.change_relation(
            link=link,
            relation=form.cleaned_data["relation"],
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Change the relation"),
            _("The relation says nothing about authority: that is recorded apart."),
            _("Save"),
            _("The relation is changed."),
        ),
        back=page_of(link.pupil),
        pupil=link.pupil,
        parent=link.parent,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def unlink_parent(request: PortalRequest, link_id: uuid.UUID) -> HttpResponse:
    """Withdraws a link made by mistake."""
    link = _link(request, link_id)
    form = ConfirmForm(request.POST or None, initial={"seen": seen.of_parenthood(link)})

    def act() -> bool:
        families.unlink_parent(
            link=link, seen_before=form.cleaned_data["seen"], by=request.user, on=request.day
        )
        return True

    return answer(
        request,
        form,
        act,
        words=Words(
            _("Withdraw this link"),
            _(
                "Only for a link made by mistake. This person is then no parent of this pupil"
                " here, at once. Linking the same person again brings back what was recorded."
            ),
            _("Withdraw the link"),
            _("The link is withdrawn."),
            is_grave=True,
        ),
        back=page_of(link.pupil),
        pupil=link.pupil,
        parent=link.parent,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_representative(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Somebody who answers by a court's decision."""
    pupil = kept_pupil(request, pupil_id)
    form = forms.RepresentativeForm(
        request.POST or None, initial={"seen": seen.of_representatives(pupil)}
    )
    return answer(
        request,
        form,
        lambda: representatives.add_representative(
            pupil=pupil,
            data=form.representative_data(),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Add a representative"),
            _("A court decides who represents a pupil. Without its decision nobody is added."),
            _("Add the representative"),
            _("The representative is added."),
        ),
        back=page_of(pupil),
        pupil=pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def end_representative(request: PortalRequest, representative_id: uuid.UUID) -> HttpResponse:
    """The last day of a representation."""
    row = get_object_or_404(
        queries.representatives_visible_to(request.user, on=request.day), pk=representative_id
    )
    pupil = must_keep(request, row.pupil)
    initial = {"last_day": row.ends_on, "seen": seen.of_representatives(pupil)}
    form = forms.EndForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: representatives.end_representative(
            representative=row,
            last_day=day_of(form, "last_day"),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("End a representation"),
            _("From the day after, this person answers no more. The row stays readable."),
            _("End the representation"),
            _("The last day is recorded."),
        ),
        back=page_of(pupil),
        pupil=pupil,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def give_pupil_account(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """An account for a pupil from 12: the row only; a letter with a code opens it later."""
    pupil = kept_pupil(request, pupil_id)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = attempt(
            form,
            lambda: accounts.link_account_to_pupil(pupil=pupil, by=request.user, on=request.day),
        )
        if user is not None:
            words = _now("The account is made. Its user name is %(username)s.")
            messages.success(request, words % {"username": user.username})
            return redirect(page_of(pupil))
    return answer(
        request, form, lambda: None, words=ACCOUNT_WORDS, back=page_of(pupil), pupil=pupil
    )


def _link(request: PortalRequest, link_id: uuid.UUID) -> Parenthood:
    link = get_object_or_404(
        queries.parenthoods_visible_to(request.user, on=request.day), pk=link_id
    )
    must_keep(request, link.pupil)
    return link
