"""Who may be assigned, by whom, from when and until when (P2, P6, P7). Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dossiers.kinds import AssignmentKind

DAYS_AFTER_LEAVING_SCHOOL = timedelta(days=30)  # assignments end 30 days after the pupil leaves
DAYS_AFTER_LEAVING_GROUP = timedelta(days=14)  # leaving a group ends its assignment
DAYS_OF_A_SHORT_ASSIGNMENT = timedelta(days=7)  # the longest, once those 30 days are over
HEAD_START = timedelta(weeks=8)  # a new team may start this long before its school year
FOREVER = date.max


class No(StrEnum):
    """Why an assignment is refused."""

    NOT_KEEPER = "not-keeper"
    YOURSELF = "yourself"
    OWN_CHILD = "own-child"
    BOARD_DECIDES = "board-decides"
    DIRECTOR_DECIDES = "director-decides"
    NOT_STAFF = "not-staff"
    NO_DOCTOR = "no-doctor"
    ENDS_BEFORE_START = "ends-before-start"
    NEEDS_END = "needs-end"
    NEEDS_REASON = "needs-reason"
    PAST_MEMBERSHIP = "past-membership"
    PAST_LEAVING = "past-leaving"
    ONLY_SHORT = "only-short"
    STILL_HERE = "still-here"
    TOO_LONG = "too-long"
    BEFORE_HEAD_START = "before-head-start"
    PAST_YEAR = "past-year"


@dataclass(frozen=True)
class Term:
    """From a day up to and including a day; without an end: open."""

    starts_on: date
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within it, both ends included."""
        return self.starts_on <= day <= (self.ends_on or FOREVER)


@dataclass(frozen=True)
class Standing:
    """What somebody holds at one school, earlier, now and to come."""

    works: tuple[Term, ...] = ()
    counsels: tuple[Term, ...] = ()
    is_doctor: tuple[Term, ...] = ()
    stands_in: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Hands:
    """Who gives an assignment to whom, as far as it decides whether they may."""

    keeps_school: bool = False
    serves_board: bool = False
    is_self: bool = False
    is_own_child: bool = False
    for_keeper: bool = False
    for_parent: bool = False
    child_of_keeper: bool = False
    has_keeper: bool = True


@dataclass(frozen=True)
class Wanted:
    """An assignment as somebody asks for it."""

    kind: AssignmentKind
    starts_on: date
    ends_on: date | None
    reason: str


@dataclass(frozen=True)
class Circumstances:
    """What an assignment must fit: the person's standing, the pupil's leaving, the group's year."""

    standing: Standing
    left_on: date | None = None
    year: Term | None = None


def why_not_assigned_by(hands: Hands) -> No | None:
    """Why this person may not give this assignment (P7); none when they may."""
    if not (hands.keeps_school or hands.serves_board):
        return No.NOT_KEEPER
    if hands.is_self:
        return No.YOURSELF
    if hands.is_own_child:
        return No.OWN_CHILD
    # A director who counsels, and a colleague's own child: the board officer decides.
    for_board = hands.for_keeper or hands.for_parent
    if hands.keeps_school:
        return No.BOARD_DECIDES if for_board else None
    if for_board or hands.child_of_keeper or not hands.has_keeper:
        return None
    return No.DIRECTOR_DECIDES


def why_not_withdrawn_by(hands: Hands) -> No | None:
    """Why this person may not end this assignment; closing a door is otherwise always allowed."""
    if not (hands.keeps_school or hands.serves_board):
        return No.NOT_KEEPER
    if hands.is_self:
        return No.YOURSELF
    return No.OWN_CHILD if hands.is_own_child else None


def covered_until(terms: tuple[Term, ...], day: date) -> date | None:
    """The last day of an unbroken row of terms that holds on `day`; none when none holds."""
    until: date | None = None
    for term in sorted(terms, key=lambda one: one.starts_on):
        reaches = term.ends_on or FOREVER
        if until is None:
            until = reaches if term.holds_on(day) else None
        elif term.starts_on <= _day_after(until):
            until = max(until, reaches)
    return until


