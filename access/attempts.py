"""Trying an action from a page: what a rule refuses stands in the form, in the user's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms

from access.errors import Refused

T = TypeVar("T")


def attempt(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """Does it and gives what came of it; none when a rule refused, and then nothing was changed."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None
