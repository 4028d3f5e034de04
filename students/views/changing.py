"""What every page that changes something does: show the form, ask the action, say how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import PortalRequest
from audit.grounds import Ground
from students.models import Pupil

GROUND = Ground.ADMINISTRATION.label  # why this room's pages may be seen: the record line


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
