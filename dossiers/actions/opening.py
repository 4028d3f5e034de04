"""Making dossiers at enrolment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from dossiers.models import Dossier, DossierPart, PartKind
from students.enrolment import Enrolled
from vault.sealing import create_keys

_BATCH = 5000


def open_dossiers(batch: Sequence[Enrolled]) -> None:
    """Makes a dossier with its parts and keys for each pupil without one at that school (P1)."""
    wanted = {(e.pupil_id, e.school_id): e for e in batch}
    for start in range(0, len(wanted), _BATCH):
        _open_batch(list(wanted.values())[start : start + _BATCH])


def _open_batch(batch: list[Enrolled]) -> None:
    existing = set(
        Dossier.objects.filter(pupil_id__in=[e.pupil_id for e in batch]).values_list(
            "pupil_id", "school_id"
        )
    )
    dossiers = [
        Dossier(pupil_id=e.pupil_id, school_id=e.school_id, opened_on=e.starts_on)
        for e in batch
        if (e.pupil_id, e.school_id) not in existing
    ]
    parts = [
        DossierPart(id=uuid.uuid4(), dossier=dossier, kind=kind)
        for dossier in dossiers
        for kind in PartKind.values
    ]
    create_keys(part.pk for part in parts)
    Dossier.objects.bulk_create(dossiers, batch_size=_BATCH)
    DossierPart.objects.bulk_create(parts, batch_size=_BATCH)
