"""Trying an action from a page: what a rule refuses is said in the user's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from access.errors import Refused

T = TypeVar("T")


def attempt(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """Does it and gives what came of it; none when a rule refused, and then nothing was changed."""
    try:
        return act()
    except Refused as refusal:
        about = refusal.about if refusal.about in form.fields else None
        form.add_error(about, str(refusal.sentence))
        return None


def attempt_and_tell(request: HttpRequest, act: Callable[[], object], *, done: str) -> None:
    """Does it and says so on the next page, or there says why a rule refused."""
    try:
        act()
    except Refused as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        messages.success(request, done)
