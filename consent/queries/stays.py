"""At which schools pupils are, for what can still be agreed there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from consent.models import Request
from students.models import Enrolment


@dataclass(frozen=True)
class Stays:
    """The enrolments of some pupils: one query for all."""

    rows: tuple[tuple[uuid.UUID, uuid.UUID, date, date | None], ...]

    @classmethod
    def of(cls, requests: Iterable[Request]) -> Stays:
        """Those of the pupils whom somebody is asked about."""
        rows = Enrolment.objects.filter(pupil__in={request.pupil_id for request in requests})
        return cls(tuple(rows.values_list("pupil_id", "school_id", "starts_on", "ends_on")))

    def is_at(self, pupil: uuid.UUID, school: uuid.UUID, *days: date) -> bool:
        """Whether the pupil has not left that school before the last of these days."""
        last = max(days)
        return any(
            (who, where) == (pupil, school) and (end is None or end >= last)
            for who, where, _start, end in self.rows
        )
