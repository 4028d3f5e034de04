"""Who has not answered yet, and how each is told: by mail, by letter, by a slip at school.

A person stands here once, with every child and question that is open: somebody who may still
answer, asked with a text that is still in use. Whom the director recorded as unreachable is left
out.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from access.models import User
from consent.models import Answer, PurposeText, Request, Round, Sending
from consent.queries.facts import Known
from consent.queries.mailboxes import own_address, shared_addresses
from consent.queries.stays import group_names, own_places, places_on
from consent.queries.texts import question_of, texts_in_use
from consent.rules import PUPIL, Facts, Kind, Who, who_must_answer
from students.models import Group, Parent, Pupil, Representative, School
from students.rules import covers


class Reach(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    LETTER = "letter"
    SLIP = "slip"  # a pupil: handed over at school


@dataclass(frozen=True)
class Part:
    """Which of the open requests: of a round's days, about pupils of a group, for a purpose.

    `in_no_group` takes those who are in no group, nor come in one: what stands so on the board.
    """

    round: Round | None = None
    group: Group | None = None
    purpose_id: uuid.UUID | None = None
    in_no_group: bool = False


@dataclass
class ToTell:
    """One person, the children about whom something is open, and how the person is told."""

    who: Who
    pupils: list[Pupil]
    asked_at: datetime
    parent: Parent | None = None
    representative: Representative | None = None
    reach: Reach = Reach.LETTER
    address: str = ""  # for mail
    told_at: datetime | None = None
    told_on: date | None = None
    kinds: frozenset[str] = frozenset()
    groups: list[str] = field(default_factory=list)

    @property
    def is_pupil(self) -> bool:
        """Whether this is a pupil, who answers for itself."""
        return self.who == PUPIL

    @property
    def name(self) -> str:
        """What the person is called."""
        row = self.parent or self.representative or self.pupils[0]
        return row.name

    @property
    def user(self) -> User | None:
        """The account of the person, if there is one."""
        if self.parent is not None:
            return self.parent.user
        return self.pupils[0].user if self.who == PUPIL else None

    @property
    def has_way_in(self) -> bool:
        """Whether the person can sign in: then no code is needed."""
        user = self.user
        return user is not None and user.is_active and user.has_usable_password()

    @property
    def language(self) -> str:
        """The language of the person's account; empty when it is not known."""
        return self.user.language if self.user is not None and self.has_way_in else ""

    @property
    def is_told(self) -> bool:
        """Whether the person was told of all that is open."""
        return self.told_at is not None and self.told_at >= self.asked_at


@dataclass(frozen=True)
class _Open:
    """An open request, as far as we need it."""

    pupil: uuid.UUID
    text: uuid.UUID
    answers_as: str
    parent: uuid.UUID | None
    representative: uuid.UUID | None
    counts_from: date
    asked_at: datetime


def people_to_tell(school: School, *, on: date, part: Part | None = None) -> list[ToTell]:
    """Everybody with something open at a school, in a fixed number of queries."""
    found = list(_open_requests(school, on, part or Part()))
    pupils = Pupil.objects.select_related("user").in_bulk({row.pupil for row in found})
    known = Known(pupils.values(), school.pk)
    texts = _texts(school, {max(on, row.counts_from) for row in found})
    people: dict[tuple[object, ...], ToTell] = {}
    asked = _Asking(known, texts, on)
    for row in found:
        who = asked.who_still_answers(row)
        if who is None:
            continue
        own = row.pupil if who == PUPIL else None  # each pupil is somebody else
        person = people.setdefault((who, own), ToTell(who, [], row.asked_at))
        person.asked_at = max(person.asked_at, row.asked_at)
        if pupils[row.pupil] not in person.pupils:
            person.pupils.append(pupils[row.pupil])
    told = list(people.values())
    _add_rows(told)
    _add_sendings(told)
    _add_groups(told, school, on)
    return sorted(told, key=_place)


def _place(one: ToTell) -> tuple[object, ...]:
    one.pupils.sort(key=lambda pupil: (pupil.sort_name, str(pupil.pk)))
    return one.groups[:1], one.pupils[0].sort_name, one.who.kind.value, str(one.who.key)


def _open_requests(school: School, on: date, part: Part) -> Iterator[_Open]:
    running = Q(counts_until__isnull=True) | Q(counts_until__gte=on)
    answers = Answer.objects.filter(request=OuterRef("pk"), correction=None)
    rows = Request.objects.filter(running, ~Exists(answers), school=school, party="")
    if part.round is not None:
        days = Q(counts_from__range=(part.round.counts_from, part.round.counts_until))
        rows = rows.filter(Q(round=part.round) | days)
    if part.purpose_id is not None:
        rows = rows.filter(purpose=part.purpose_id)
    if part.group is not None:
        places = places_on(on).filter(group=part.group)
        rows = rows.filter(pupil__in=places.values("enrolment__pupil"))
    if part.in_no_group:
        own = own_places(school, on).filter(enrolment__pupil=OuterRef("pupil"))
        rows = rows.filter(~Exists(own))
    here = ("pupil_id", "text_id", "answers_as", "parent_id", "representative_id", "counts_from")
    stays = Q(pupil__enrolments__ends_on__isnull=True) | Q(pupil__enrolments__ends_on__gte=on)
    rows = rows.filter(stays, pupil__enrolments__school=school)
    for row in rows.values_list(*here, "asked_at").distinct():
        yield _Open(*row)


