"""What is open in the rooms below and holds a dossier by itself."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from dossiers.models import Dossier
from retention.models import Erasure


def dossiers_asked_about(on: date) -> QuerySet[Dossier, uuid.UUID]:
    """Dossiers about which a parent or pupil asked why somebody looked, and has no answer yet.

    Asked of a function of the owner: the questions themselves stand behind row-level security.
    """
    keys = RawSQL("select dossiers_with_open_questions()", [])  # nosec B611  no words of anybody
    return Dossier.objects.filter(pk__in=keys).order_by().values_list("pk", flat=True)


def dossiers_asked_to_erase_from(on: date) -> QuerySet[Erasure, uuid.UUID]:
    """Dossiers of which a family asked to erase something, and that is not answered and done yet.

    What the school asked for itself owes nobody an answer.
    """
    rows = Erasure.objects.exclude(asker=Erasure.Asker.SCHOOL)
    return rows.filter(ended="", done_at=None).order_by().values_list("dossier_id", flat=True)
