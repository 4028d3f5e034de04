"""A message as people copy it from their mail program, with headings in Dutch or English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from files import limits, text

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_HEADINGS = {
    "sender": ("van", "from", "afzender", "sender"),
    "recipients": ("aan", "to"),
    "also": ("cc", "kopie"),
    "date": ("datum", "verzonden", "date", "sent", "verstuurd"),
    "subject": ("onderwerp", "subject", "betreft"),
    "": ("bcc", "reply-to", "antwoord aan", "bijlagen", "attachments", "prioriteit", "importance"),
}
_NAMES = {name: kind for kind, names in _HEADINGS.items() for name in names}
_LINE = re.compile(r"^[>\s]*\*{0,2}([A-Za-z][A-Za-z -]{0,14}?)\s*:\s*\*{0,2}\s*(.*)$")
_LEADING = re.compile(
    r"(?i)^[>\s]*(-{2,}.*|_{5,}|begin (forwarded message|doorgestuurd bericht).*|"
    r"(forwarded|original|doorgestuurd|oorspronkelijk) (message|bericht).*)?$"
)
_MOST_LINES = 25
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "februari", "february"),
            ("mrt", "maart", "mar", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("aug", "augustus", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_TIME = re.compile(r"\b(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?\s*([ap])?\.?(?:m\b)?")


@dataclass(frozen=True)
class Pasted:
    """What was found; empty where nothing was."""

    sender: str = ""
    recipients: tuple[str, ...] = ()
    date: datetime | None = None
    subject: str = ""
    text: str = ""


def read(pasted: str) -> Pasted:
    """Headings at the top are taken apart from the text; without any, all of it is the text."""
    lines = text.plain(pasted)[: limits.MAIL_TEXT_SIGNS].split("\n")
    start = _skip(lines, 0)
    found, end = _headings(lines, start)
    if len([kind for kind in found if kind]) < 2:
        return Pasted(text="\n".join(lines).strip())
    people = f"{found.get('recipients', '')}; {found.get('also', '')}"
    return Pasted(
        sender=_short(found.get("sender", "")),
        recipients=tuple(_short(one) for one in _people(people)),
        date=read_date(found.get("date", "")),
        subject=_short(found.get("subject", "")),
        text="\n".join(lines[end:]).strip(),
    )


def _skip(lines: list[str], start: int) -> int:
    while start < min(len(lines), _MOST_LINES) and _LEADING.match(lines[start]):
        start += 1
    return start


def _headings(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """What each heading says, and where the text begins."""
    found: dict[str, str] = {}
    current: str | None = None
    place = start
    while place < min(len(lines), start + _MOST_LINES):
        line = lines[place]
        match = _LINE.match(line)
        kind = _NAMES.get(match[1].lower()) if match else None
        if match and kind is not None and (kind == "" or kind not in found):
            current = kind
            found[kind] = match[2].strip(" *")
        elif current and line[:1] in " \t" and line.strip():
            found[current] += " " + line.strip()
        else:
            break
        place += 1
    return found, place


def _people(written: str) -> list[str]:
    """Parted by semicolons, or by commas that stand behind an address."""
    parts = re.split(r";|(?<=>),|(?<=\w),\s*(?=[^\s,<>;@]+@)", written)
    return [part.strip(" ,") for part in parts if part.strip(" ,")][: limits.MAIL_PARTS]


def _short(line: str) -> str:
    return text.plain_line(line, most=limits.MAIL_HEADER_SIGNS)


def read_date(written: str) -> datetime | None:
    """The moment a Dutch or English mail program wrote, on the clock of Amsterdam."""
    low = written.lower()
    day = _day(low)
    if day is None:
        return None
    year, month, number, rest = day
    hour, minute = 0, 0
    time = _TIME.search(rest)
    if time:
        hour, minute = int(time[1]), int(time[2])
        hour = hour % 12 + (12 if time[3] == "p" else 0) if time[3] else hour
    try:
        return datetime(year, month, number, hour, minute, tzinfo=_AMSTERDAM)
    except ValueError:
        return None


def _day(low: str) -> tuple[int, int, int, str] | None:
    """(year, month, day, what is written besides)."""
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_MONTH_FIRST, (3, 1, 2))):
        match = pattern.search(low)
        if match and match[order[1]] in _MONTHS:
            rest = low[: match.start()] + " " + low[match.end() :]
            return int(match[order[0]]), _MONTHS[match[order[1]]], int(match[order[2]]), rest
    for pattern, order in ((_YEAR_FIRST, (1, 2, 3)), (_NUMBERS, (3, 2, 1))):
        match = pattern.search(low)
        if match:
            year, month, number = (int(match[place]) for place in order)
            return year, month, number, low[: match.start()] + " " + low[match.end() :]
    return None