class _Asking:
    """Whether somebody who was asked may still answer; the rule is asked once for what is alike."""

    def __init__(
        self, known: Known, texts: dict[tuple[date, uuid.UUID], PurposeText], on: date
    ) -> None:
        self._known, self._texts, self._on = known, texts, on
        self._people: dict[tuple[Facts, bool, date], frozenset[Who]] = {}
        self._found: dict[tuple[object, ...], Who] = {}

    def who_still_answers(self, row: _Open) -> Who | None:
        day = max(self._on, row.counts_from)
        text = self._texts.get((day, row.text))
        if text is None:
            return None  # another text is asked now
        person = row.pupil, row.parent, row.representative
        if person not in self._found:
            who = self._who(row, text, day)
            if who is None:
                return None
            self._found[person] = who  # one open question is enough to tell somebody
        return self._found[person]

    def _who(self, row: _Open, text: PurposeText, day: date) -> Who | None:
        facts, question = self._known.facts(row.pupil, text.purpose_id), question_of(text)
        same = facts, question.hears_pupil, day
        if same not in self._people:
            people = who_must_answer(facts, question, day).people
            away = {u.parent for u in facts.unreachable if covers(u, day)}
            self._people[same] = people - away
        keys = {row.parent, row.representative} - {None}
        if not keys:
            return PUPIL if PUPIL in self._people[same] else None
        return next((who for who in self._people[same] if who.key in keys), None)


def _texts(school: School, days: Iterable[date]) -> dict[tuple[date, uuid.UUID], PurposeText]:
    """What is in use on each of these days."""
    return {
        (day, text.pk): text for day in sorted(days) for text in texts_in_use(school.board_id, day)
    }


def _add_rows(people: list[ToTell]) -> None:
    """Who each person is, and the address of those who have one of their own."""
    parents = Parent.objects.select_related("user", "address").in_bulk(
        {one.who.key for one in people if one.who.kind is Kind.PARENT}
    )
    others = {Kind.VOOGD, Kind.CURATOR, Kind.MENTOR}
    representatives = Representative.objects.in_bulk(
        {one.who.key for one in people if one.who.kind in others}
    )
    shared = shared_addresses(parents.values())
    for one in people:
        if one.who == PUPIL:
            user = one.user
            one.reach = Reach.SLIP
            if one.has_way_in and user is not None and user.email:
                one.reach, one.address = Reach.MAIL, user.email
        elif one.who.kind is Kind.PARENT:
            one.parent = parents[one.who.key]
            one.address = own_address(one.parent, shared)
            one.reach = Reach.MAIL if one.address else Reach.LETTER
        else:
            one.representative = representatives[one.who.key]


def _add_sendings(people: list[ToTell]) -> None:
    """When each was told last, and with which reminders since they were asked."""
    last: dict[Hashable, tuple[datetime, date]] = {}
    kinds: dict[Hashable, set[tuple[str, datetime]]] = defaultdict(set)
    for rows in _sendings_of(people):
        for told, kind, at, day in rows:
            kinds[told].add((kind, at))
            last[told] = max(last.get(told, (at, day)), (at, day))
    for one in people:
        key: Hashable = one.pupils[0].pk if one.who == PUPIL else one.who.key
        one.told_at, one.told_on = last.get(key, (None, None))
        one.kinds = frozenset(kind for kind, at in kinds[key] if at >= one.asked_at)


def _sendings_of(
    people: list[ToTell],
) -> Iterator[QuerySet[Sending, tuple[uuid.UUID, str, datetime, date]]]:
    of_kind: dict[str, list[object]] = {"parent_id": [], "representative_id": [], "pupil_id": []}
    for one in people:
        if one.who == PUPIL:
            of_kind["pupil_id"].append(one.pupils[0].pk)
        else:
            name = "parent_id" if one.parent else "representative_id"
            of_kind[name].append(one.who.key)
    for name, keys in of_kind.items():
        rows = Sending.objects.filter(**{f"{name}__in": keys}).order_by()
        yield (
            rows.values(name, "kind")
            .annotate(at=Max("sent_at"), day=Max("sent_on"))
            .values_list(name, "kind", "at", "day")
        )


def _add_groups(people: list[ToTell], school: School, on: date) -> None:
    names = group_names({pupil for one in people for pupil in one.pupils}, school.pk, on=on)
    for one in people:
        one.groups = sorted({names[p.pk] for p in one.pupils if p.pk in names})
