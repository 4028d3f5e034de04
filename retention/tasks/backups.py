"""Each night: a copy of everything. What is too old goes, and who looks after the server hears."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from access.acting import Job
from retention.backups.making import let_old_ones_go
from retention.backups.places import BackupRefused, Busy
from retention.backups.recorded import make_if_due
from retention.backups.streams import BackupFailed
from retention.ledger import LedgerDamaged
from retention.telling_copies import tell_if_no_copy_is_made


@app.periodic(cron="15 * * * *")
@app.task(name="retention.make_backup", queue="backups")
def make_backup(timestamp: int) -> None:
    """Asked each hour, made once a night, where somebody is named who could open the copy."""
    if settings.BACKUP_RECIPIENTS:
        try:
            make_if_due(by=Job("make_backup"), on=timezone.localdate(), now=timezone.localtime())
        except (
            BackupRefused,
            BackupFailed,
            LedgerDamaged,
            OSError,
        ) as error:  # their words name no row
            structlog.get_logger("retention").error("copy_not_made", reason=str(error))
            raise


@app.periodic(cron="35 * * * *")
@app.task(name="retention.let_old_copies_go", queue="backups")
def let_old_copies_go(timestamp: int) -> None:
    """Also where no new copy is made: then names would never leave."""
    if settings.BACKUPS_DIR:
        try:
            let_old_ones_go()
        except Busy:
            return  # a copy that is made lets them go itself


@app.periodic(cron="50 * * * *")
@app.task(name="retention.tell_of_copies", queue="retention")
def tell_of_copies(timestamp: int) -> None:
    """Each hour, so that a mail that could not be sent is; it is told once a day."""
    tell_if_no_copy_is_made(on=timezone.localdate(), now=timezone.localtime())
