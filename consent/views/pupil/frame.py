"""What every page about one pupil's consent does: finds the pupil, names it, shows its form."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import PortalRequest
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.holding import must_hold
from consent.forms.words import OnceForm
from students.models import Pupil, School


@dataclass(frozen=True)
class Kept:
    """A pupil whose consent this user keeps, at which school."""

    pupil: Pupil
    school: School
    others: tuple[School, ...] = ()  # where the same user keeps it too

    @property
    def address(self) -> str:
        """The page of this pupil at this school."""
        return reverse("pupil_consent_at", args=[self.school.pk, self.pupil.pk])


def kept_pupil(
    request: PortalRequest, pupil_id: uuid.UUID, school_id: uuid.UUID | None = None
) -> Kept:
    """The pupil, named for the log; 404 when not kept here, 403 when the role is of elsewhere.

    Without a school: where the pupil is now, else where it was last.
    """
    pupils = queries.consent_pupils_kept_by(request.user, on=request.day)
    pupil = get_object_or_404(pupils, pk=pupil_id)
    schools = queries.schools_keeping(pupil, request.user, on=request.day)
    wanted = [school for school in schools if school_id in (None, school.pk)]
    if not wanted:
        raise Http404
    school = wanted[0]
    request.page.names(pupil, ground=Ground.ADMINISTRATION, unit=school.pk)
    asked, user = request.page.permission, request.user
    if asked is not Permission.RECORD_CONSENT:  # which the query itself asked for
        must_hold(asked, pupil=pupil, school_id=school.pk, by=user, on=request.day)
    return Kept(pupil, school, tuple(other for other in schools if other != school))


def around(request: PortalRequest, kept: Kept) -> dict[str, Any]:
    """What each of these pages says of the pupil and of why one looks."""
    return {
        "pupil": kept.pupil,
        "school": kept.school,
        "back": kept.address,
        "ground": Ground.ADMINISTRATION.label,
        "may_decide": kept.school.pk
        in request.user.units_with(Permission.DECIDE_CONSENT, request.day),
    }


@dataclass(frozen=True)
class Words:
    """What a page that records something says."""

    title: str | Promise
    happens: str | Promise
    button: str | Promise
    done: str | Promise
    is_grave: bool = False


def answer(
    request: PortalRequest,
    form: Any,
    act: Callable[[], object],
    *,
    words: Words,
    context: dict[str, Any],
) -> HttpResponse:
    """The form, or after a POST what came of it; a form sent twice counts once."""
    if request.method == "POST" and form.is_valid():
        if isinstance(form, OnceForm) and not form.is_first(request.user):
            messages.info(request, _("This was recorded already, a moment ago."))
            return redirect(context["back"])
        try:
            act()
        except Refused as refusal:
            if isinstance(form, OnceForm):
                form.may_be_sent_again(request.user)
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, str(words.done))
            return redirect(context["back"])
    return render(request, "consent/pupil/change.html", context | {"form": form, "words": words})
