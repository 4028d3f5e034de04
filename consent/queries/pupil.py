"""What holds for one pupil and why, with who was asked and what each answered.

A fixed number of queries, however much was answered.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from access.models import User
from consent.models import Answer, Code, PurposeText, Request
from consent.queries.facts import Known
from consent.queries.kept import answers_kept_by, codes_kept_by
from consent.queries.people import Person, people_of, who_of
from consent.queries.texts import question_of, texts_in_use
from consent.queries.visible import requests_kept_by
from consent.rules import (
    PUPIL,
    Effect,
    PupilPart,
    Who,
    answers_that_count,
    effective_answer,
    who_must_answer,
)
from consent.rules import Answer as Given
from consent.sentences import for_staff
from students.models import Pupil, School


@dataclass(frozen=True)
class Line:
    """Where one of those who decide stands about one purpose."""

    person: Person
    answer: Answer | None = None
    asked: Request | None = None
    is_unreachable: bool = False
    is_spoken_for: bool = False  # another officer of the same institution answered
    can_only_refuse: bool = False  # a pupil for whom others decide: its no counts, its yes not

    @property
    def is_settled(self) -> bool:
        """Whether nothing is waited for any more."""
        return self.answer is not None or self.is_spoken_for

    @property
    def state(self) -> str:
        """The badge: yes, no or open."""
        if self.answer is None:
            return "open"
        return "yes" if self.answer.said == Answer.Said.GIVEN else "no"


@dataclass(frozen=True)
class AboutPurpose:
    """One purpose: what holds, why, and where each who decides stands."""

    text: PurposeText
    effect: Effect
    sentence: str
    lines: list[Line]

    @property
    def state(self) -> str:
        """The badge: yes, no or open."""
        return self.effect.outcome.value


@dataclass
class PersonCard:
    """One person, over all purposes."""

    person: Person
    decides: int = 0
    answered: int = 0
    unasked: int = 0
    is_unreachable: bool = False
    code: Code | None = None
    requests: int = 0  # that can be answered on paper

    @property
    def may_have_code(self) -> bool:
        """Whether this person comes in by a code: a parent, or the pupil who decides."""
        return self.person.parent is not None or (self.person.who == PUPIL)


@dataclass(frozen=True)
class Ahead:
    """A request whose answer counts from a later day, and the answer if it was given."""

    request: Request
    person: Person
    answer: Answer | None


@dataclass(frozen=True)
class PupilConsent:
    """All that the administration sees of one pupil at one school."""

    purposes: list[AboutPurpose]
    cards: list[PersonCard]
    history: list[tuple[Answer, Person]]
    ahead: list[Ahead]
    people: dict[Who, Person] = field(repr=False)

    @property
    def is_somebody_unasked(self) -> bool:
        """Whether somebody decides who was not asked."""
        return any(card.unasked for card in self.cards)


@dataclass(frozen=True)
class Outcome:
    """What holds for one purpose and why, for the pupil's counsellors: no more than that."""

    text: PurposeText
    effect: Effect
    sentence: str

    @property
    def state(self) -> str:
        """The badge: yes, no or open."""
        return self.effect.outcome.value


def outcomes_of(pupil: Pupil, school: School, *, on: date) -> list[Outcome]:
    """What holds for each purpose and why; nobody's answer, no name."""
    texts = list(texts_in_use(school.board_id, on))
    known = _known(pupil, school, texts)
    found = []
    for text in texts:
        effect = effective_answer(known.facts(pupil.pk, text.purpose_id), question_of(text), on)
        found.append(Outcome(text, effect, for_staff(effect)))
    return found


def consent_of(pupil: Pupil, school: School, user: User, *, on: date) -> PupilConsent:
    """The whole picture for who keeps consent at the school; never of an own child."""
    texts = list(texts_in_use(school.board_id, on))
    known = _known(pupil, school, texts)
    people = people_of(pupil)
    rows = answers_kept_by(user, on=on).filter(pupil=pupil, school=school)
    rows = rows.select_related("correction__decided_by").prefetch_related("scans__scan")
    answers = list(rows.order_by("-answered_at", "pk"))
    open_ones = _asked(pupil, school, user, on)
    asked = {
        (who_of(row, people.values()), row.text_id): row
        for row in open_ones
        if row.counts_from <= on
    }
    given = {row.request_id: row for row in reversed(answers) if row.mistake is None}
    ahead = [
        Ahead(row, people[who_of(row, people.values())], given.get(row.pk))
        for row in open_ones
        if row.counts_from > on
    ]
    purposes = [_about(known, pupil, text, people, answers, asked, on) for text in texts]
    codes = codes_kept_by(user, on=on).filter(pupil=pupil)
    return PupilConsent(
        purposes=purposes,
        cards=_cards(people, purposes, ahead, {code.parent_id: code for code in codes}),
        history=[(row, people[who_of(row, people.values())]) for row in answers],
        ahead=ahead,
        people=people,
    )


def _known(pupil: Pupil, school: School, texts: list[PurposeText]) -> Known:
    known = Known([pupil], school.pk)
    known.load_answers(text.purpose_id for text in texts)
    return known


_Asked = dict[tuple[Who, uuid.UUID], Request]


def _asked(pupil: Pupil, school: School, user: User, on: date) -> list[Request]:
    """What was asked for days that are not over, the newest last."""
    rows = requests_kept_by(user, on=on).filter(
        Q(counts_until__isnull=True) | Q(counts_until__gte=on),
        pupil=pupil,
        school=school,
        party="",
    )
    return list(rows.order_by("asked_at", "pk"))


def _about(
    known: Known,
    pupil: Pupil,
    text: PurposeText,
    people: dict[Who, Person],
    answers: list[Answer],
    asked: _Asked,
    on: date,
) -> AboutPurpose:
    facts, question = known.facts(pupil.pk, text.purpose_id), question_of(text)
    effect = effective_answer(facts, question, on)
    counting = {} if text.is_free else answers_that_count(facts, question, on)
    deciders = who_must_answer(facts, question, on)
    away = {who for voice in deciders.voices if voice.is_unreachable for who in voice.people}
    spoken = {
        who
        for voice in deciders.voices
        for who in voice.people
        if who not in counting and any(other in counting for other in voice.people)
    }
    only_refuses = deciders.pupil is PupilPart.MAY_REFUSE
    lines = [
        Line(
            person=person,
            answer=_row_of(counting.get(who), text, who, answers, people),
            asked=asked.get((who, text.pk)),
            is_unreachable=who in away,
            is_spoken_for=who in spoken,
            can_only_refuse=only_refuses and who == PUPIL,
        )
        for who, person in people.items()
        if who in deciders.people and not text.is_free
    ]
    return AboutPurpose(text, effect, for_staff(effect), lines)


def _row_of(
    given: Given | None,
    text: PurposeText,
    who: Who,
    answers: list[Answer],
    people: dict[Who, Person],
) -> Answer | None:
    """The row of an answer that the rule speaks of."""
    if given is None:
        return None
    return next(
        (
            row
            for row in answers
            if row.purpose_id == text.purpose_id
            and row.answered_at == given.at
            and row.said == given.said
            and who_of(row, people.values()) == who
        ),
        None,
    )


def _cards(
    people: dict[Who, Person],
    purposes: list[AboutPurpose],
    ahead: list[Ahead],
    codes: dict[uuid.UUID | None, Code],
) -> list[PersonCard]:
    """One card for each who decides something, or whom a parent's link makes family."""
    cards: dict[Who, PersonCard] = {}
    lines: dict[Who, list[Line]] = defaultdict(list)
    for about in purposes:
        for line in about.lines:
            lines[line.person.who].append(line)
    for who, person in people.items():
        mine = lines[who]
        later = sum(one.person.who == who for one in ahead)
        if not mine and not later and (who == PUPIL or not person.is_linked):
            continue
        parent = person.parent.pk if person.parent else None
        cards[who] = PersonCard(
            person=person,
            decides=len(mine),
            answered=sum(line.is_settled for line in mine),
            unasked=sum(not line.is_settled and line.asked is None for line in mine),
            requests=later + sum(line.asked is not None for line in mine),
            is_unreachable=any(line.is_unreachable for line in mine),
            code=codes.get(parent) if parent or who == PUPIL else None,
        )
    return list(cards.values())
