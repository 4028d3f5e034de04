"""What a destruction list waits for before it closes, and what may be said of other systems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from students.names import PREFIXES

_WHOLE = 3  # letters: a shorter name must stand alone, a longer one begins a word


class Waiting(StrEnum):
    """What must still happen, in this order."""

    ITEMS = "items"  # something is not destroyed yet, or failed
    OTHER_SYSTEMS = "other-systems"  # nobody said what other systems still hold
    SEARCH = "search"  # nobody looked for what is left, or something was found
    COPIES = "copies"  # the copy of the keys still holds keys that are destroyed
    LOG = "log"  # the rows about it are not sealed yet
    PAPER = "paper"  # the certificate could not be made; the next run tries again


class Stop(StrEnum):
    """Why a list did not go on by itself, as its last run found."""

    LEDGER = "ledger"  # the file outside both databases is not what was written
    KEYS = "keys"  # a key does not open
    DISK = "disk"  # a file could not be read, written or taken away
    DATABASE = "database"  # it refused a step, or was away
    BLIND = "blind"  # the search could not see: its silence would prove nothing
    COPIES = "copies"  # a copy of the keys was made, and is not where it should be
    UNCOPIED = "uncopied"  # none was made, for longer than a night
    UNSEALED = "unsealed"  # the log was not sealed, for longer than a night
    PAPER = "paper"  # the certificate could not be made
    UNSAID = "unsaid"  # the log does not know who reviewed or approved it
    TERM = "term"  # the log does not know who decided a term that counts
    OTHER = "other"  # the server's log says what
    SILENT = "silent"  # no run came by, so this one is nowhere stored


# Of these nothing on the list can be done, so that no item is tried.
OF_EVERY_ITEM = frozenset({Stop.LEDGER, Stop.KEYS})
# What a list waits for as long as it is stopped by this, whatever a page can see.
KEEPS_WAITING = {
    Stop.BLIND: Waiting.SEARCH,
    Stop.COPIES: Waiting.COPIES,
    Stop.UNCOPIED: Waiting.COPIES,
    Stop.UNSEALED: Waiting.LOG,
}
PATIENCE = timedelta(days=1)  # it is tried every ten minutes, and each night at the latest


def is_silent(ready_since: datetime | None, now: datetime) -> bool:
    """Whether nobody came by for something that could be done since a moment."""
    return ready_since is not None and now - ready_since > PATIENCE


def is_to_be_told(told_on: date | None, on: date) -> bool:
    """Whether people hear today of a list that is stopped: at once, and then each week."""
    return told_on is None or (on - told_on).days >= 7


@dataclass(frozen=True)
class Facts:
    """What is known about a list that is being carried out."""

    open_items: int  # to be destroyed, and not yet
    unanswered: int  # other systems of which nobody said anything
    is_clean: bool  # the search after the last item found nothing that must not be there
    last_done_at: datetime | None  # none: nothing was destroyed
    makes_copies: bool
    is_copied: bool  # the one copy of the keys was begun after the last one was destroyed
    sealed_at: datetime | None  # the newest seal of the log


def waits_for(facts: Facts) -> tuple[Waiting, ...]:
    """All that a list still waits for; nothing: it may close."""
    done = facts.last_done_at
    is_unsealed = facts.sealed_at is None or (done is not None and facts.sealed_at <= done)
    found = {
        Waiting.ITEMS: facts.open_items > 0,
        Waiting.OTHER_SYSTEMS: facts.unanswered > 0,
        Waiting.SEARCH: not facts.is_clean,
        Waiting.COPIES: facts.makes_copies and done is not None and not facts.is_copied,
        Waiting.LOG: is_unsealed,
    }
    return tuple(waiting for waiting, holds in found.items() if holds)


def overdue(facts: Facts, *, was_copied: bool, now: datetime) -> Stop | None:
    """What should have come about by itself and did not; none: nothing, or it still may."""
    waiting, is_late = waits_for(facts), is_silent(facts.last_done_at, now)
    if Waiting.COPIES in waiting and was_copied:
        return Stop.COPIES
    if Waiting.COPIES in waiting and is_late:
        return Stop.UNCOPIED
    return Stop.UNSEALED if Waiting.LOG in waiting and is_late else None


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """Whether a word of one of these names stands in the text, however it is written.

    Also where more is joined to it ("Annes"): rather a word too many is left out than a name named.
    """
    said = _words(text)
    looked_for = {word for name in names for word in _words(name)} - PREFIXES
    return any(
        one == word or (len(word) >= _WHOLE and one.startswith(word))
        for word in looked_for
        for one in said
        if len(word) > 1
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one)))
