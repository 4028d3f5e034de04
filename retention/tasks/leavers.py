"""Each night: who left is looked over, so that no list starts from a row that says it wrong; and
who is at school has a whole dossier.
"""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job, acting_as
from audit.actions import record
from audit.grounds import Ground
from retention.beginning_again import begin_again_where_it_is_missing
from retention.events import DOSSIERS_BEGUN_AGAIN


@app.periodic(cron="10 2 * * *")
@app.task(name="retention.set_leavers_right", queue="retention")
def set_leavers_right(timestamp: int) -> None:
    """Mends what two changes in one family at the very same moment may have left behind.

    As the worker's own login: nobody else may, and nothing is decided here that a log would tell.
    Then makes the dossiers of who is at school whole.
    """
    mend_leavers()
    make_dossiers_whole()


def mend_leavers() -> int:
    """Says how many pupils' rows said something else than they should."""
    with connection.cursor() as cursor:
        cursor.execute("select retention_set_leavers_right()")
        return int(cursor.fetchone()[0])


def make_dossiers_whole() -> int:
    """Says how many pupils at school had a dossier that was destroyed, or without parts."""
    job, day = Job("set_leavers_right"), timezone.localdate()
    with acting_as(job, on=day):
        made = begin_again_where_it_is_missing()
        if made:
            record(DOSSIERS_BEGUN_AGAIN, by=job, ground=Ground.SYSTEM, detail={"dossiers": made})
    return made
