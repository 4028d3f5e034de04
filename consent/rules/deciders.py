"""Who must answer for a pupil on a day (P5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consent.rules.facts import PUPIL, Enough, Facts, Held, Kind, Question, Representation, Who
from students.rules import ALONE_FROM, TOGETHER_FROM, Speaks, birthday, covers, who_consents

GROWN_UP = 18  # authority and guardianship end by law

_BY_ORDER = {Kind.CURATOR, Kind.MENTOR}


class PupilPart(StrEnum):
    """What the pupil's own answer does."""

    NOTHING = "nothing"
    MAY_REFUSE = "may-refuse"  # a yes decides nothing, a no does
    DECIDES = "decides"


@dataclass(frozen=True)
class Voice:
    """One of those who answer for the pupil: a person, or an institution with its officers."""

    people: frozenset[Who]
    is_unreachable: bool = False


@dataclass(frozen=True)
class Deciders:
    """Who decides on a day: voices for the pupil, how many must say yes, and the pupil's part."""

    voices: tuple[Voice, ...]
    needs: Enough
    pupil: PupilPart
    is_pupil_alone: bool = False

    @property
    def people(self) -> frozenset[Who]:
        """Everybody to be asked; also a pupil who can only refuse."""
        asked = frozenset(who for voice in self.voices for who in voice.people)
        return asked if self.pupil is PupilPart.NOTHING else asked | {PUPIL}

    @property
    def is_nobody(self) -> bool:
        """Whether a voice is needed and nobody has one: then no yes can come about."""
        return not self.voices and not self.is_pupil_alone


def who_must_answer(facts: Facts, question: Question, on: date) -> Deciders:
    """Who decides this question on `on`.

    Under 12 the parents; 12 to 16 parents and, where it counts, the pupil; from 16 the pupil
    alone. A pupil who can't decide, or is represented by an order that covers this question, is
    spoken for by others also then, and can still refuse.
    """
    speaks = who_consents(facts.born, on)
    is_unable = speaks is not Speaks.PARENTS and any(covers(d, on) for d in facts.inabilities)
    if speaks is Speaks.PARENTS:
        part = PupilPart.NOTHING
    elif is_unable:
        part = PupilPart.MAY_REFUSE
    elif speaks is Speaks.TOGETHER:
        part = PupilPart.DECIDES if question.hears_pupil else PupilPart.NOTHING
    else:
        is_represented = any(_answers_by_order(r, on) for r in facts.representations)
        part = PupilPart.MAY_REFUSE if is_represented else PupilPart.DECIDES
    with_parents = speaks is not Speaks.PUPIL or (is_unable and not _is_grown_up(facts.born, on))
    is_alone = speaks is Speaks.PUPIL and part is PupilPart.DECIDES
    voices = _voices(facts, on, with_parents=with_parents)
    return Deciders(voices, question.needs, part, is_alone)


def holds_authority(facts: Facts, who: Who, on: date) -> bool:
    """Whether a parent's authority, or a representative's order, covers `on`.

    Rows that contradict each other for one day give no authority: only a plain yes can sign.
    """
    if who.kind is Kind.PARENT:
        has_yes = False
        for a in facts.authorities:
            if a.parent == who and covers(a, on):
                if a.held is not Held.YES:
                    return False
                has_yes = True
        return has_yes
    return any(r.who == who and _represents(r, on) for r in facts.representations)


def is_lapsed(facts: Facts, who: Who, *, given_on: date, counts_from: date, on: date) -> bool:
    """Whether a birthday ended an answer: at 16 all earlier ones lapse.

    So do those of others at 18, when parents' authority ends. What was given ahead, to count
    from that day, stays.
    """
    if facts.born is None:
        return False
    counted = max(given_on, counts_from)
    if counted < birthday(facts.born, ALONE_FROM) <= on:
        return True
    return who != PUPIL and counted < birthday(facts.born, GROWN_UP) <= on


def is_old_enough(facts: Facts, day: date) -> bool:
    """Whether a pupil's own answer can count on `day`: from the twelfth birthday."""
    return facts.born is not None and birthday(facts.born, TOGETHER_FROM) <= day


def _is_grown_up(born: date | None, on: date) -> bool:
    return born is not None and birthday(born, GROWN_UP) <= on


def _voices(facts: Facts, on: date, *, with_parents: bool) -> tuple[Voice, ...]:
    found: list[Voice] = []
    if with_parents:
        for parent in _parents(facts):
            if holds_authority(facts, parent, on):
                is_away = any(u.parent == parent and covers(u, on) for u in facts.unreachable)
                found.append(Voice(frozenset({parent}), is_away))
    shared: dict[Hashable, set[Who]] = defaultdict(set)
    for r in facts.representations:
        if _answers_by_order(r, on) or (with_parents and _is_voogd(r, on)):
            shared[r.who if r.voice is None else ("institution", r.voice)].add(r.who)
    found += [Voice(frozenset(people)) for people in shared.values()]
    return tuple(sorted(found, key=_place) if len(found) > 1 else found)


def _parents(facts: Facts) -> list[Who]:
    """Each parent once. There are few: looking through a list is quicker than hashing."""
    found: list[Who] = []
    for authority in facts.authorities:
        if authority.parent not in found:
            found.append(authority.parent)
    return found


def _place(voice: Voice) -> list[tuple[str, str]]:
    return sorted((who.kind, str(who.key)) for who in voice.people)


def _represents(r: Representation, on: date) -> bool:
    return _answers_by_order(r, on) or _is_voogd(r, on)


def _answers_by_order(r: Representation, on: date) -> bool:
    """A curator or mentor answers where the order covers it, also after 16."""
    return r.who.kind in _BY_ORDER and r.covers and covers(r, on)


def _is_voogd(r: Representation, on: date) -> bool:
    return r.who.kind is Kind.VOOGD and covers(r, on)
