"""Reading a dossier, part by part, and one note with all its versions."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries, rules
from dossiers.kinds import AssignmentKind, Part
from dossiers.models import Dossier, Note
from students.ages import age_on
from vault.sealing import Keyring, keyring

NOTES_A_PAGE = 20
FILES_SHOWN = 5  # beside the notes of a part


def on_ground_of(request: PortalRequest, found: Dossier, part: str) -> dict[str, Any]:
    """Names whose data the page shows and why; gives what the record line says of it."""
    assignment = queries.assignment_for(request.user, found, part, on=request.day)
    ground = assignment.ground if assignment else Ground.NONE
    request.page.names(found, ground=ground, unit=found.school_id)
    return {
        "dossier": found,
        "part": part,
        "ground": ground.label,
        "assignment": assignment,
        "may_write": assignment and rules.may_write(AssignmentKind(assignment.kind)),
    }


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def dossier(request: PortalRequest, dossier_id: uuid.UUID, part: str = "") -> HttpResponse:
    """One part of a dossier; without a part the first one that is open to me."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    entries = queries.part_entries(request.user, found, on=request.day)
    entry = next((e for e in entries if e.part and part in ("", e.kind)), None)
    if entry is None:
        raise Http404
    context = on_ground_of(request, found, entry.kind) | {"entries": entries, "entry": entry}
    keys = keyring(e.part.pk for e in entries if e.part)
    context |= _beside(request, found, entry, keys)
    context["files"] = _files_of(request, entry, keys)
    if Part(entry.kind) in rules.HOLDS_NOTES:
        context |= _notes_of(request, entry, keys)
    elif entry.kind == Part.EMERGENCY and entry.part:
        context["cards"] = queries.cards_of(request.user, entry.part, keys, on=request.day)
    return render(request, "dossiers/dossier.html", context)


def _notes_of(request: PortalRequest, entry: queries.PartEntry, keys: Keyring) -> dict[str, Any]:
    """The notes of a part, newest first, a page at a time."""
    rows = queries.notes_visible_to(request.user, on=request.day).filter(part=entry.part)
    paginator = Paginator(rows.order_by("-happened_on", "-created_at"), NOTES_A_PAGE)
    paginator.count = entry.notes  # counted with the parts already
    shown: PageOfRows[Note] = paginator.get_page(request.GET.get("page"))
    notes = list(shown)
    versions = queries.newest_versions(request.user, notes, on=request.day)
    opened = queries.opened(notes, versions, keys)
    if entry.files:
        files = queries.files_of_notes(request.user, notes, keys, on=request.day)
        opened = [replace(one, files=files.get(one.note.pk, ())) for one in opened]
    marked = any(note.mentions_others for note in opened)
    return {"notes": opened, "page": shown, "marks_shown": marked}


def _files_of(
    request: PortalRequest, entry: queries.PartEntry, keys: Keyring
) -> list[queries.ShownFile | queries.DamagedFile]:
    """The newest files of a part; all of them have a page of their own."""
    if not entry.files:
        return []
    rows = queries.files_visible_to(request.user, on=request.day).filter(part=entry.part)
    files = list(rows.order_by("-created_at", "pk")[:FILES_SHOWN])
    versions = queries.newest_file_versions(request.user, files, on=request.day)
    return queries.opened_files(files, versions, keys)


def _beside(
    request: PortalRequest, found: Dossier, entry: queries.PartEntry, keys: Keyring
) -> dict[str, Any]:
    """What stands around a part: group and age, agreements, counsellors, what is elsewhere."""
    born = found.pupil.birth_date
    agreements = queries.agreements_visible_to(request.user, on=request.day).filter(
        part__dossier=found
    )
    if entry.kind != Part.AGREEMENTS:  # elsewhere only those that stand
        agreements = agreements.filter(closed_at__isnull=True)
    opened = queries.opened_agreements(
        agreements.order_by("-closed_at", "review_on", "made_on"), keys, on=request.day
    )
    return {
        "place": queries.place_of(found, on=request.day),
        "age": age_on(born, request.day) if born else None,
        "standing": [shown for shown in opened if shown.agreement.closed_at is None],
        "closed": [shown for shown in opened if shown.agreement.closed_at],
        "counsellors": queries.counsellors_of(found, on=request.day),
        # P6: who keeps the medical part sees that part, not what other systems keep.
        "elsewhere": []
        if entry.kind == Part.MEDICAL
        else [line for line in queries.records_elsewhere(found) if not line.has_ended],
        "reads_consent": found.school_id
        in request.user.units_with(Permission.READ_CONSENT, request.day),
        "keeps_elsewhere": request.user.memberships_with(
            Permission.KEEP_RECORDS_ELSEWHERE, request.day
        ),
    }


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def note(request: PortalRequest, note_id: uuid.UUID) -> HttpResponse:
    """One note with all its versions, the newest first."""
    found = get_object_or_404(
        queries.notes_visible_to(request.user, on=request.day).select_related(
            "part__dossier__pupil", "part__dossier__school__unit"
        ),
        pk=note_id,
    )
    context = on_ground_of(request, found.part.dossier, found.part.kind)
    versions = queries.note_versions_visible_to(request.user, on=request.day).filter(note=found)
    keys = keyring([found.part_id])
    texts = [(one, queries.text_or_none(one, keys)) for one in versions.order_by("-number")]
    rows = queries.files_visible_to(request.user, on=request.day).filter(note=found)
    files = list(rows.order_by("created_at", "pk"))
    newest = queries.newest_file_versions(request.user, files, on=request.day) if files else {}
    context |= {
        "note": found,
        "versions": texts,
        "files": queries.opened_files(files, newest, keys),
    }
    return render(request, "dossiers/note.html", context)
