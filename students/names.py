"""Names: how they are shown, sorted and found. Plain functions, no database."""

from __future__ import annotations

import re
import unicodedata

# Dutch prefixes (tussenvoegsels) that a searcher may leave out, after the BRP's table 36.
PREFIXES = frozenset(
    [
        "van",
        "de",
        "der",
        "den",
        "het",
        "'t",
        "t",
        "te",
        "ten",
        "ter",
        "op",
        "in",
        "'n",
        "'s",
        "s",
        "la",
        "le",
        "du",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "el",
        "al",
        "von",
        "zu",
        "zum",
        "zur",
        "vom",
        "ver",
        "l'",
        "d'",
        "o'",
        "uit",
        "uijt",
        "uyt",
        "voor",
        "aan",
        "bij",
        "onder",
        "over",
        "tot",
        "af",
    ]
)
_LETTERS_APART = {
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "œ": "oe",
    "þ": "th",
}
_NOT_A_WORD = re.compile(r"[^\w']+")


def plain(text: str) -> str:
    """Lower case without accents: 'Çelik' and 'celik' are the same."""
    if text.isascii():
        return text.lower()
    lowered = text.replace("İ", "i").lower()
    split = unicodedata.normalize("NFKD", lowered)
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return "".join(_LETTERS_APART.get(c, c) for c in bare)


def words(text: str) -> list[str]:
    """The words of a name in plain letters."""
    return [w.strip("'") or w for w in _NOT_A_WORD.sub(" ", plain(text).replace("’", "'")).split()]


def search_text(*parts: str) -> str:
    """What is stored to search in: each word once, with a space before it, prefixes left out."""
    found: list[str] = []
    for word in (w for part in parts for w in words(part)):
        if word not in PREFIXES and word not in found:
            found.append(word)
    return "".join(f" {word}" for word in found)


def search_words(typed: str) -> list[str]:
    """What to look for when somebody types a name: prefixes left out, unless nothing remains."""
    all_words = words(typed)[:6]
    return [w for w in all_words if w not in PREFIXES] or all_words


def sort_text(surname: str, first: str) -> str:
    """Sorts by surname without prefix, then first name; a pupil without surname by first name."""
    return f"{plain(surname) or plain(first)}, {plain(first)}"


def full_name(first: str, prefix: str, surname: str) -> str:
    """The name as people say it: 'Noor van den Berg'."""
    return " ".join(part for part in (first, prefix, surname) if part)
