"""Making dossiers at enrolment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from dossiers.models import Dossier, DossierPart, PartKind
from students.enrolment import Enrolled
from students.roster.bulk import copy_rows
from vault.sealing import create_keys

_BATCH = 5000


def open_dossiers(batch: Sequence[Enrolled]) -> None:
    """Makes a dossier with its parts and keys for each pupil without one at that school (P1).

    Of a pupil who is back after parts were destroyed, those parts are made anew, empty.
    """
    wanted = {(e.pupil_id, e.school_id): e for e in batch}
    for start in range(0, len(wanted), _BATCH):
        _open_batch(list(wanted.values())[start : start + _BATCH])


def _open_batch(batch: list[Enrolled]) -> None:
    known = Dossier.objects.filter(pupil_id__in=[e.pupil_id for e in batch])
    existing = {(d.pupil_id, d.school_id): d.pk for d in known}
    dossiers = [
        (uuid.uuid4(), e.pupil_id, e.school_id, e.starts_on)
        for e in batch
        if (e.pupil_id, e.school_id) not in existing
    ]
    kinds = PartKind.values
    again = {existing[place] for e in batch if (place := (e.pupil_id, e.school_id)) in existing}
    left = set(DossierPart.objects.filter(dossier__in=again).values_list("dossier", "kind"))
    parts = [
        (uuid.uuid4(), dossier, kind)
        for dossier in (*(row[0] for row in dossiers), *sorted(again))
        for kind in kinds
        if (dossier, kind) not in left
    ]
    create_keys(row[0] for row in parts)
    # COPY: a roster of 50 000 pupils opens as many dossiers, each with all its parts.
    columns = ("id", "pupil_id", "school_id", "opened_on")
    copy_rows(Dossier._meta.db_table, columns, dossiers)
    copy_rows(DossierPart._meta.db_table, ("id", "dossier_id", "kind"), parts)
