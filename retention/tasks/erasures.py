"""What was approved to be erased."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.erasing import erase_approved
from retention.telling_erasures import remind_of_erasures, tell_of_what_is_overdue


class SomeErasuresFailed(RuntimeError):
    """Something approved could not be erased; the others were. It is tried again."""


@app.periodic(cron="*/10 * * * *")
@app.task(name="retention.erase_on_request", queue="destroying", queueing_lock="erase_on_request")
def erase_on_request(timestamp: int) -> None:
    """Every ten minutes: what was approved is begun after a whole day, what was cut off goes on,
    and an old key goes once a copy was made since.

    Without a lock: a job that dies with its worker stays "doing" and would keep it for ever. Two
    at once do nothing twice (retention/erasing.py).
    """
    found = erase_approved(by=Job("erase_on_request"), on=timezone.localdate())
    if found.failed:
        raise SomeErasuresFailed(len(found.failed))


@app.periodic(cron="25 2 * * *")
@app.task(name="retention.remind_of_erasures", queue="retention")
def remind_of_erasure_requests(timestamp: int) -> None:
    """Each night: who must decide hears again before the days of the law are over; of what is not
    erased though it was approved, who can mend that.
    """
    on = timezone.localdate()
    remind_of_erasures(on=on)
    tell_of_what_is_overdue(on=on)
