"""Who may see who looked, which rows count as a look at a dossier, and how a day reads.

Plain Python. What shows to a family stands in a list of what may, never of what may not: a new
page of a dossier shows nowhere until somebody decided about it (a test asks).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from students.rules import ALONE_FROM, Speaks, birthday, who_consents

GROWN_UP = 18  # parents' authority ends
LONGEST = timedelta(days=365)  # a name or rows are held back at most this long, then reviewed


class Kind(StrEnum):
    """What somebody did with a dossier."""

    DOSSIER = "dossier"
    FILE = "file"
    PRINT = "print"
    DOWNLOAD = "download"
    CARD = "card"


@dataclass(frozen=True)
class Page:
    """What a page of a dossier counts as; some come by themselves with another page."""

    kind: Kind
    counts: bool = True


# Pages on which somebody reads a pupil's dossier. The small pictures come with a page that counts
# itself, and the pages of a file with the file: asked for alone they still make a line.
SHOWN: dict[str, Page] = {
    "dossier": Page(Kind.DOSSIER),
    "dossier_part": Page(Kind.DOSSIER),
    "note": Page(Kind.DOSSIER),
    "correct_note": Page(Kind.DOSSIER),
    "note_headers": Page(Kind.DOSSIER),
    "files_of_part": Page(Kind.DOSSIER),
    "file_thumbnail": Page(Kind.DOSSIER, counts=False),
    "renew_agreement": Page(Kind.DOSSIER),
    "close_agreement": Page(Kind.DOSSIER),
    "choose_print": Page(Kind.DOSSIER),
    "change_card": Page(Kind.CARD),
    "emergency_card": Page(Kind.CARD),
    "file": Page(Kind.FILE),
    "file_page": Page(Kind.FILE, counts=False),
    "replace_file": Page(Kind.FILE),
    "move_file": Page(Kind.FILE),
    "print_part": Page(Kind.PRINT),
    "download_file": Page(Kind.DOWNLOAD),
}

# Pages of the dossiers' room, or about one dossier, that are no look at it. Each with its reason.
NOT_SHOWN: dict[str, str] = {
    **dict.fromkeys(
        ("my_pupils", "print_my_pupils", "export_my_pupils", "find_emergency_card"),
        "a list of names; nothing of what a dossier says",
    ),
    **dict.fromkeys(
        (
            "write_note",
            "add_message",
            "add_files",
            "add_files_to_note",
            "make_agreement",
            "withdraw_note",
            "withdraw_note_as_keeper",
            "withdraw_file",
            "withdraw_file_as_keeper",
            "ask_emergency_card",
        ),
        "an empty form or a question; it shows the name and nothing that was written",
    ),
    **dict.fromkeys(
        ("elsewhere", "elsewhere_of_pupil", "end_elsewhere"),
        "which other systems keep something; the administration keeps that list",
    ),
    **dict.fromkeys(
        (
            "keeper_notices",
            "keeper_notice_seen",
            "dossier_readers",
            "pupil_assignments",
            "assignments",
            "assignment_pupils",
            "assignment_people",
            "assignment_proposals",
            "person_assignments",
            "assign_pupil",
            "assign_medical",
            "change_assignment_end",
            "withdraw_assignment",
            "group_assignments",
            "assign_group",
            "hand_over_group",
            "withdraw_from_group",
            "school_year_turn",
            "group_turn",
            "medical_stand_ins",
            "end_medical_stand_in",
        ),
        "who may open which dossier; the keeper's work, without what a dossier says",
    ),
    "hold_dossier": "a legal hold; it shows that there is a dossier, and nothing of what it says",
    **dict.fromkeys(
        ("ask_erasure", "erasure"),
        "a request to erase something; it shows that something stands there, and not what it says",
    ),
    "own_pupil_consent": "what is allowed; there may stand that something outranks answers",
}

# What the log calls a page that was opened. A refusal or failure has another name, and never shows.
EVENTS = frozenset(
    {"page-seen", "page-listed", "file-seen", "file-downloaded", "thumbnail-seen", "printed"}
)

# In this role somebody is known for one thing; the word alone would tell of a suspicion.
UNSAID_ROLES = frozenset({"safeguarding-officer"})
# A parent or pupil reads here; what they looked at themselves is nobody else's.
FAMILY_ROLES = frozenset({"parent", "pupil", "mr-parent"})


class Reader(StrEnum):
    """As what somebody wants to see who looked."""

    PARENT = "parent"
    PUPIL = "pupil"


@dataclass(frozen=True)
class Leave:
    """What a pupil last said about one parent: may see who looked, or no longer."""

    is_given: bool
    day: date


def may_see(
    reader: Reader,
    born: date | None,
    on: date,
    *,
    holds_authority: bool = False,
    leave: Leave | None = None,
) -> bool:
    """Whether a parent, or the pupil itself, sees who opened the dossier on the day `on`.

    Mission, P5 and P20: a pupil from 12; parents with authority, from 16 with the pupil's leave
    only, given at 16 or later. An unknown birth date counts as under 12.
    """
    speaks = who_consents(born, on)
    if reader is Reader.PUPIL:
        return speaks is not Speaks.PARENTS
    if not holds_authority:
        return False
    if speaks is not Speaks.PUPIL or born is None:
        return True
    if birthday(born, GROWN_UP) <= on or leave is None:
        return False
    return leave.is_given and leave.day >= birthday(born, ALONE_FROM)


def sees_as_guardian(kind: str, born: date | None, on: date) -> bool:
    """Whether a representative reads who looked, on paper: a voogd, as parents do, until 16.

    What a curator's or mentor's order covers of this nobody recorded: they ask the director.
    """
    return kind == "voogd" and may_see(Reader.PARENT, born, on, holds_authority=True)


def may_give_leave(born: date | None, on: date) -> bool:
    """Whether a pupil decides which parent sees who looked: from 16 until it is grown up."""
    if born is None or who_consents(born, on) is not Speaks.PUPIL:
        return False
    return on < birthday(born, GROWN_UP)


@dataclass(frozen=True)
class Look:
    """One row of the log about one dossier, as far as a family may ever read it."""

    key: uuid.UUID
    day: date
    who: uuid.UUID
    name: str
    role: str
    ground: str
    page: str
    school: uuid.UUID | None


@dataclass(frozen=True)
class Line:
    """What shows: like looks of one day are one line. `key` is the day's first look of the line."""

    key: uuid.UUID
    day: date
    name: str
    role: str
    ground: str
    kind: Kind
    school: uuid.UUID | None
    count: int
    looks: tuple[Look, ...] = ()

    @property
    def times(self) -> int:
        """How often; what came by itself with another page does not count, but shows as once."""
        return max(1, self.count)


