"""A print of chosen notes and files of one part: a PDF with a watermark on every page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import documents, queries
from dossiers.forms.printing import PrintForm
from dossiers.kinds import Part
from dossiers.models import Dossier, DossierPart
from dossiers.views.files.fetching import unreadable
from dossiers.views.reading import on_ground_of
from pdf.errors import NotMade, Reason
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring

MOST = 300  # notes and files of a part that can be chosen at once, the newest
# It can do nothing where it is opened: no script, no request, no form, no parent page.
_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class _Choice:
    """A part with what of it can be printed, and what its pages need."""

    dossier: Dossier
    part: DossierPart
    keys: Keyring
    notes: list[queries.ShownNote]
    files: list[queries.ShownFile]
    context: dict[str, Any]


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def choose(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """What of this part to print, and what for; `?note=` or `?file=` has that one chosen."""
    try:
        found = _choice(request, dossier_id, part)
    except Unreadable:
        return unreadable(request)
    first = {"notes": [request.GET.get("note", "")], "documents": [request.GET.get("file", "")]}
    return _asked(request, found, _form(found, None, initial=first))


@page(
    Permission.OPEN_DOSSIER,
    methods=("POST",),
    shows=Shows.PUPIL,
    kind=Kind.PRINT,
    reads_only=True,
)
def make(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """The print itself; recorded as one before its first byte. What is missing is asked again."""
    try:
        found = _choice(request, dossier_id, part)
        form = _form(found, request.POST)
        return _made(request, found, form) if form.is_valid() else _asked(request, found, form)
    except Unreadable:
        return unreadable(request)


def _made(request: PortalRequest, found: _Choice, form: PrintForm) -> HttpResponse:
    chosen = documents.ChosenForPrint(
        dossier=found.dossier,
        part=found.part,
        notes=form.chosen_notes(),
        files=form.chosen_files(),
        purpose=form.cleaned_data["purpose"],
        by=request.user,
        at=timezone.localtime(),
    )
    try:
        data = documents.print_of_part(chosen, found.keys, language=get_language() or "nl")
    except NotMade as refusal:
        form.add_error(None, refusal.sentence)
        return _asked(request, found, form, status=503 if refusal.reason is Reason.BUSY else 422)
    return _served(data, f"print-{found.part.kind}-{request.day.isoformat()}.pdf")


def _choice(request: PortalRequest, dossier_id: uuid.UUID, kind: str) -> _Choice:
    """The newest notes and files of a part that is open to me; names whose they are."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    parts = queries.parts_visible_to(request.user, on=request.day)
    part = parts.filter(dossier=found, kind=kind).first()
    if part is None or Part(kind) not in documents.PRINTED:
        raise Http404
    context = on_ground_of(request, found, kind)
    request.page.target = str(part.pk)
    rows = queries.notes_visible_to(request.user, on=request.day).filter(part=part)
    notes = list(rows.order_by("-happened_on", "-created_at")[:MOST])
    versions = queries.newest_versions(request.user, notes, on=request.day)
    keys = keyring([part.pk])
    opened = queries.opened(notes, versions, keys)
    return _Choice(found, part, keys, opened, _files(request, part, keys), context)


def _files(request: PortalRequest, part: DossierPart, keys: Keyring) -> list[queries.ShownFile]:
    rows = queries.files_visible_to(request.user, on=request.day).filter(part=part)
    files = list(rows.order_by("-created_at", "pk")[:MOST])
    versions = queries.newest_file_versions(request.user, files, on=request.day)
    return queries.opened_files(files, versions, keys)


def _form(found: _Choice, data: Any, **options: Any) -> PrintForm:
    return PrintForm(data, notes=found.notes, files=found.files, **options)


def _asked(
    request: PortalRequest, found: _Choice, form: PrintForm, *, status: int = 200
) -> HttpResponse:
    """The form: somebody looked at what there is, and nothing was printed."""
    request.page.becomes(Kind.LOOK)
    context = found.context | {"form": form, "part_label": found.part.get_kind_display()}
    context |= {"is_empty": not (found.notes or found.files), "most": MOST}
    context["is_cut"] = MOST in (len(found.notes), len(found.files))
    return render(request, "dossiers/choose_print.html", context, status=status)


def _served(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = _ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
