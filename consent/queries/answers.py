"""The board of answers: where each pupil of a school stands with each question, counted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import PurposeText, Round
from consent.queries.facts import Known
from consent.queries.kept import not_own_child
from consent.queries.stays import own_places
from consent.queries.texts import question_of, texts_in_use, those_asked
from consent.rules import Effect, effective_answer
from consent.rules.board import (
    State,
    Tally,
    counting_day,
    is_complete,
    state_of,
    tally,
    tally_of_all,
)
from students.models import Enrolment, Group, Parenthood, Pupil, School
from students.names import search_words

NO_GROUP = "none"


@visibility_of(lambda: School.objects.select_related("unit"))
def answering_schools_visible_to(rows: QuerySet[School], user: User, day: date) -> QuerySet[School]:
    """Schools whose answers `user` reads."""
    return rows.filter(pk__in=user.units_with(Permission.READ_CONSENT, day))


@visibility_of(lambda: Round.objects.select_related("school__unit", "school_year", "started_by"))
def rounds_visible_to(rows: QuerySet[Round], user: User, day: date) -> QuerySet[Round]:
    """Rounds of those schools."""
    return rows.filter(school__in=user.units_with(Permission.READ_CONSENT, day))


@visibility_of(Pupil.objects.all)
def answering_pupils_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Pupils of those schools; never an own child: there stands what the other parent said."""
    units = user.units_with(Permission.READ_CONSENT, day)
    stays = Enrolment.objects.filter(pupil=OuterRef("pk"), school__in=units)
    return not_own_child(rows.filter(Exists(stays)), user, "pk")


def rounds_that_run(user: User, school: School, *, on: date) -> list[Round]:
    """Rounds whose answers count today or later, the one that was opened last first."""
    rows = rounds_visible_to(user, on=on).filter(school=school, counts_until__gte=on)
    return sorted(rows, key=lambda row: (row.opens_on <= on, row.counts_from), reverse=True)


@dataclass(frozen=True)
class Found:
    """What was found for one pupil and one question."""

    text: PurposeText
    state: State
    effect: Effect


@dataclass(frozen=True)
class PupilLine:
    """One pupil with its group and what was found for each question."""

    pupil: Pupil
    group: str
    group_name: str
    found: dict[uuid.UUID, Found]

    @property
    def states(self) -> list[State]:
        """Where the pupil stands with each question."""
        return [found.state for found in self.found.values()]

    def stands(self, state: State, purpose: uuid.UUID | None) -> bool:
        """Whether the pupil is counted under `state`, for one question or for all together."""
        if purpose is not None:
            return self.found[purpose].state is state
        if state is State.ANSWERED:
            return is_complete(self.states)
        return state in self.states


@dataclass(frozen=True)
class CountedLine:
    """A question or a group, with how many pupils stand where."""

    key: str
    name: str
    tally: Tally
    text: PurposeText | None = None
    is_of_one: bool = True  # one question, not all together

    @property
    def parts(self) -> Iterator[tuple[State, int, int]]:
        """The bar: each state with where it begins and how long it is, in pupils.

        For all questions together a pupil can stand in several: then only who is complete.
        """
        begins = 0
        for state in State if self.is_of_one else [State.ANSWERED]:
            if self.tally.at(state):
                yield state, begins, self.tally.at(state)
                begins += self.tally.at(state)


