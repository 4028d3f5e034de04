"""How the log points at something sealed of this room that can't be opened any more."""

from __future__ import annotations

from access.acting import Damage
from consent.models import Answer, PublishedPupil, ReceiptPaper, Removal, Scan
from consent.models.matters import Matter


def damage_of_pupils_own(row: Matter | Scan) -> Damage:
    """Words or a scan about one pupil."""
    return Damage(row, (row.pupil.log_key,), row.school_id)


def damage_of_removal(row: Removal) -> Damage:
    """How a picture went: of the pupils who went with it, or who are in the picture still."""
    pupils = PublishedPupil.objects.filter(publication=row.publication_id)
    gone = list(pupils.filter(removal=row).values_list("pupil__log_key", flat=True))
    keys = gone or list(pupils.values_list("pupil__log_key", flat=True))
    return Damage(row, tuple(keys), row.school_id)


def damage_of_paper(row: ReceiptPaper) -> Damage:
    """The paper of a receipt: of every child somebody signed for on it."""
    answers = Answer.objects.filter(receipt=row.receipt_id).order_by("pupil_id")
    found = list(answers.values_list("pupil__log_key", "school_id"))
    keys = tuple(dict.fromkeys(key for key, _school in found))
    return Damage(row, keys, found[0][1] if found else None)
