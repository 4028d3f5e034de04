"""Conditions that several tables set to their rows."""

from __future__ import annotations

from django.db.models import Q


def go_together(*names: str) -> Q:
    """These fields are filled in all of them or in none: who, when, and what came with it."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(
        **{f"{name}__isnull": False for name in names}
    )
