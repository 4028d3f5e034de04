"""Adding files to a part or a note: each is kept or refused by itself, and the page says which."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from access.uploads import RETRY_AFTER, LeftOut, WhyLeftOut, left_out
from dossiers import queries, rules
from dossiers.actions.files import Result, Sent, add_files
from dossiers.forms.files import AddFilesForm
from dossiers.kinds import Part
from dossiers.models import DossierPart, Note
from dossiers.views.reading import on_ground_of
from files import limits
from files.errors import Reason, Unwelcome
from files.intake import Clean, take_in
from files.paper import one_paper


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
def add_to_part(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """Files for a part of a dossier that I may add to."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    if Part(part) not in rules.HOLDS_FILES:
        raise Http404
    rows = queries.parts_writable_by(request.user, on=request.day)
    row = rows.filter(dossier=found, kind=part).first()
    if row is None:
        if not queries.parts_visible_to(request.user, on=request.day).filter(
            dossier=found, kind=part
        ):
            raise Http404
        raise NotAllowed
    return _add(request, row, None, on_ground_of(request, found, part))


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
def add_to_note(request: PortalRequest, note_id: uuid.UUID) -> HttpResponse:
    """Files that belong to a note."""
    rows = queries.notes_changeable_by(request.user, on=request.day)
    note = get_object_or_404(rows.select_related("part__dossier__school__unit"), pk=note_id)
    context = on_ground_of(request, note.part.dossier, note.part.kind) | {"note": note}
    return _add(request, note.part, note, context)


def _add(
    request: PortalRequest, part: DossierPart, note: Note | None, context: dict[str, Any]
) -> HttpResponse:
    missing = left_out(request)
    form = AddFilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if form.chosen:
            request.page.becomes(Kind.CHANGE)
            sent = _sent(form)
            results = add_files(part=part, sent=sent, by=request.user, on=request.day, note=note)
        else:
            results = []
        results += [Result(one.name, refusal=sentence_of(one)) for one in missing]
        if any(result.file for result in results):
            return render(request, "dossiers/files/added.html", context | {"results": results})
        if not results:
            form.add_error("uploads", _("Choose a file first."))
            return render(request, "dossiers/files/add.html", context | {"form": form})
        context |= {"form": form, "results": results}
        answer = render(request, "dossiers/files/add.html", context, status=status_of(missing))
        return told_to_retry(answer)
    return render(request, "dossiers/files/add.html", context | {"form": form})


def _sent(form: AddFilesForm) -> list[Sent]:
    """Each file for itself, or all of them as the pages of one paper."""
    if not form.cleaned_data["is_one_paper"]:
        return [sent_by(upload) for upload in form.chosen]
    pictures = form.chosen
    name = form.cleaned_data["paper_name"] or pictures[0].name or ""

    def bind() -> Clean:
        data = [picture.read() for picture in pictures]
        for picture in pictures:
            picture.close()
        return one_paper(data, name=name)

    return [Sent(name, bind)]


def sent_by(upload: UploadedFile) -> Sent:
    """A file of a form; its bytes are let go of as soon as it was cleaned or refused."""

    def clean() -> Clean:
        data = upload.read()
        upload.close()
        return take_in(data, name=upload.name or "")

    return Sent(upload.name or "", clean)


def sentence_of(missing: LeftOut) -> str:
    """Why a file was left out before it was read, and how to go on."""
    match missing.why:
        case WhyLeftOut.TOO_LARGE:
            return Unwelcome(Reason.TOO_LARGE).sentence
        case WhyLeftOut.BUSY:
            return Unwelcome(Reason.BUSY).sentence
        case WhyLeftOut.TOO_MUCH:
            return _("Together these files are too large. Send this one apart.")
        case WhyLeftOut.TOO_MANY:
            return _("These are too many files at once. Send this one apart.")


def status_of(missing: list[LeftOut]) -> int:
    """Nothing was kept: too busy, too large, or refused for what it is."""
    reasons = {one.why for one in missing}
    if WhyLeftOut.BUSY in reasons:
        return 503
    return 413 if reasons else 422


def told_to_retry(answer: HttpResponse) -> HttpResponse:
    """Says after how many seconds to try again, when that helps."""
    if answer.status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer
