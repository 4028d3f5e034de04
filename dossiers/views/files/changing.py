"""Replacing a file, withdrawing it, moving it to another part of the same dossier."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.attempts import attempt_and_tell
from access.errors import NotAllowed, Overtaken, Refused
from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from access.uploads import left_out
from dossiers import queries, rules
from dossiers.actions.files import (
    move_file,
    replace_file,
    withdraw_file,
    withdraw_file_as_keeper,
)
from dossiers.forms.files import MoveFileForm, ReplaceFileForm
from dossiers.models import DossierPart, File
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.files.adding import (
    Adding,
    is_one_of_several,
    sent_by,
    sentence_of,
    status_of,
    told_to_retry,
)
from dossiers.views.files.fetching import changeable_file, named, newest
from dossiers.views.writing import as_keeper, kept_dossier, once_more_as_keeper
from files import limits
from files.errors import Reason, Unwelcome

_PAGE = "dossiers/files/replace.html"


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
@says_when_unreadable
def replace(request: PortalRequest, file_id: uuid.UUID) -> HttpResponse:
    """A new version; the old one is kept. It also mends a file that was damaged."""
    file = changeable_file(request, file_id)
    context = named(request, file) | {"adding": Adding(may_be_paper=False, is_single=True)}
    shown = newest(request, file)
    missing = left_out(request)
    context["shown"] = shown
    if request.method == "GET":
        context["form"] = ReplaceFileForm(initial={"seen": shown.version.number})
        return render(request, _PAGE, context)
    context["form"] = form = ReplaceFileForm(request.POST, request.FILES)
    if form.is_valid() and not form.chosen and not missing:
        form.add_error("uploads", _("Choose a file first."))
    if missing:
        form.add_error("uploads", sentence_of(missing[0]))
    if not form.is_valid():
        return _refused(request, context, status=status_of(missing) if missing else 200)
    return _replaced(request, file, form, context)


def _replaced(
    request: PortalRequest, file: File, form: ReplaceFileForm, context: dict[str, Any]
) -> HttpResponse:
    try:
        result = replace_file(
            file=file,
            sent=sent_by(form.chosen[0]),
            seen_number=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        )
    except Overtaken as overtaken:
        seen = {"seen": context["shown"].version.number}
        context |= {"form": ReplaceFileForm(initial=seen), "overtaken": str(overtaken.sentence)}
        return _refused(request, context, status=409)
    except (Refused, Unwelcome) as refusal:
        form.add_error("uploads", str(refusal.sentence))
        is_busy = isinstance(refusal, Unwelcome) and refusal.reason is Reason.BUSY
        return _refused(request, context, status=503 if is_busy else 200)
    if is_one_of_several(request):
        return render(request, "dossiers/files/_outcomes.html", context | {"results": [result]})
    messages.success(request, _("The new version is saved. The earlier one is kept."))
    return redirect("file", file.pk)


def _refused(request: PortalRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    """Nothing was kept: why, on the page itself or in the line of the file that was sent."""
    context["is_busy"] = status == 503
    template = "dossiers/files/_outcomes.html" if is_one_of_several(request) else _PAGE
    return told_to_retry(render(request, template, context, status=status))


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
def withdraw(request: PortalRequest, file_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes an own file out of sight."""
    file = changeable_file(request, file_id)
    context = named(request, file)
    if file.author_id != request.user.pk:
        raise NotAllowed
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: withdraw_file(file=file, by=request.user, on=request.day),
            done=_("The file is withdrawn. Nobody sees it any more."),
        )
        return redirect("files_of_part", file.part.dossier_id, file.part.kind)
    back = reverse("file", args=[file.pk])
    return render(request, "dossiers/files/withdraw.html", context | {"back": back})


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def move(request: PortalRequest, file_id: uuid.UUID) -> HttpResponse:
    """To another part of the same dossier that I may add to; sealed anew under its key."""
    file = changeable_file(request, file_id)
    context = named(request, file)
    parts = _parts_to_move_to(request, file)
    if not parts:
        raise NotAllowed
    form = MoveFileForm(request.POST or None, parts=parts)
    if request.method == "POST" and form.is_valid():
        try:
            moved = move_file(file=file, to=form.part_row, by=request.user, on=request.day)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The file is moved."))
            return redirect("file", moved.pk)
    context |= {"form": form, "shown": newest(request, file)}
    return render(request, "dossiers/files/move.html", context)


def _parts_to_move_to(request: PortalRequest, file: File) -> dict[str, DossierPart]:
    rows = queries.parts_writable_by(request.user, on=request.day)
    kept = {part.kind: part for part in rows.filter(dossier=file.part.dossier_id)}
    return {k.value: kept[k] for k in rules.HOLDS_FILES if k in kept and k != file.part.kind}


@page(Permission.WITHDRAW_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
def withdraw_as_keeper(
    request: PortalRequest, dossier_id: uuid.UUID, file_id: uuid.UUID
) -> HttpResponse:
    """Asks once more, then takes somebody's file out of the wrong dossier, as its keeper."""
    found = kept_dossier(request, dossier_id)
    context = as_keeper(request, found)
    header = next((h for h in queries.file_headers(found) if h.id == file_id), None)
    if header is None:
        raise Http404
    return once_more_as_keeper(
        request,
        found,
        lambda: withdraw_file_as_keeper(
            dossier=found, file_id=file_id, by=request.user, on=request.day
        ),
        done=_("The file is withdrawn. Nobody sees it any more."),
        shown=("dossiers/files/withdraw.html", context | {"header": header}),
    )