@dataclass(frozen=True)
class Board:
    """What was found at a school for one day."""

    school: School
    round: Round | None
    day: date
    texts: list[PurposeText]
    pupils: list[PupilLine]
    leaves_out: int  # own children of who looks

    def chosen(
        self,
        *,
        purpose: uuid.UUID | None = None,
        group: str = "",
        state: State | None = None,
        typed: str = "",
    ) -> list[PupilLine]:
        """The pupils of a group who stand somewhere, found by name; all when nothing is asked."""
        words = search_words(typed)
        return [
            line
            for line in self.pupils
            if (not group or line.group == group)
            and (state is None or line.stands(state, purpose))
            and all(f" {word}" in line.pupil.search_name for word in words)
        ]

    def total(self, *, purpose: uuid.UUID | None = None, group: str = "") -> Tally:
        """How many of them stand where."""
        return _tally(self.chosen(group=group), purpose)

    def by_purpose(self, *, group: str = "") -> list[CountedLine]:
        """Each question, for the school or one group."""
        lines = self.chosen(group=group)
        return [
            CountedLine(str(text.purpose_id), "", _tally(lines, text.purpose_id), text)
            for text in self.texts
        ]

    def by_group(self, *, purpose: uuid.UUID | None = None) -> list[CountedLine]:
        """Each group, for one question or all; those in no group last."""
        names = {line.group: line.group_name for line in self.pupils}
        ordered = sorted(names, key=lambda key: (key == NO_GROUP, names[key], key))
        return [
            CountedLine(
                key,
                names[key],
                _tally(self.chosen(group=key), purpose),
                is_of_one=purpose is not None,
            )
            for key in ordered
        ]


def _tally(lines: Iterable[PupilLine], purpose: uuid.UUID | None) -> Tally:
    if purpose is None:
        return tally_of_all(line.states for line in lines)
    return tally(line.found[purpose].state for line in lines)


def board_of(school: School, row: Round | None, user: User, *, on: date) -> Board:
    """Where each pupil stands on the day that counts, in a fixed number of queries.

    With a round: who is at school when its answers begin to count, or comes after; as the round
    asks them. Without one: who is at school today.
    """
    day = counting_day(on, row.counts_from, row.counts_until) if row else on
    texts = those_asked(texts_in_use(school.board_id, day))
    stays = Enrolment.objects.filter(school=school, pupil=OuterRef("pk")).exclude(ends_on__lt=day)
    if row is None:
        stays = stays.filter(starts_on__lte=day)
    mine = answering_pupils_visible_to(user, on=on).filter(Exists(stays))
    pupils = list(mine.order_by("sort_name", "pk"))
    groups = _groups_of(school, on)
    find = _finder(pupils, texts, school, day)
    lines = [
        PupilLine(pupil, *groups.get(pupil.pk, (NO_GROUP, "")), find(pupil)) for pupil in pupils
    ]
    return Board(school, row, day, texts, lines, _own_children(school, user, day))


def _finder(
    pupils: list[Pupil], texts: list[PurposeText], school: School, day: date
) -> Callable[[Pupil], dict[uuid.UUID, Found]]:
    """What is found for a pupil; everything it needs is loaded here."""
    known = Known(pupils, school.pk)
    known.load_answers(text.purpose_id for text in texts)
    questions = [(text, question_of(text)) for text in texts]

    def find(pupil: Pupil) -> dict[uuid.UUID, Found]:
        found = {}
        for text, question in questions:
            facts = known.facts(pupil.pk, text.purpose_id)
            effect = effective_answer(facts, question, day)
            found[text.purpose_id] = Found(text, state_of(effect, facts, day), effect)
        return found

    return find


def _groups_of(school: School, on: date) -> dict[uuid.UUID, tuple[str, str]]:
    """The group each pupil is in today; else the one it comes in next."""
    places = own_places(school, on).values_list(
        "enrolment__pupil_id", "starts_on", "group_id", "group__name"
    )
    found: dict[uuid.UUID, tuple[str, str]] = {}
    for pupil, starts_on, group, name in places.order_by("starts_on", "pk"):
        if starts_on <= on or pupil not in found:
            found[pupil] = str(group), name
    return found


def _own_children(school: School, user: User, day: date) -> int:
    stays = Enrolment.objects.filter(school=school, pupil=OuterRef("pupil"))
    links = Parenthood.objects.filter(parent__user=user, withdrawn_at__isnull=True)
    here = links.filter(Exists(stays.exclude(ends_on__lt=day)))
    return here.values("pupil").distinct().count()


def group_of(board: Board, key: str) -> Group | None:
    """The group of the board with that key; none for the whole school, or for who is in none."""
    if key in {"", NO_GROUP}:
        return None
    return Group.objects.filter(school=board.school).get(pk=key)
