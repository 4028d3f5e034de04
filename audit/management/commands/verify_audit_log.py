from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.verdicts import Period, Side, Trouble, Verdict
from audit.verifying import verify_log


class Command(BaseCommand):
    """Says whether the log was changed and whether anything is missing; ends with 1 if so."""

    help = "Checks the log against its seals, the file of heads, and a head you were given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which days, and which head to look for."""
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--head", default="", help="a head from a mail or report, to look for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Integrity and completeness apart, with the first row or seal that fails."""
        period = Period(options["first"], options["last"])
        verdict = verify_log(now=timezone.now(), period=period, head=options["head"])
        for line in said(verdict):
            self.stdout.write(line)
        if not verdict.is_good:
            raise CommandError("the log is not as it was sealed", returncode=1)


def said(verdict: Verdict) -> list[str]:
    """The verdict in lines: both answers, what was found, what was looked at."""
    lines = [
        f"integrity: {'nothing changed' if verdict.is_unchanged else 'CHANGED'}",
        f"completeness: {'nothing missing' if verdict.is_complete else 'NOT COMPLETE'}",
    ]
    for side in Side:
        first = verdict.first.get(side.value)
        if first:
            lines.append(f"first for {side.value}: {first.where()}: {first.trouble.label}")
    lines += [f"found {n} times: {Trouble(code).label}" for code, n in verdict.counts.items()]
    lines.append(
        f"{verdict.rows} rows under {verdict.seals} seals, {verdict.waiting} not sealed yet"
    )
    if verdict.unmarked:
        lines.append(f"{verdict.unmarked} of them from before rows had a mark")
    lines += [f"left by a decision: {month}" for month in verdict.left]
    lines += [f"lost when a backup was put back: seals {what}" for what in verdict.restored]
    return [*lines, f"head {verdict.head}"]
