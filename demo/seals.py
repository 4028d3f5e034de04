"""The demo's log, sealed and checked as the worker does each minute and each night."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from audit.checking import carry_out_check
from audit.models import LogCheck
from audit.sealing import seal_log


def seal_and_check(today: date) -> None:
    """Seals what was written so far; the result of the first check stands on its page."""
    seal_log(now=timezone.now())
    carry_out_check(LogCheck.objects.create().pk, now=timezone.now(), on=today)
