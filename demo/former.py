"""Somebody who once worked here: the account ended by itself, the name stays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from access.acting import Job, acting_as
from access.models import Membership, Unit, User
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from retention.former import end_all_that_is_over

NAME = "Wim Appelhof"
_LEFT = timedelta(days=60)


def fill_former(school: Unit, event: Event, *, by: Job, on: date) -> None:
    """A teacher whose role ended two months ago; then the night's own step."""
    began = date(on.year - 3, 8, 1)
    with acting_as(by, on=on):
        user = User.objects.create_user(
            "wim",
            name=NAME,
            email="wim@example.org",
            date_joined=timezone.make_aware(datetime.combine(began, time(9))),
        )
        Membership.objects.create(
            user=user, role="counsellor", unit=school, starts_on=began, ends_on=on - _LEFT
        )
        record(event, by=by, ground=Ground.SYSTEM)
    end_all_that_is_over(by=by, on=on)
