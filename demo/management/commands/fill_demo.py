from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from access.models import Unit
from demo.filling import Filling
from demo.reports import sign_last_month


class Command(BaseCommand):
    """Fills an empty database with the demo; refuses anything but a demo."""

    help = "Fills an empty demo database with an invented board and two schools."

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing: a filling that was broken off starts again."""
        if not settings.DEMO:
            raise CommandError("This only runs with PORTAL_DEMO on.")
        if Unit.objects.exists():
            self.stdout.write("the demo is already filled")
            return
        today = timezone.localdate()
        with transaction.atomic():
            Filling(today, self._say).fill()
        sign_last_month(today, self._say)
        # What is ready is carried out as soon as a worker is there.
        task = app.configure_task("retention.carry_on_lists", queueing_lock="carry_on_lists")
        task.defer(timestamp=int(timezone.now().timestamp()))

    def _say(self, step: str) -> None:
        self.stdout.write(f"  {step}")
