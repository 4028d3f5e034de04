"""What the page of a list says about its end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retention.models import DestructionList
from retention.rules.closing import KEEPS_WAITING, Stop, Waiting

# What must be done, in words: its name, while it waits, and once it is done.
_WORDS: dict[Waiting, tuple[Promise, Promise, Promise]] = {
    Waiting.ITEMS: (
        _("Destroyed"),
        _("Not everything is destroyed yet. What failed is tried again each night."),
        _("Everything that was to be destroyed is destroyed or left alone."),
    ),
    Waiting.SEARCH: (
        _("Looked afterwards"),
        _("Nobody looked yet for what was left."),
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

# What stopped a list, and what to do about it.
_STOPPED: dict[Stop, tuple[Promise, Promise]] = {
    Stop.LEDGER: (
        _("The file that says what was destroyed, the ledger, was changed or can't be read."),
        _("Put the file back as it was. Until then nothing more is destroyed."),
    ),
    Stop.KEYS: (
        _("A key of this list does not open."),
        _("Look whether the server has the master key that it had before."),
    ),
    Stop.DISK: (
        _("A file could not be written, read or taken away."),
        _("Look whether the disk is full, and who may use its folders."),
    ),
    Stop.DATABASE: (
        _("The database was away, or refused a step."),
        _("Look in the log of the server which step that was."),
    ),
    Stop.BLIND: (
        _("The search for what was left could not see everything, so it proves nothing."),
        _("Look whether the folder of the files is the right one."),
    ),
    Stop.COPIES: (
        _("A copy of the keys was made, but it is not in its place any more, or was changed."),
        _("Look whether the folder of the copies is there, and make a new copy."),
    ),
    Stop.UNCOPIED: (
        _("For more than a day no copy of the keys was made: the old one still opens what went."),
        _("Look in the log of the server why no copy is made."),
    ),
    Stop.UNSEALED: (
        _("The log was not sealed for more than a day."),
        _("Look in the log of the server why it is not sealed."),
    ),
    Stop.PAPER: (
        _("The certificate could not be made."),
        _("Look whether the disk is full, or the server had too much to do."),
    ),
    Stop.UNSAID: (
        _("The log does not say that this list was reviewed and approved by who stands here."),
        _(
            "Nothing of it is destroyed. Cancel the list. Tell who looks after the server that"
            " somebody may have written in the database."
        ),
    ),
    Stop.TERM: (
        _("A retention term of your board counts, and the log does not say who decided it."),
        _(
            "Nothing more of this list is begun. The page of the terms says which one it is."
            " The privacy officer or a board officer proposes it anew, and another one of them"
            " approves it. Tell who looks after the server that somebody may have written in the"
            " database."
        ),
    ),
    Stop.OTHER: (
        _("Something went wrong that the portal has no words for."),
        _("Look in the log of the server what it was."),
    ),
    Stop.SILENT: (
        _("All is ready, but the work of the night did not come by."),
        _("Look whether the worker of the portal runs."),
    ),
}


@dataclass(frozen=True)
class Stopped:
    """Why a list does not go on by itself: what happened, since when, and what to do."""

    stop: Stop
    since: datetime
    what: Promise
    todo: Promise

    @property
    def is_tried(self) -> bool:
        """Whether the nights still try it."""
        return self.stop is not Stop.SILENT

    @property
    def is_for_people(self) -> bool:
        """Whether who handles the list must act, and not who looks after the server."""
        return self.stop in (Stop.UNSAID, Stop.TERM)


def stopped(stop: Stop, since: datetime) -> Stopped:
    """What is said of it on pages and in mails."""
    return Stopped(stop, since, *_STOPPED[stop])


def why_stopped(made: DestructionList) -> Stopped | None:
    """What stopped the last run of a list that did not end; none: nothing did."""
    if made.stopped_at is None or made.closed_at or made.cancelled_on:
        return None
    return stopped(Stop(made.stopped_because), made.stopped_at)


@dataclass(frozen=True)
class Condition:
    """One thing that must be so before a list closes, and whether it is."""

    label: Promise
    sentence: Promise
    is_met: bool
    is_stopped: bool = False


_FOUND = _("Something was found. It must be judged, or must go.")


def conditions(
    waits_for: Collection[Waiting],
    because: Stopped | None = None,
    *,
    is_something_found: bool = False,
) -> list[Condition]:
    """All that must be so before a list closes, in the order in which it comes about.

    `is_something_found`: whether the search found what must be judged, or must go.
    """
    found = []
    for waiting, (label, waits, done) in _WORDS.items():
        if because and KEEPS_WAITING.get(because.stop) is waiting:
            found.append(Condition(label, because.what, is_met=False, is_stopped=True))
        else:
            is_met = waiting not in waits_for
            is_open = waiting is Waiting.SEARCH and is_something_found
            found.append(Condition(label, done if is_met else _FOUND if is_open else waits, is_met))
    return found
