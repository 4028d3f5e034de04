"""Keeps since when a pupil is missing from a roster; called when a roster is applied."""

from __future__ import annotations

from datetime import date

from retention.models import Absence
from students.enrolment import Missing
from students.models import Enrolment


def keep_absences(missing: Missing, on: date) -> None:
    """Begins an absence for who is missing now, and ends it for who is there again.

    In the transaction that applies the roster, which records it.
    """
    here = Enrolment.objects.filter(school=missing.school_id, ends_on__isnull=True)
    absent = here.filter(pupil__in=missing.pupil_ids)
    open_ones = Absence.objects.filter(
        enrolment__school=missing.school_id, system=missing.system, ends_on__isnull=True
    )
    open_ones.exclude(enrolment__in=absent.values("pk")).filter(starts_on__lte=on).update(
        ends_on=on
    )
    known = open_ones.values("enrolment")
    Absence.objects.bulk_create(
        Absence(enrolment_id=key, system=missing.system, starts_on=on)
        for key in absent.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True)
    )
