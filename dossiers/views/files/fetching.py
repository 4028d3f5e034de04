"""Finding one file or one version of it, and naming whose it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from access.gate import PortalRequest
from dossiers import queries
from dossiers.models import File, FileVersion
from dossiers.views.reading import on_ground_of
from vault.sealing import Keyring, keyring

_AROUND = ("part__dossier__pupil", "part__dossier__school__unit")


@dataclass(frozen=True)
class FoundVersion:
    """One version of a file, with the key of its part and what it is."""

    file: File
    version: FileVersion
    keys: Keyring
    what: queries.Description
    context: dict[str, Any]


def visible_file(request: PortalRequest, file_id: uuid.UUID) -> File:
    """A file that I may see; else 404."""
    rows = queries.files_visible_to(request.user, on=request.day).select_related(*_AROUND)
    return get_object_or_404(rows, pk=file_id)


def changeable_file(request: PortalRequest, file_id: uuid.UUID) -> File:
    """A file in a part that I may add to; else 404."""
    rows = queries.files_changeable_by(request.user, on=request.day).select_related(*_AROUND)
    return get_object_or_404(rows, pk=file_id)


def named(request: PortalRequest, file: File) -> dict[str, Any]:
    """Says whose file it is, and gives what every page around it needs."""
    return on_ground_of(request, file.part.dossier, file.part.kind) | {"file": file}


def found_version(request: PortalRequest, file_id: uuid.UUID, number: int) -> FoundVersion:
    """One version of a file that I may see; else 404. Raises Unreadable when its key is gone."""
    file = visible_file(request, file_id)
    context = named(request, file)
    rows = queries.file_versions_visible_to(request.user, on=request.day).filter(file=file)
    version = get_object_or_404(rows, number=number)
    keys = keyring([version.part_id])
    return FoundVersion(file, version, keys, queries.description_of(version, keys), context)


def newest(request: PortalRequest, file: File) -> queries.ShownFile | queries.DamagedFile:
    """A file with its newest version, also when that can't be opened any more."""
    versions = queries.newest_file_versions(request.user, [file], on=request.day)
    shown = queries.opened_files([file], versions, keyring([file.part_id]))
    if not shown:
        raise Http404
    return shown[0]
