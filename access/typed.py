"""What people type, as it is stored: nothing in it that is not seen. Plain functions.

A sign that turns text around or hides in it makes one name look like another, in a list, in the
log and on paper. Joiners stay: some scripts and pictures need them.
"""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
_UNSEEN = ("Cc", "Cf", "Co", "Cs")


def _is_seen(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN


def tidy(text: str) -> str:
    """One line as it is stored: composed letters, single spaces, nothing invisible."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(" " if c.isspace() else c for c in composed if c.isspace() or _is_seen(c))
    return " ".join(seen.split())


def tidy_lines(text: str) -> str:
    """Lines as they are stored: composed letters, one sign for a line's end, nothing invisible."""
    ended = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in ended if c in "\n\t" or _is_seen(c))
