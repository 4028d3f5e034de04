"""Adding files to a part or a note: each is kept or refused by itself, and the page says which."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, QueryDict
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
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.reading import on_ground_of
from files import limits
from files.errors import Reason, Unwelcome
from files.intake import Clean, take_in
from files.kinds import known_extensions
from files.paper import one_paper


@dataclass(frozen=True)
class Adding:
    """What the part of a page that takes files says and checks before they are sent."""

    may_be_paper: bool = True
    is_single: bool = False
    is_one_paper: bool = False  # as it was filled in, when the form comes back
    paper_name: str = ""

    @classmethod
    def as_filled_in(cls, data: QueryDict) -> Adding:
        """What was sent stands there again; a browser gives no chosen file back."""
        return cls(is_one_paper="is_one_paper" in data, paper_name=data.get("paper_name", ""))

    @property
    def megabytes(self) -> int:
        """How large one file may be."""
        return limits.FILE_BYTES // limits.MEGABYTE

    @property
    def file_bytes(self) -> int:
        """The same in bytes."""
        return limits.FILE_BYTES

    @property
    def request_bytes(self) -> int:
        """How large files may be together that are sent at once."""
        return settings.UPLOAD_LIMIT

    @property
    def accept(self) -> str:
        """What a device offers to choose."""
        return ",".join(sorted(f".{extension}" for extension in known_extensions()))

    @property
    def too_large(self) -> str:
        """Said before it is sent, as the server would."""
        return Unwelcome(Reason.TOO_LARGE).sentence

    @property
    def too_much(self) -> str:
        """Said of pages of one paper that are too large together."""
        return _("Together these pictures are too large. Make the paper in two parts.")


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
@says_when_unreadable
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
    context = on_ground_of(request, found, part) | {"part_row": row}
    return _add(request, row, None, context)


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
@says_when_unreadable
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
    is_sent = request.method == "POST"
    form = AddFilesForm(request.POST, request.FILES) if is_sent else AddFilesForm()
    context |= {"form": form, "adding": Adding.as_filled_in(request.POST)}
    if not is_sent:
        return render(request, "dossiers/files/add.html", context)
    if not form.is_valid():
        return _refused(request, context, status=200)
    if not form.chosen and not missing:
        form.add_error("uploads", _("Choose a file first."))
        return _refused(request, context, status=200)
    results = [Result(one.name, refusal=sentence_of(one)) for one in missing]
    sent = _sent(form, is_whole=not missing)
    if sent:
        request.page.becomes(Kind.CHANGE)
        results = [
            *add_files(part=part, sent=sent, by=request.user, on=request.day, note=note),
            *results,
        ]
    context["results"] = results
    if not any(result.file for result in results):
        return _refused(request, context, status=_status_of_all(results, missing))
    template = "_outcomes.html" if is_one_of_several(request) else "added.html"
    return render(request, f"dossiers/files/{template}", context)


def _refused(request: PortalRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    """Nothing was kept: why, on the form itself or in the line of the one file that was sent."""
    if is_one_of_several(request):
        context["is_busy"] = status == 503
        answer = render(request, "dossiers/files/_outcomes.html", context, status=status)
    else:
        answer = render(request, "dossiers/files/add.html", context, status=status)
    return told_to_retry(answer)


def is_one_of_several(request: PortalRequest) -> bool:
    """Sent by static/js/uploads.js, which shows what became of each file in its own list."""
    return request.headers.get("HX-Request") == "true"


def _sent(form: AddFilesForm, *, is_whole: bool) -> list[Sent]:
    """Each file by itself, or all of them as one paper; never a paper that lacks a page."""
    if not form.cleaned_data["is_one_paper"]:
        return [sent_by(upload) for upload in form.chosen]
    return [_as_one_paper(form)] if form.chosen and is_whole else []


def _as_one_paper(form: AddFilesForm) -> Sent:
    """The pictures of a form as one PDF, in the order in which they came."""
    chosen = form.chosen
    name = form.cleaned_data["paper_name"] or chosen[0].name or ""

    def clean() -> Clean:
        pictures = [upload.read() for upload in chosen]
        for upload in chosen:
            upload.close()
        return one_paper(pictures, name=name)

    return Sent(name, clean)


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


def _status_of_all(results: list[Result], missing: list[LeftOut]) -> int:
    """The same for a form: busy as well when checking a file found no place."""
    busy = Unwelcome(Reason.BUSY).sentence
    return 503 if any(result.refusal == busy for result in results) else status_of(missing)


def told_to_retry(answer: HttpResponse) -> HttpResponse:
    """Says after how many seconds to try again, when that helps."""
    if answer.status_code == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer
