"""What holds for a pupil and a question on a day, and why (P5, P13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from consent.rules.deciders import (
    Deciders,
    PupilPart,
    holds_authority,
    is_lapsed,
    is_old_enough,
    who_must_answer,
)
from consent.rules.facts import (
    PUPIL,
    Answer,
    CourtOrder,
    Enough,
    Facts,
    Outcome,
    Question,
    Said,
    Who,
)
from students.rules import ALONE_FROM, birthday, covers


class Reason(StrEnum):
    """Why it is so; consent/sentences.py has the words."""

    SAFETY_BLOCK = "safety-block"
    OBJECTION = "objection"
    COURT_SAID_NO = "court-said-no"
    COURT_SAID_YES = "court-said-yes"
    FREE = "free"
    REFUSED = "refused"
    AGREED = "agreed"
    WAITING = "waiting"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Effect:
    """What holds, why, since when, through whom, and who is still to answer."""

    outcome: Outcome
    reason: Reason
    since: date | None = None
    by: tuple[Who, ...] = ()
    is_withdrawn: bool = False
    waiting: tuple[Who, ...] = ()
    is_conflict: bool = False  # somebody said yes and somebody no

    @property
    def is_allowed(self) -> bool:
        """Whether it may be done: open counts as no."""
        return self.outcome is Outcome.YES


@dataclass(frozen=True)
class Standing:
    """Where one voice stands: its latest answer, or silent."""

    people: tuple[Who, ...]
    said: Said | None = None
    answer: Answer | None = None
    is_awaited: bool = True

    @property
    def is_no(self) -> bool:
        return self.said is not None and self.said is not Said.GIVEN

    @property
    def is_yes(self) -> bool:
        return self.said is Said.GIVEN


def effective_answer(
    facts: Facts, question: Question, on: date, deciders: Deciders | None = None
) -> Effect:
    """What holds on `on`. A safety block outranks all, then an objection, a court, the answers.

    `deciders` is what `who_must_answer` says of the same facts, for who asked that already.
    """
    outranked = _outranked(facts, question, on)
    if outranked is not None:
        return outranked
    if deciders is None:
        deciders = who_must_answer(facts, question, on)
    voices = [
        _standing(facts, question, voice.people, deciders, on, is_awaited=not voice.is_unreachable)
        for voice in deciders.voices
    ]
    heard, pupil = voices, Standing((PUPIL,))
    if deciders.pupil is not PupilPart.NOTHING:
        pupil = _standing(facts, question, (PUPIL,), deciders, on)
        heard = [*voices, pupil]
    refusals = [standing for standing in heard if standing.is_no]
    waiting = _waiting(voices, pupil, deciders)
    if refusals:
        return _refused(refusals, waiting, is_conflict=any(s.is_yes for s in heard))
    if deciders.is_nobody:
        return Effect(Outcome.OPEN, Reason.NOBODY)
    if waiting:
        return Effect(Outcome.OPEN, Reason.WAITING, waiting=waiting)
    agreed = [s for s in heard if s.is_yes and s.answer]
    since = max(max(s.answer.given_on, s.answer.counts_from) for s in agreed if s.answer)
    return Effect(Outcome.YES, Reason.AGREED, since=since, by=_givers(agreed))


def answers_that_count(facts: Facts, question: Question, on: date) -> dict[Who, Answer]:
    """The answer with which each who decides stands today; left out: who is silent, or whose
    earlier answer counts no more. Says nothing of what outranks them."""
    deciders = who_must_answer(facts, question, on)
    voices = [voice.people for voice in deciders.voices]
    if deciders.pupil is not PupilPart.NOTHING:
        voices.append(frozenset({PUPIL}))
    standings = [_standing(facts, question, people, deciders, on) for people in voices]
    return {s.answer.who: s.answer for s in standings if s.answer}


def _outranked(facts: Facts, question: Question, on: date) -> Effect | None:
    """What decides before any answer is looked at; none when the answers decide."""
    blocks = [s.starts_on for s in facts.safety_blocks if s.stands_on(on)]
    if question.is_publication and blocks:
        return Effect(Outcome.NO, Reason.SAFETY_BLOCK, since=min(blocks))
    objections = [s.starts_on for s in facts.objections if s.stands_on(on)]
    if objections:
        return Effect(Outcome.NO, Reason.OBJECTION, since=min(objections))
    orders = [order for order in facts.court_orders if _decides(order, facts, on)]
    refused = [order.starts_on for order in orders if not order.is_yes]
    if refused:
        return Effect(Outcome.NO, Reason.COURT_SAID_NO, since=min(refused))
    if orders:
        since = min(order.starts_on for order in orders)
        return Effect(Outcome.YES, Reason.COURT_SAID_YES, since=since)
    return Effect(Outcome.YES, Reason.FREE) if question.is_free else None


def _decides(order: CourtOrder, facts: Facts, on: date) -> bool:
    """A court's yes stands in for parents: like their own answers it lapses at 16."""
    if not covers(order, on):
        return False
    if not order.is_yes or facts.born is None:
        return True
    alone = birthday(facts.born, ALONE_FROM)
    return on < alone or order.decided_on >= alone


