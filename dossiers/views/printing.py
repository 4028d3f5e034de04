"""A print of chosen notes and files of one part: a PDF with a watermark on every page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language

from access.downloads import pdf_download
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import documents, queries, rules
from dossiers.forms.printing import PrintForm
from dossiers.kinds import Part
from dossiers.models import Dossier, DossierPart
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.reading import on_ground_of
from pdf.errors import NotMade, Reason
from vault.sealing import Keyring, keyring

MOST = 300  # notes and files of a part that can be chosen at once, the newest


@dataclass(frozen=True)
class _Choice:
    """A part with what of it can be printed, and what its pages need."""

    dossier: Dossier
    part: DossierPart
    keys: Keyring
    notes: list[queries.ShownNote]
    agreements: list[queries.ShownAgreement]
    files: list[queries.ShownFile]
    missing: int  # can't be read any more, so they can't be chosen
    is_cut: bool  # there are more, which are older
    context: dict[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose, nor anything that can't be."""
        return not (self.notes or self.agreements or self.files or self.missing)


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def choose(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """What of this part to print, and what for; `?note=` and the like have that one chosen."""
    found = _choice(request, dossier_id, part)
    asked = {"notes": "note", "agreements": "agreement", "documents": "file"}
    first = {name: [request.GET.get(one, "")] for name, one in asked.items()}
    return _asked(request, found, _form(found, None, initial=first))


@page(
    Permission.OPEN_DOSSIER,
    methods=("POST",),
    shows=Shows.PUPIL,
    kind=Kind.PRINT,
    reads_only=True,
)
@says_when_unreadable
def make(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """The print itself; recorded as one before its first byte. What is missing is asked again."""
    found = _choice(request, dossier_id, part)
    form = _form(found, request.POST)
    return _made(request, found, form) if form.is_valid() else _asked(request, found, form)


def _made(request: PortalRequest, found: _Choice, form: PrintForm) -> HttpResponse:
    chosen = documents.ChosenForPrint(
        dossier=found.dossier,
        part=found.part,
        notes=form.chosen_notes(),
        agreements=form.chosen_agreements(),
        files=form.chosen_files(),
        missing=found.missing if form.cleaned_data["everything"] else 0,
        purpose=form.cleaned_data["purpose"],
        by=request.user,
        at=timezone.localtime(),
    )
    try:
        data = documents.print_of_part(chosen, found.keys, language=get_language() or "nl")
    except NotMade as refusal:
        form.add_error(None, refusal.sentence)
        return _asked(request, found, form, status=503 if refusal.reason is Reason.BUSY else 422)
    request.page.prints(
        notes=[shown.note.pk for shown in chosen.notes],
        agreements=[shown.agreement.pk for shown in chosen.agreements],
        files=[shown.file.pk for shown in chosen.files],
    )
    return _served(data, f"print-{found.part.kind}-{request.day.isoformat()}.pdf")


def _choice(request: PortalRequest, dossier_id: uuid.UUID, kind: str) -> _Choice:
    """What is newest in a part that is open to me; names whose it is."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    parts = queries.parts_visible_to(request.user, on=request.day)
    part = parts.filter(dossier=found, kind=kind).first()
    if part is None or Part(kind) not in documents.PRINTED:
        raise Http404
    context = on_ground_of(request, found, kind)
    request.page.target = str(part.pk)
    keys = keyring([part.pk])
    notes = _notes(request, part, keys) if Part(kind) in rules.HOLDS_NOTES else []
    agreements = _agreements(request, part, keys) if Part(kind) is Part.AGREEMENTS else []
    files = _files(request, part, keys)
    return _Choice(
        dossier=found,
        part=part,
        keys=keys,
        notes=[shown for shown in notes if not shown.is_damaged],
        agreements=[shown for shown in agreements if not shown.is_damaged],
        files=queries.readable(files),
        missing=sum(shown.is_damaged for shown in (*notes, *agreements, *files)),
        is_cut=MOST in (len(notes), len(agreements), len(files)),
        context=context,
    )


def _notes(request: PortalRequest, part: DossierPart, keys: Keyring) -> list[queries.ShownNote]:
    rows = queries.notes_visible_to(request.user, on=request.day).filter(part=part)
    notes = list(rows.order_by("-happened_on", "-created_at")[:MOST])
    versions = queries.newest_versions(request.user, notes, on=request.day)
    return queries.opened(notes, versions, keys)


def _agreements(
    request: PortalRequest, part: DossierPart, keys: Keyring
) -> list[queries.ShownAgreement]:
    """Those that stand first, then the closed ones, the newest first."""
    rows = queries.agreements_visible_to(request.user, on=request.day).filter(part=part)
    newest = rows.order_by(F("closed_at").desc(nulls_first=True), "-made_on", "pk")[:MOST]
    return queries.opened_agreements(newest, keys, on=request.day)


def _files(
    request: PortalRequest, part: DossierPart, keys: Keyring
) -> list[queries.ShownFile | queries.DamagedFile]:
    rows = queries.files_visible_to(request.user, on=request.day).filter(part=part)
    files = list(rows.order_by("-created_at", "pk")[:MOST])
    versions = queries.newest_file_versions(request.user, files, on=request.day)
    return queries.opened_files(files, versions, keys)


def _form(found: _Choice, data: Any, **options: Any) -> PrintForm:
    return PrintForm(
        data, notes=found.notes, agreements=found.agreements, files=found.files, **options
    )


def _asked(
    request: PortalRequest, found: _Choice, form: PrintForm, *, status: int = 200
) -> HttpResponse:
    """The form: somebody looked at what there is, and nothing was printed."""
    request.page.becomes(Kind.LOOK)
    context = found.context | {"form": form, "part_label": found.part.get_kind_display()}
    context |= {"is_empty": found.is_empty, "most": MOST, "missing": found.missing}
    context["is_cut"] = found.is_cut
    return render(request, "dossiers/choose_print.html", context, status=status)


def _served(data: bytes, name: str) -> HttpResponse:
    answer = pdf_download(data, name)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
