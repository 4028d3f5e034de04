"""Texts and dates of an upload, checked one by one; a problem never repeats the value."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from access.typed import tidy
from students.roster.problems import Problems

LONGEST_KEY = 256
LONGEST_NAME = 200
LONGEST_FIRST_NAME = 64
LONGEST_PREFIX = 20
LONGEST_LABEL = 64

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+)?(?:Z|[+-]\d{2}:\d{2})?")
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SAME_SOUND = str.maketrans("", "", " -'’`.")


def clean(text: str | None) -> str:
    """One line, single spaces, composed characters, nothing that hides or turns text around."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return tidy(text)


def limited(
    text: str | None, longest: int, field: str, *, line: int, key: str, problems: Problems
) -> str:
    """A clean text, or a problem and nothing when it is too long."""
    cleaned = clean(text)
    if len(cleaned) > longest:
        problems.add("text_too_long", line=line, key=key, field=field)
        return ""
    return cleaned


def read_date(
    text: str | None, field: str, *, line: int, key: str, problems: Problems
) -> date | None:
    """A date as 2026-08-01 (a time behind it is ignored) or 1-8-2026; else a problem."""
    cleaned = clean(text)
    if not cleaned:
        return None
    found = _ISO_DATE.fullmatch(cleaned)
    if found:
        year, month, day = found.group(1, 2, 3)
    else:
        found = _DUTCH_DATE.fullmatch(cleaned)
        if not found:
            problems.add("date_wrong", line=line, key=key, field=field)
            return None
        day, month, year = found.group(1, 2, 3)
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        problems.add("date_wrong", line=line, key=key, field=field)
        return None
    if not 1900 <= read.year <= 2200:
        problems.add("date_wrong", line=line, key=key, field=field)
        return None
    return read


def folded(*parts: str) -> str:
    """A name as one compares it: without case, accents, spaces, hyphens and apostrophes."""
    joined = "".join(parts)
    if not joined.isascii():
        decomposed = unicodedata.normalize("NFKD", joined)
        joined = "".join(char for char in decomposed if not unicodedata.combining(char))
    return joined.casefold().translate(_SAME_SOUND)