def _standing(
    facts: Facts,
    question: Question,
    people: Iterable[Who],
    deciders: Deciders,
    on: date,
    *,
    is_awaited: bool = True,
) -> Standing:
    """A no stands until the same voice answers anew; a yes as long as its days and its text."""
    names = tuple(people)
    if len(names) > 1:
        names = tuple(sorted(names, key=lambda who: (who.kind, str(who.key))))
    given: list[Answer] = []  # the yeses since the last no
    for answer in sorted((a for a in facts.answers if a.who in names), key=_last, reverse=True):
        if not _counts(facts, answer, deciders, on):
            continue
        if answer.is_no:
            if not given:
                return Standing(names, answer.said, answer, is_awaited)
            break
        given.append(answer)
    standing = [
        a
        for a in given
        if a.text == question.text and (a.counts_until is None or on <= a.counts_until)
    ]
    if not standing:
        return Standing(names, is_awaited=is_awaited)
    first = min(standing, key=lambda a: (a.at, a.counts_from))
    return Standing(names, Said.GIVEN, first, is_awaited)


def _last(answer: Answer) -> tuple[datetime, bool, Said]:
    """Of two at one moment the no comes last."""
    return answer.at, answer.is_no, answer.said


def _counts(facts: Facts, answer: Answer, deciders: Deciders, on: date) -> bool:
    """Whether an answer was given by then, by somebody who could, and did not lapse."""
    if answer.given_on > on or answer.counts_from > on:
        return False
    who, ahead = answer.who, answer.counts_from
    if who == PUPIL:
        if not is_old_enough(facts, max(answer.given_on, ahead)):
            return False
        if answer.is_no and deciders.pupil is PupilPart.MAY_REFUSE:
            return True  # the own no of a pupil who can't decide still counts
    elif not holds_authority(facts, who, answer.given_on):
        return False
    return not is_lapsed(facts, who, given_on=answer.given_on, counts_from=ahead, on=on)


def _waiting(voices: list[Standing], pupil: Standing, deciders: Deciders) -> tuple[Who, ...]:
    """Who must still say yes; nobody when there are enough."""
    silent = [s for s in voices if s.said is None]
    has_yes = any(s.is_yes for s in voices)
    if has_yes and deciders.needs is Enough.ONE:
        silent = []
    elif has_yes or any(s.is_awaited for s in silent):
        silent = [s for s in silent if s.is_awaited]
    if deciders.pupil is PupilPart.DECIDES and pupil.said is None:
        silent = [*silent, pupil]
    return _people(silent)


def _refused(refusals: list[Standing], waiting: tuple[Who, ...], *, is_conflict: bool) -> Effect:
    last = max((s.answer for s in refusals if s.answer), key=lambda a: (a.at, a.said))
    return Effect(
        Outcome.NO,
        Reason.REFUSED,
        since=last.given_on,
        by=_givers(refusals),
        is_withdrawn=last.said is Said.WITHDRAWN,
        waiting=waiting,
        is_conflict=is_conflict,
    )


def _givers(standings: Iterable[Standing]) -> tuple[Who, ...]:
    return tuple(s.answer.who for s in standings if s.answer)


def _people(standings: Iterable[Standing]) -> tuple[Who, ...]:
    return tuple(who for standing in standings for who in standing.people)
