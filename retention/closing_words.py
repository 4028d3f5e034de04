"""What the page of a list says about its end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retention.rules.closing import Waiting

# What must be done, in words: its name, while it waits, and once it is done.
_WORDS: dict[Waiting, tuple[Promise, Promise, Promise]] = {
    Waiting.ITEMS: (
        _("Destroyed"),
        _("Not everything is destroyed yet. What failed is tried again each night."),
        _("Everything that was to be destroyed is destroyed or left alone."),
    ),
    Waiting.SEARCH: (
        _("Looked afterwards"),
        _("Nobody looked yet for what was left, or something that was found must be judged."),
        _("Nothing is left."),
    ),
    Waiting.OTHER_SYSTEMS: (
        _("Other systems"),
        _("Somebody must say what other systems still hold."),
        _("It is said of each other system whether it still holds something."),
    ),
    Waiting.COPIES: (
        _("Copy of the keys"),
        _("The copy of the keys is older than what was destroyed. A new one is made each night."),
        _("No copy of the keys opens what was destroyed."),
    ),
    Waiting.LOG: (
        _("Log"),
        _("What happened is not sealed in the log yet. That takes some minutes."),
        _("What happened is sealed in the log."),
    ),
}


@dataclass(frozen=True)
class Condition:
    """One thing that must be so before a list closes, and whether it is."""

    label: Promise
    sentence: Promise
    is_met: bool


def conditions(waits_for: Collection[Waiting]) -> list[Condition]:
    """All that must be so before a list closes, in the order in which it comes about."""
    return [
        Condition(label, waits if waiting in waits_for else done, waiting not in waits_for)
        for waiting, (label, waits, done) in _WORDS.items()
    ]
