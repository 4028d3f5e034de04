"""Reading a dossier."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries
from vault.sealing import keyring


@page(Permission.OPEN_DOSSIER, shows=Shows.PUPIL)
def dossier(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """One dossier: the notes of the parts that are open to me."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    assignment = queries.assignment_of(request.user, found, on=request.day)
    request.page.names(
        found, ground=assignment.ground if assignment else Ground.NONE, unit=found.school_id
    )
    notes = list(
        queries.notes_visible_to(request.user, on=request.day)
        .filter(part__dossier=found)
        .prefetch_related("versions")
    )
    keys = keyring({note.part_id for note in notes})
    texts = []
    for note in notes:
        newest = list(note.versions.all())[-1]
        texts.append((note, keys.open_json(note.part_id, newest.place, newest.sealed)))
    return render(
        request,
        "dossiers/dossier.html",
        {"dossier": found, "notes": texts, "assignment": assignment},
    )
