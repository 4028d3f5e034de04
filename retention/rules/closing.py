"""What a destruction list waits for before it closes, and what may be said of other systems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_SHORTEST = 3  # letters of a name that is looked for


class Waiting(StrEnum):
    """What must still happen, in this order."""

    ITEMS = "items"  # something is not destroyed yet, or failed
    OTHER_SYSTEMS = "other-systems"  # nobody said what other systems still hold
    SEARCH = "search"  # nobody looked for what is left, or something was found
    COPIES = "copies"  # the copy of the keys still holds keys that are destroyed
    LOG = "log"  # the rows about it are not sealed yet
    PAPER = "paper"  # the certificate could not be made; the next run tries again


@dataclass(frozen=True)
class Facts:
    """What is known about a list that is being carried out."""

    open_items: int  # to be destroyed, and not yet
    unanswered: int  # other systems of which nobody said anything
    is_clean: bool  # the search after the last item found nothing that must not be there
    last_done_at: datetime | None  # none: nothing was destroyed
    makes_copies: bool
    keys_copied_at: datetime | None  # since when the one copy of the keys was made
    sealed_at: datetime | None  # the newest seal of the log


def waits_for(facts: Facts) -> tuple[Waiting, ...]:
    """All that a list still waits for; nothing: it may close."""
    done = facts.last_done_at
    is_stale = done is not None and (facts.keys_copied_at is None or facts.keys_copied_at <= done)
    is_unsealed = facts.sealed_at is None or (done is not None and facts.sealed_at <= done)
    found = {
        Waiting.ITEMS: facts.open_items > 0,
        Waiting.OTHER_SYSTEMS: facts.unanswered > 0,
        Waiting.SEARCH: not facts.is_clean,
        Waiting.COPIES: facts.makes_copies and is_stale,
        Waiting.LOG: is_unsealed,
    }
    return tuple(waiting for waiting, holds in found.items() if holds)


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """Whether a word of one of these names stands in the text, however it is written."""
    said = set(_words(text))
    return any(word in said for name in names for word in _words(name) if len(word) >= _SHORTEST)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(one for one in plain if not unicodedata.combining(one)))
