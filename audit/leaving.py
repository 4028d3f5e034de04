"""Lets go, at night, of the months about which two persons of each board decided."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from django.db import DatabaseError
from django.utils import timezone

from access.acting import Job, acting_as
from audit.actions import record
from audit.ending import NotByUs, let_month_leave
from audit.ends import months_signed
from audit.events import LOG_END_STOPPED, Outcome
from audit.grounds import Ground
from audit.models import LogDeparture
from audit.rules import following
from audit.verdicts import Period
from audit.verifying import verify_log


class NotGood(RuntimeError):
    """The rows of a month are not what was sealed, or the chain is broken."""


def let_signed_months_leave(*, by: Job, on: date) -> list[LogDeparture]:
    """Each month in a transaction of its own, the oldest first.

    What a check of the log, the database or a signature does not bear out stays, and stands in
    the log as failed: nobody gets rid of what was tampered with.
    """
    left = []
    for month in months_signed():
        try:
            _must_be_good(month)
            with acting_as(by, on=on):
                left.append(let_month_leave(month=month, by=by, on=on))
        except (NotByUs, NotGood, DatabaseError) as error:
            structlog.get_logger("audit").error("log_month_stays", reason=type(error).__name__)
            with acting_as(by, on=on):
                record(
                    LOG_END_STOPPED,
                    by=by,
                    ground=Ground.SYSTEM,
                    outcome=Outcome.FAILED,
                    detail={"month": f"{month:%Y-%m}", "reason": type(error).__name__},
                )
    return left


def _must_be_good(month: date) -> None:
    """Once gone, nobody can say any more what was wrong with it."""
    period = Period(month, following(month) - timedelta(days=1))
    if not verify_log(now=timezone.now(), period=period).is_good:
        raise NotGood(f"{month:%Y-%m}")
