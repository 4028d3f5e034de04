"""The files of a part, and one file with all its versions."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from dossiers import queries, rules
from dossiers.kinds import Part
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.files.fetching import named, visible_file
from dossiers.views.files.viewing import text_shown, version_asked, viewer_of
from dossiers.views.reading import on_ground_of
from files.errors import Unwelcome
from vault.errors import Unreadable
from vault.sealing import keyring

FILES_A_PAGE = 20


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
@says_when_unreadable
def file(request: PortalRequest, file_id: uuid.UUID) -> HttpResponse:
    """One file with all its versions, the newest first."""
    found = visible_file(request, file_id)
    context = named(request, found)
    rows = queries.file_versions_visible_to(request.user, on=request.day).filter(file=found)
    keys = keyring([found.part_id])
    versions = [(v, queries.description_or_none(v, keys)) for v in rows.order_by("-number")]
    if not versions:
        raise Http404
    number = version_asked(request, versions[0][0].number)
    version, what = next(((v, w) for v, w in versions if v.number == number), (None, None))
    if version is None:
        raise Http404
    if what is None:
        raise Unreadable("the version that was asked for")
    queries.content_of(version, keys).close()  # gone or cut off: told here, not by broken pictures
    shown = queries.ShownFile(found, version, what)
    is_newest = version == versions[0][0]
    context |= {"shown": shown, "versions": versions, "is_newest": is_newest}
    try:
        if what.has_pages:
            context["viewer"] = viewer_of(request, found, version, what, is_newest=is_newest)
        elif what.is_text:
            context["said"] = text_shown(request, version, what, keys)
    except Unwelcome as refusal:
        context["not_shown"] = refusal.sentence
    return render(request, "dossiers/files/file.html", context)
