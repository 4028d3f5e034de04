"""Representatives: who else answers, by a court's decision with its dates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students import events, seen
from students.keepers import locked_pupil, must_manage
from students.models import Pupil, Representative


@dataclass(frozen=True)
class RepresentativeData:
    """A representative and the court's decision that made them one."""

    kind: str
    name: str
    institution: str
    email: str
    court_decision: str
    covers: str
    starts_on: date
    ends_on: date | None = None


@transaction.atomic
def add_representative(
    *, pupil: Pupil, data: RepresentativeData, seen_before: str, by: User, on: date
) -> Representative:
    """Adds a voogd, curator or mentor; refused without the court's decision (P5)."""
    school = must_manage(by, pupil, on)
    locked_pupil(pupil)
    seen.must_be_unchanged(seen.of_representatives(pupil), seen_before)
    if not data.court_decision:
        raise Refused(_("Name the court decision: without it nobody represents a pupil."))
    if data.ends_on is not None and data.ends_on < data.starts_on:
        raise Refused(_("The last day comes before the first day."))
    columns: dict[str, Any] = asdict(data) | {"email": data.email or None}
    row = Representative.objects.create(pupil=pupil, recorded_by=by, **columns)
    record(
        events.REPRESENTATIVE_ADDED,
        by=by,
        subjects=[pupil.log_key],
        unit=school,
        target=row,
        ground=Ground.ADMINISTRATION,
    )
    return row


@transaction.atomic
def end_representative(
    *, representative: Representative, last_day: date, seen_before: str, by: User, on: date
) -> bool:
    """Lets a representation end on `last_day`; False when it already did."""
    pupil = representative.pupil
    school = must_manage(by, pupil, on)
    locked_pupil(pupil)
    seen.must_be_unchanged(seen.of_representatives(pupil), seen_before)
    if representative.ends_on == last_day:
        return False
    if last_day < representative.starts_on:
        raise Refused(_("The last day comes before the first day."))
    representative.ends_on = last_day
    representative.save(update_fields=["ends_on"])
    record(
        events.REPRESENTATIVE_ENDED,
        by=by,
        subjects=[pupil.log_key],
        unit=school,
        target=representative,
        changed=["ends_on"],
        ground=Ground.ADMINISTRATION,
    )
    return True
