"""A log with invented days, and short ways to look at them as the nightly job does."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from access.acting import Job, acting_as
from access.models import Unit
from audit.actions import write
from audit.events import EVENTS
from audit.models import LogEntry
from oversight.actions.findings import Looked, look_at_day
from oversight.actions.findings_settings import Decided, record_assent
from oversight.models import Assent, Finding
from tests.cast import Cast

JOB = Job("look_for_findings")


@dataclass
class Days:
    """Yesterday's log of the cast's school, row by row."""

    cast: Cast
    yesterday: date

    def row(
        self,
        who: str | None,
        *pupils: str,
        at: str = "10:00",
        day: date | None = None,
        event: str = "page-seen",
        ground: str = "assignment",
        outcome: str = "success",
        unit: Unit | None = None,
        keys: Sequence[uuid.UUID] = (),
        **given,
    ) -> LogEntry:
        """One row, as the log would have it."""
        person = self.cast.people[who] if who else None
        moment = datetime.combine(day or self.yesterday, time.fromisoformat(at))
        place = unit or self.cast.school.unit
        entry = LogEntry(
            timestamp=timezone.make_aware(moment),
            event=event,
            action=EVENTS[event].action,
            outcome=outcome,
            subjects=[self.cast.pupils[key].log_key for key in pupils] + [*keys],
            actor=person,
            actor_name=person.name if person else "",
            actor_role=person.memberships.first().role if person else "",
            ground=ground,
            unit=place.pk if place.pk else None,
            **given,
        )
        write([entry])
        return entry

    def refusals(self, who: str | None, number: int, **given) -> list[LogEntry]:
        """As many refusals, one a second."""
        return [
            self.row(
                who,
                at=f"11:00:{n:02}",
                event="page-refused",
                ground="none",
                outcome="refused",
                **given,
            )
            for n in range(number)
        ]

    def assent(self, by: str = "director", *, days_ago: int = 10) -> Assent:
        """The staff section agreed some days ago."""
        on = self.cast.today - timedelta(days=days_ago)
        user = self.cast.people[by]
        with acting_as(user, on=on):
            return record_assent(
                school=self.cast.school,
                decided=Decided(on, "Demo Secretary", "Agreed, point 4"),
                by=user,
                on=on,
            )

    def look(self, unit: Unit | None = None, *, day: date | None = None, **given) -> Looked:
        """As the nightly job does."""
        with acting_as(JOB, on=self.cast.today):
            return look_at_day(
                unit=unit or self.cast.school.unit,
                day=day or self.yesterday,
                by=JOB,
                on=self.cast.today,
                **given,
            )

    def finding(self, who: str | None, rule: str = "refusals") -> Finding:
        """The finding of a rule about somebody of the cast."""
        return Finding.objects.get(rule=rule, person=self.cast.people[who] if who else None)


@pytest.fixture
def days(cast: Cast) -> Days:
    """Fridays are over on Mondays: the last school day of the cast."""
    return Days(cast, cast.today - timedelta(days=3))
