from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from retention.actions.again import NotDestroyedAgain, UnknownKind, destroy_missing_again
from retention.backups.places import BackupRefused
from retention.backups.restoring import Copy, restore_backup
from retention.backups.streams import BackupFailed
from retention.ledger import LedgerDamaged
from retention.taking_back import take_approvals_back

_TOLD = (BackupRefused, BackupFailed, LedgerDamaged, UnknownKind, NotDestroyedAgain)


class Command(BaseCommand):
    """Run as owner, with web and worker stopped; docs/operations.md says each step."""

    help = "Puts a copy back into empty databases and destroys again what was destroyed since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("content", type=Path, help="the folder of one set of content")
        parser.add_argument("--keys", type=Path, required=True, help="the newest keys-....age")
        parser.add_argument("--opened-by", type=Path, required=True, help="the private key")
        parser.add_argument(
            "--even-older-keys",
            action="store_true",
            help="also where the keys were copied before the content: some of it stays shut",
        )
        parser.add_argument(
            "--newest",
            required=True,
            help="the newest code of the ledger that you know: on the last certificate of"
            " destruction, or printed by `manage.py backup`",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with an error when it did not all succeed; then nobody is let in."""
        copy = Copy(
            Path(options["content"]).resolve(),
            Path(options["keys"]),
            Path(options["opened_by"]),
            even_older_keys=options["even_older_keys"],
        )
        day = timezone.localdate()
        try:
            done = restore_backup(
                copy,
                newest=options["newest"],
                destroy_again=partial(destroy_missing_again, on=day),
                take_back=lambda copied_at: take_approvals_back(copied_at=copied_at, on=day),
            )
        except _TOLD as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"put back; destroyed again: {done.destroyed_again}")
        if done.newest_at is not None:
            self.stdout.write(
                f"the ledger's last line is of {timezone.localtime(done.newest_at):%Y-%m-%d %H:%M},"
                f" {done.beyond} after the one you named"
            )
        anew = done.taken_back
        self.stdout.write(
            f"to be approved anew: lists {anew.lists}, requests to erase {anew.erasures};"
            f" items left alone: {anew.items}"
        )
        if not done.has_heads:
            self.stdout.write(
                "the file of heads is not here: put it back if you have it, and tell the log why"
                " seals are lost, as worker, with seal_audit_log --restored"
            )
