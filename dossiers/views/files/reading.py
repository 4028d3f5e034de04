"""The files of a part, and one file with all its versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import queries, rules
from dossiers.kinds import Part
from dossiers.views.files.fetching import named, unreadable, visible_file
from dossiers.views.reading import on_ground_of
from files.errors import Unwelcome
from files.kinds import Kind as FileKind
from files.mail import read_mail
from files.previews import text_of
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring

FILES_A_PAGE = 20
LONGEST_TEXT = 200_000  # characters shown; the rest is in the download


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL, kind=Kind.LIST)
def of_part(request: PortalRequest, dossier_id: uuid.UUID, part: str) -> HttpResponse:
    """Every file of a part, also those of its notes, the newest first."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    parts = queries.parts_visible_to(request.user, on=request.day).filter(dossier=found, kind=part)
    row = parts.first()
    if row is None or Part(part) not in rules.HOLDS_FILES:
        raise Http404
    context = on_ground_of(request, found, part)
    rows = queries.files_visible_to(request.user, on=request.day).filter(part=row)
    shown = Paginator(rows.order_by("-created_at", "pk"), FILES_A_PAGE).get_page(
        request.GET.get("page")
    )
    files = list(shown)
    versions = queries.newest_file_versions(request.user, files, on=request.day)
    opened = queries.opened_files(files, versions, keyring([row.pk]))
    context |= {"files": opened, "page": shown, "part_row": row}
    return render(request, "dossiers/files/of_part.html", context)


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL, kind=Kind.FILE)
def file(request: PortalRequest, file_id: uuid.UUID) -> HttpResponse:
    """One file with all its versions, the newest first."""
    found = visible_file(request, file_id)
    context = named(request, found)
    rows = queries.file_versions_visible_to(request.user, on=request.day).filter(file=found)
    keys = keyring([found.part_id])
    try:
        versions = [(v, queries.description_of(v, keys)) for v in rows.order_by("-number")]
    except Unreadable:
        return unreadable(request)
    if not versions:
        raise Http404
    version, what = versions[0]
    shown = queries.ShownFile(found, version, what)
    pages = range(1, (what.pages or 1) + 1) if what.has_pages else range(0)
    try:
        context |= _said_in(shown, keys) if what.is_text else {}
    except Unreadable:
        return unreadable(request)
    context |= {"shown": shown, "versions": versions, "pages": pages}
    return render(request, "dossiers/files/file.html", context)


def _said_in(shown: queries.ShownFile, keys: Keyring) -> dict[str, Any]:
    """What a text or a message says, up to a length that a page can show."""
    with queries.content_of(shown.version, keys) as content:
        data = content.read_all()
    try:
        mail = read_mail(data) if shown.what.kind == FileKind.MAIL else None
    except Unwelcome:  # it was read when it was taken in; busy now
        return {}
    text = mail.text if mail else text_of(data)
    return {"mail": mail, "text": text[:LONGEST_TEXT], "is_cut": len(text) > LONGEST_TEXT}
