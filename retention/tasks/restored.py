"""Once, when the worker starts after a copy was put back."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from retention.telling_restored import tell_of_what_is_anew


@app.task(name="retention.tell_of_restoring", queue="retention")
def tell_of_restoring() -> None:
    """Who handles what must be approved anew hears so; the nights remind them after that."""
    tell_of_what_is_anew(on=timezone.localdate())
