"""Colleagues who are a parent of a pupil: named, or not after all, by who keeps the dossier."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students import keepers, queries
from students.actions import colleagues
from students.forms import families as forms
from students.views.changing import Words, answer


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def name_colleague(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Says that somebody who works here is a parent of this pupil."""
    pupil = get_object_or_404(queries.pupils_visible_to(request.user, on=request.day), pk=pupil_id)
    request.page.names(pupil, ground=Ground.CUSTODIAN)
    keepers.must_not_be_own_child(request.user, pupil)
    links = queries.parenthoods_visible_to(request.user, on=request.day).filter(pupil=pupil)
    parents = [link.parent for link in links if link.parent.user_id is None]
    form = forms.ColleagueForm(request.POST or None, parents=parents)
    return answer(
        request,
        form,
        lambda: colleagues.name_colleague(
            pupil=pupil,
            username=form.cleaned_data["username"],
            parent=form.chosen(),
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("A colleague is a parent"),
            _(
                "Nobody handles matters of their own child. From now on this colleague keeps out of"
                " this dossier as director, administrator or counsellor."
            ),
            _("Record it"),
            _("It is recorded: this colleague handles nothing of this pupil any more."),
        ),
        back=reverse("school_pupil", args=[pupil.pk]),
        pupil=pupil,
        ground=Ground.CUSTODIAN.label,
    )


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def unname_colleague(request: PortalRequest, link_id: uuid.UUID) -> HttpResponse:
    """Says that a colleague is no parent of this pupil after all."""
    links = queries.parenthoods_visible_to(request.user, on=request.day)
    link = get_object_or_404(links.filter(parent__user__isnull=False), pk=link_id)
    request.page.names(link.pupil, ground=Ground.CUSTODIAN)
    keepers.must_not_be_own_child(request.user, link.pupil)
    form = forms.NoParentForm(request.POST or None)

    def act() -> bool:
        colleagues.unname_colleague(
            link=link,
            is_other_person=form.cleaned_data["what"] == "other_person",
            by=request.user,
            on=request.day,
        )
        return True

    return answer(
        request,
        form,
        act,
        words=Words(
            _("This colleague is no parent"),
            _("Only for a mistake. Their rights over this dossier come back at once."),
            _("Record it"),
            _("It is recorded."),
            is_grave=True,
        ),
        back=reverse("school_pupil", args=[link.pupil_id]),
        pupil=link.pupil,
        parent=link.parent,
        ground=Ground.CUSTODIAN.label,
    )
