"""What every page that changes something does: show the form, ask the action, say how it went.

And whose data it is about: a pupil that this user keeps, named for the log.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import PortalRequest
from audit.grounds import Ground
from students import keepers, queries
from students.models import Pupil

GROUND = Ground.ADMINISTRATION.label  # why this room's pages may be seen: the record line


def kept_pupil(request: PortalRequest, pupil_id: uuid.UUID) -> Pupil:
    """A pupil that this user sees and keeps; named for the log."""
    rows = queries.pupils_visible_to(request.user, on=request.day)
    return must_keep(request, get_object_or_404(rows, pk=pupil_id))


def must_keep(request: PortalRequest, pupil: Pupil) -> Pupil:
    """Names the pupil for the log, then refuses whoever does not keep its data."""
    request.page.names(pupil, ground=Ground.ADMINISTRATION)
    school = keepers.must_manage(request.user, pupil, request.day)
    request.page.names(ground=Ground.ADMINISTRATION, unit=school)
    return pupil


def page_of(pupil: Pupil) -> str:
    """Where the administration looks at a pupil."""
    return reverse("school_pupil", args=[pupil.pk])


@dataclass(frozen=True)
class Words:
    """What a page says: its title, what happens, its button, and how it went."""

    title: str | Promise
    happens: str | Promise
    button: str | Promise
    done: str | Promise
    is_grave: bool = False


def answer(
    request: PortalRequest,
    form: forms.Form,
    act: Callable[[], object],
    *,
    words: Words,
    back: str,
    pupil: Pupil | None = None,
    onward: Callable[[Any], str] | None = None,
    **extra: Any,
) -> HttpResponse:
    """The form, or after a POST what came of it: `act` gives something empty if nothing changed.

    After a change the reader goes `onward`, by default back to where they came from.
    """
    if request.method == "POST" and form.is_valid():
        try:
            changed = act()
        except Refused as no:
            form.add_error(None, str(no.sentence))
        else:
            if changed:
                messages.success(request, str(words.done))
            else:
                messages.info(request, _("Nothing was different, so nothing was changed."))
            return redirect(onward(changed) if onward and changed else back)
    context = {"form": form, "words": words, "back": back, "pupil": pupil, "ground": GROUND}
    return render(request, "students/change.html", context | extra)