def entitled_until(kind: AssignmentKind, standing: Standing, day: date) -> date | None:
    """The last day on which `standing` carries an assignment that starts on `day`.

    None: it does not carry one. Medical (P6): the school doctor, or a colleague named to stand in.
    """
    if kind is AssignmentKind.EMERGENCY:
        return covered_until(standing.works, day)
    if kind is not AssignmentKind.MEDICAL:
        return covered_until(standing.counsels, day)
    as_doctor = covered_until(standing.is_doctor, day)
    named, works = covered_until(standing.stands_in, day), covered_until(standing.works, day)
    as_stand_in = min(named, works) if named and works else None
    return max((d for d in (as_doctor, as_stand_in) if d), default=None)


def end_of_teams(year_ends_on: date) -> date:
    """The last day of a school year's teams: 30 September after it."""
    end = date(year_ends_on.year, 9, 30)
    return end if end >= year_ends_on else end.replace(year=end.year + 1)


def end_after_leaving_group(left_on: date, year_ends_on: date, *, is_turn: bool) -> date:
    """Until when a group's counsellor keeps a pupil who left it; at the year's turn longer."""
    if is_turn or left_on >= year_ends_on:
        return end_of_teams(year_ends_on)
    return min(left_on + DAYS_AFTER_LEAVING_GROUP, end_of_teams(year_ends_on))


def why_not(wanted: Wanted, it: Circumstances) -> No | None:
    """Why an assignment is refused as it is asked for; none when it may be given."""
    entitled = entitled_until(wanted.kind, it.standing, wanted.starts_on)
    if entitled is None:
        return No.NO_DOCTOR if wanted.kind is AssignmentKind.MEDICAL else No.NOT_STAFF
    ends = wanted.ends_on
    if ends is not None and ends < wanted.starts_on:
        return No.ENDS_BEFORE_START
    if not wanted.reason.strip():
        return No.NEEDS_REASON
    if ends is not None and ends > entitled:
        return No.PAST_MEMBERSHIP
    return (
        _why_not_its_kind(wanted) or _why_not_after_leaving(wanted, it) or _why_not_year(wanted, it)
    )


def last_day(wanted: Wanted, it: Circumstances) -> date | None:
    """The day an assignment that may be given ends: as asked for, else the nearest limit."""
    if wanted.ends_on is not None:
        return wanted.ends_on
    limits = [entitled_until(wanted.kind, it.standing, wanted.starts_on) or FOREVER]
    if it.left_on is not None:
        limits.append(it.left_on + DAYS_AFTER_LEAVING_SCHOOL)
    if it.year is not None and it.year.ends_on is not None:
        limits.append(end_of_teams(it.year.ends_on))
    nearest = min(limits)
    return None if nearest == FOREVER else nearest


def _why_not_its_kind(wanted: Wanted) -> No | None:
    if wanted.kind is AssignmentKind.SHORT:
        return _why_not_short(wanted)
    needs_end = wanted.kind is AssignmentKind.SUBSTITUTE and wanted.ends_on is None
    return No.NEEDS_END if needs_end else None


def _why_not_short(wanted: Wanted) -> No | None:
    if wanted.ends_on is None:
        return No.NEEDS_END
    is_too_long = wanted.ends_on - wanted.starts_on >= DAYS_OF_A_SHORT_ASSIGNMENT
    return No.TOO_LONG if is_too_long else None


def _why_not_after_leaving(wanted: Wanted, it: Circumstances) -> No | None:
    """After a pupil left: 30 days, then at most seven days at a time, with a reason."""
    if wanted.kind is AssignmentKind.SHORT:
        has_left = it.left_on is not None and wanted.starts_on > it.left_on
        return None if has_left else No.STILL_HERE
    if it.left_on is None:
        return None
    last = it.left_on + DAYS_AFTER_LEAVING_SCHOOL
    if wanted.starts_on <= last:
        return No.PAST_LEAVING if (wanted.ends_on or date.min) > last else None
    return _why_not_short(wanted) if wanted.kind is AssignmentKind.MEDICAL else No.ONLY_SHORT


def _why_not_year(wanted: Wanted, it: Circumstances) -> No | None:
    if it.year is None:
        return None
    if wanted.starts_on < it.year.starts_on - HEAD_START:
        return No.BEFORE_HEAD_START
    if it.year.ends_on is None:
        return None
    end = end_of_teams(it.year.ends_on)
    return No.PAST_YEAR if max(wanted.starts_on, wanted.ends_on or date.min) > end else None


def _day_after(day: date) -> date:
    return day if day == FOREVER else day + timedelta(days=1)
