from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.acting import Job
from retention.actions.lists import due_unlisted
from retention.keeping_on import (
    SomeListsFailed,
    carry_on_all,
    lists_with_work,
    make_all_lists,
)
from retention.queries.lists import numbers_of
from retention.rules.lists import AHEAD
from students.models import School


class Command(BaseCommand):
    """What the worker does with destruction lists by itself, by hand; as often as you like."""

    help = "Makes destruction lists, carries out what cooled off, and closes what may close."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to only say what would happen."""
        parser.add_argument("--dry-run", action="store_true", help="say it, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Names schools and lists by their keys, and items by their number."""
        today = timezone.localdate()
        if options["dry_run"]:
            for school in School.objects.order_by("pk"):
                number = len(due_unlisted(school, today + AHEAD))
                self.stdout.write(f"school {school.pk}: a list of {number} items")
            found = lists_with_work(today, again=True)
            numbers = numbers_of(found, on=today)
            for made in found:
                self.stdout.write(f"list {made.pk}: {numbers[made.pk].now} items to destroy now")
            return
        job = Job("carry_on_lists")
        try:
            self.stdout.write(f"{make_all_lists(by=job, on=today)} lists made")
            self.stdout.write(f"{carry_on_all(by=job, on=today, again=True)} lists carried on")
        except SomeListsFailed as failed:
            raise CommandError(
                "Something failed; the log says what. It is tried again."
            ) from failed
