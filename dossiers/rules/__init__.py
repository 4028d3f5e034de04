"""Decisions about dossiers in plain Python: no Django, no database, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from stdnum.nl import bsn

from dossiers.kinds import AssignmentKind, Part

# What each kind of assignment reaches: P2 (counsellors), P6 (the medical part is apart).
_COUNSELLING_PARTS = (Part.GUIDANCE, Part.REPORTS, Part.CARE, Part.AGREEMENTS, Part.EMERGENCY)
REACHES: dict[AssignmentKind, tuple[Part, ...]] = {
    AssignmentKind.COUNSELLOR: _COUNSELLING_PARTS,
    AssignmentKind.SUBSTITUTE: _COUNSELLING_PARTS,
    AssignmentKind.SHORT: _COUNSELLING_PARTS,
    AssignmentKind.MEDICAL: (Part.MEDICAL,),
    AssignmentKind.EMERGENCY: (Part.EMERGENCY,),
}


def reached_by(part: Part) -> tuple[AssignmentKind, ...]:
    """The kinds of assignment that open a part."""
    return tuple(kind for kind, parts in REACHES.items() if part in parts)


def seals_reason_of(kind: AssignmentKind) -> Part:
    """The part under whose key an assignment's reason is sealed: the first that it reaches."""
    return REACHES[kind][0]


def may_write(kind: AssignmentKind) -> bool:
    """Whether an assignment lets somebody add to what it reaches; an emergency only reads."""
    return kind is not AssignmentKind.EMERGENCY


# --- what a note says -------------------------------------------------------------------------

# Parts that hold notes; agreements and the emergency card have a form of their own.
HOLDS_NOTES = (Part.GUIDANCE, Part.REPORTS, Part.CARE, Part.MEDICAL)

# Every part holds files but the emergency card, which is one page to be read at once.
HOLDS_FILES = tuple(part for part in Part if part is not Part.EMERGENCY)

OPENS, CLOSES = "[[", "]]"


@dataclass(frozen=True)
class Passage:
    """A stretch of text; about somebody other than the pupil, or not."""

    text: str
    about_others: bool


def passages(text: str) -> list[Passage]:
    """Cuts a text at `[[` and `]]`. What was opened and not closed runs on to the end.

    Withheld too much is a nuisance, too little is a leak: marks within marks belong to the outer.
    """
    found: list[Passage] = []
    depth = start = i = 0
    while i < len(text):
        mark = text[i : i + 2]
        if mark == OPENS:
            if depth == 0:
                found.append(Passage(text[start:i], about_others=False))
                start = i + 2
            depth += 1
            i += 2
        elif mark == CLOSES and depth:
            depth -= 1
            if depth == 0:
                found.append(Passage(text[start:i], about_others=True))
                start = i + 2
            i += 2
        else:
            i += 1
    found.append(Passage(text[start:], about_others=depth > 0))
    return [passage for passage in found if passage.text]


def without_passages_about_others(text: str, *, instead: str = "[…]") -> str:
    """What a parent reads at an inspection: passages about other people are left out, visibly."""
    return "".join(instead if p.about_others else p.text for p in passages(text))


def marks_are_paired(text: str) -> bool:
    """Whether each `[[` has its `]]`, one after the other, none within another."""
    marks = re.findall(r"\[\[|\]\]", text)
    return marks == [OPENS, CLOSES] * (len(marks) // 2)


# Nine digits in a row, or in the groups people write them in: 123456782, 1234.56.782, 123 456 782.
_NINE_DIGITS = re.compile(
    r"(?<![\d.,])(?<!\+31)(?<!\+31 )(?<!0031)(?<!0031 )"
    r"(\d{9}|\d{4}[. -]\d{2}[. -]\d{3}|\d{3}[. -]\d{3}[. -]\d{3})(?!\d)"
)


def holds_bsn(text: str) -> bool:
    """Whether a citizen service number stands in the text. Wabb art. 10-11: not in a dossier."""
    return any(bsn.is_valid(found) for found in _NINE_DIGITS.findall(text))


@dataclass(frozen=True)
class Block:
    """A paragraph or a list of a text; each line is a row of passages."""

    is_list: bool
    lines: list[list[Passage]]


_BULLET = re.compile(r"^\s*[-*•]\s+")


def blocks(text: str) -> list[Block]:
    """Paragraphs (parted by an empty line) and lists (lines that start with a dash)."""
    found: list[Block] = []
    fresh = True
    for line in _lines(text.replace("\r\n", "\n").replace("\r", "\n").strip()):
        plain = "".join(p.text for p in line)
        if not plain.strip():
            fresh = True
            continue
        is_list = bool(line and not line[0].about_others and _BULLET.match(line[0].text))
        words = [Passage(_BULLET.sub("", line[0].text), False), *line[1:]] if is_list else line
        if fresh or not found or found[-1].is_list != is_list:
            found.append(Block(is_list, []))
        found[-1].lines.append([p for p in words if p.text])
        fresh = False
    return found


def _lines(text: str) -> list[list[Passage]]:
    lines: list[list[Passage]] = [[]]
    for passage in passages(text):
        first, *more = passage.text.split("\n")
        lines[-1].append(Passage(first, passage.about_others))
        lines += [[Passage(part, passage.about_others)] for part in more]
    return lines


# --- agreements -------------------------------------------------------------------------------

COMING_DAYS = 21  # how long before its date an agreement shows on the home page


class Review(StrEnum):
    """How an agreement stands to the date to look at it again."""

    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"
    LATER = "later"
    NEVER = "never"


def review_of(review_on: date | None, *, on: date) -> Review:
    """Whether it is time to look at an agreement again; the day itself is not overdue."""
    if review_on is None:
        return Review.NEVER
    if review_on <= on:
        return Review.TODAY if review_on == on else Review.OVERDUE
    return Review.COMING if review_on - on <= timedelta(days=COMING_DAYS) else Review.LATER