def as_shown(look: Look, *, with_names: bool, unnamed: Iterable[uuid.UUID] = ()) -> Look:
    """The look without what this family may not read: the name, or a role that tells too much."""
    is_named = with_names and look.who not in set(unnamed)
    return replace(
        look,
        name=look.name if is_named else "",
        role="" if look.role in UNSAID_ROLES else look.role,
    )


def merged(looks: Iterable[Look]) -> list[Line]:
    """Lines, newest day first; within a day by who, then by what. `looks` come newest first."""
    found: dict[tuple[object, ...], Line] = {}
    for look in looks:
        page = SHOWN[look.page]
        alike = (look.day, look.name, look.role, look.ground, page.kind, look.school)
        before = found.get(alike)
        found[alike] = Line(
            key=look.key,
            day=look.day,
            name=look.name,
            role=look.role,
            ground=look.ground,
            kind=page.kind,
            school=look.school,
            count=(before.count if before else 0) + page.counts,
            looks=(*(before.looks if before else ()), look),
        )
    by_day: dict[date, list[Line]] = {}
    for line in found.values():
        by_day.setdefault(line.day, []).append(line)
    return [line for day in sorted(by_day, reverse=True) for line in by_day[day]]


def whole_days(lines: list[Line], most: int) -> tuple[list[Line], date | None]:
    """The first days of `lines` until at least `most` lines, and the last of those days.

    The day is none when nothing comes after it. A day is never cut in two: its counts are true.
    """
    if len(lines) <= most:
        return lines, None
    last = lines[most - 1].day
    kept = [line for line in lines if line.day >= last]
    return kept, last if len(kept) < len(lines) else None


def is_bounded(first: date, last: date) -> bool:
    """Whether something held back from `first` ends, and within a year: then it is reviewed."""
    return first <= last <= first + LONGEST
