"""Which sealed files the rows of this room name, for the sweep."""

from __future__ import annotations

import uuid

from django.db import connection

from consent.queries.scans import blobs_of_scans


def blobs_of_consent(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Scans of answers on paper, and proofs that a picture was taken down."""
    return blobs_of_scans(names) | _blobs_of_removals(names)


def _blobs_of_removals(names: list[uuid.UUID]) -> set[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute("select removal_files_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}
