"""What a parent or pupil is asked, answered and may know: own requests and answers, the outcome.

Of the other parent nothing: what holds comes from `sentences.for_family`, which has one sentence
for each kind of no. Who can't answer about a child learns no outcome either.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from access.visibility import visibility_of
from consent.models import Answer, Request
from consent.queries.facts import Known
from consent.queries.latest import Own, identity_of, is_yes, last_of_each, own_answers
from consent.queries.stays import Stays, not_over
from consent.queries.texts import Used, question_of
from consent.queries.visible import own_requests_visible_to
from consent.rules import PUPIL, Facts, Kind, Who, effective_answer, who_must_answer
from consent.rules.deciders import GROWN_UP, holds_authority
from consent.sentences import ForFamily, for_family
from consent.wording import Words, words_of
from students.models import Authority, Enrolment, Parenthood, Pupil
from students.rules import Speaks, birthday, who_consents


class Standing(StrEnum):
    """As what somebody stands before a child's questions."""

    ANSWERS = "answers"
    NO_AUTHORITY = "no-authority"  # a parent of whom the school has no authority recorded
    DECIDES_ITSELF = "decides-itself"  # the child is 16 or older
    TOO_YOUNG = "too-young"  # a pupil under 12, for itself
    GONE = "gone"  # at no school here any more, and nothing left to say no to


@dataclass(frozen=True)
class Question:
    """One thing that is asked: the text, the own answer, and what holds now."""

    request: Request
    own: Own
    holds: ForFamily | None  # none while it is asked ahead: then nothing holds yet
    has_left: bool = False  # the child left this school: only no can be said

    @property
    def words(self) -> Words:
        """What is asked, in the reader's language."""
        return words_of(self.request.text)

    @property
    def is_answered(self) -> bool:
        """Whether there is an own answer to this very request."""
        return self.own.mine is not None

    @property
    def chosen(self) -> str:
        """What was answered to this request: yes, no, or nothing yet."""
        return ("yes" if is_yes(self.own.mine) else "no") if self.own.mine else ""

    @property
    def seen(self) -> str:
        """The key of the answer that counts as read once this question is shown."""
        return str(self.own.latest.pk) if self.own.latest else ""

    @property
    def old_no(self) -> bool:
        """Whether a no to an earlier text still stands, until this one is answered."""
        return not self.is_answered and bool(self.own.latest and not is_yes(self.own.latest))


@dataclass
class Child:
    """A child of a parent, or a pupil itself, with what is asked."""

    pupil: Pupil
    is_self: bool
    standing: Standing
    places: list[Enrolment] = field(default_factory=list)  # where the child is today
    questions: list[Question] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many questions have no answer yet."""
        return sum(not q.is_answered for q in self.questions)

    @property
    def answered(self) -> int:
        """How many have."""
        return len(self.questions) - self.open


@visibility_of(Pupil.objects.all)
def family_visible_to(rows: QuerySet[Pupil], user: User, day: date) -> QuerySet[Pupil]:
    """Children of `user`, while the link stands, and the pupil whose own account it is."""
    link = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef("pk"), withdrawn_at__isnull=True
    )
    return rows.filter(Q(Exists(link)) | Q(user=user))


@visibility_of(
    lambda: Answer.objects.select_related("text", "purpose", "school__unit", "request", "receipt")
)
def own_answers_visible_to(rows: QuerySet[Answer], user: User, day: date) -> QuerySet[Answer]:
    """What `user` answered, or what came in on paper for them; about own children only."""
    link = Parenthood.objects.filter(
        parent=OuterRef("parent"), pupil=OuterRef("pupil"), withdrawn_at__isnull=True
    )
    return rows.filter(
        Q(parent__user=user) & Exists(link) | Q(answers_as=Request.As.PUPIL, pupil__user=user)
    )


def children_of(user: User, *, on: date) -> list[Child]:
    """Every child of `user`, or the pupil itself, with all questions: whoever waits first.

    In a fixed number of queries for each school, however many children.
    """
    pupils = list(family_visible_to(user, on=on).order_by("birth_date", "sort_name", "pk"))
    found = _children(pupils, user, on)
    return sorted(found, key=lambda child: (not child.open, not child.questions))


def questions_about(pupil: Pupil, user: User, *, on: date) -> Child:
    """One child of `children_of`."""
    return _children([pupil], user, on)[0]


def asked_now(children: Iterable[Child]) -> int:
    """How many questions wait for an answer, all children together."""
    return sum(child.open for child in children)


def earlier_answers(pupil: Pupil, user: User, *, on: date) -> QuerySet[Answer]:
    """All that `user` answered about a child, the newest first."""
    rows = own_answers_visible_to(user, on=on).filter(pupil=pupil).select_related("correction")
    return rows.order_by("-answered_at", "-recorded_at", "pk")


def _children(pupils: Sequence[Pupil], user: User, on: date) -> list[Child]:
    places = _places(pupils, on)
    holding = with_authority(pupils, user, on)
    questions = _questions(pupils, user, on)
    found = []
    for pupil in pupils:
        own = questions.get(pupil.pk, [])
        is_self = pupil.user_id == user.pk
        standing = _standing(pupil, is_self, bool(own), pupil.pk in holding, on)
        if standing is Standing.ANSWERS and not own and not places[pupil.pk]:
            standing = Standing.GONE
        shown = own if standing is Standing.ANSWERS else []
        knows = is_self or knows_where(pupil, pupil.pk in holding, on)
        here = places[pupil.pk] if knows else []
        found.append(Child(pupil, is_self, standing, here, shown))
    return found


def knows_where(pupil: Pupil, holds_authority: bool, on: date) -> bool:
    """Whether a parent reads at which school a child is: with authority, until it is grown up.

    Without, not even that: perhaps somebody moved away from this very parent.
    """
    is_grown_up = pupil.birth_date is not None and birthday(pupil.birth_date, GROWN_UP) <= on
    return holds_authority and not is_grown_up


def children_known_where(user: User, *, on: date) -> list[uuid.UUID]:
    """Children of `user` of whom `user` may read at which school they are (`knows_where`)."""
    link = Parenthood.objects.filter(
        parent__user=user, pupil=OuterRef("pk"), withdrawn_at__isnull=True
    )
    pupils = list(Pupil.objects.filter(Exists(link)))
    holding = with_authority(pupils, user, on)
    return [pupil.pk for pupil in pupils if knows_where(pupil, pupil.pk in holding, on)]


def _standing(pupil: Pupil, is_self: bool, is_asked: bool, holds: bool, on: date) -> Standing:
    speaks = who_consents(pupil.birth_date, on)
    if is_self:
        young = speaks is Speaks.PARENTS and not is_asked
        return Standing.TOO_YOUNG if young else Standing.ANSWERS
    if not holds:
        return Standing.NO_AUTHORITY
    if speaks is Speaks.PUPIL and not is_asked:
        return Standing.DECIDES_ITSELF
    return Standing.ANSWERS


def _places(pupils: Sequence[Pupil], on: date) -> dict[uuid.UUID, list[Enrolment]]:
    rows = Enrolment.objects.filter(not_over(on), pupil__in=pupils)
    found: dict[uuid.UUID, list[Enrolment]] = defaultdict(list)
    for row in rows.select_related("school__unit").order_by("starts_on", "pk"):
        found[row.pupil_id].append(row)
    return found


def with_authority(pupils: Sequence[Pupil], user: User, on: date) -> set[uuid.UUID]:
    """Children over whom `user` has authority today: a plain yes, with nothing against it."""
    rows = Authority.objects.filter(
        not_over(on),
        starts_on__lte=on,
        parenthood__parent__user=user,
        parenthood__withdrawn_at__isnull=True,
        parenthood__pupil__in=pupils,
    )
    found: dict[uuid.UUID, dict[uuid.UUID, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = ("parenthood__pupil_id", "parenthood__parent_id", "value")
    for pupil, parent, value in rows.values_list(*columns):
        found[pupil][parent].add(value)
    yes = {Authority.Value.YES.value}
    return {pupil for pupil, held in found.items() if any(v == yes for v in held.values())}


def _questions(pupils: Sequence[Pupil], user: User, on: date) -> dict[uuid.UUID, list[Question]]:
    rows = own_requests_visible_to(user, on=on).filter(
        Q(counts_until__isnull=True) | Q(counts_until__gte=on), pupil__in=pupils, party=""
    )
    rows = rows.select_related("pupil", "purpose", "text__purpose", "school__unit")
    requests = list(rows.order_by("counts_from", "purpose__code", "-asked_at", "pk"))
    if not requests:
        return {}
    given = own_answers_visible_to(user, on=on).select_related(None).filter(pupil__in=pupils)
    own = own_answers(requests, last_of_each(given), on=on)
    texts, stays = Used.of(requests), Stays.of(requests)
    found: dict[uuid.UUID, list[Question]] = defaultdict(list)
    for school in dict.fromkeys(request.school_id for request in requests):
        here = [request for request in requests if request.school_id == school]
        known = Known({r.pupil_id: r.pupil for r in here}.values(), school)
        known.load_answers({request.purpose_id for request in here})
        asked = [r for r in here if texts.is_in_use(r.text, max(on, r.counts_from))]
        for request in _one_each(asked, own, on):
            question = _question(request, own[request.pk], known, stays, on)
            if question is not None:
                found[request.pupil_id].append(question)
    return found


def _question(request: Request, own: Own, known: Known, stays: Stays, on: date) -> Question | None:
    """What is asked, if this person can still say something to it."""
    facts = known.facts(request.pupil_id, request.purpose_id)
    day = max(on, request.counts_from)
    if not _decides(facts, request, on, day):
        return None
    has_left = not stays.is_at(request.pupil_id, request.school_id, day)
    if has_left and not (own.mine and is_yes(own.mine)):
        return None  # nothing there to take back
    holds = None
    if request.counts_from <= on:
        holds = for_family(effective_answer(facts, question_of(request.text), on))
    return Question(request, own, holds, has_left)


def _decides(facts: Facts, request: Request, on: date, day: date) -> bool:
    who = Who(Kind.PARENT, request.parent_id) if request.parent_id else PUPIL
    if who != PUPIL and not holds_authority(facts, who, on):
        return False
    return who in who_must_answer(facts, question_of(request.text), day).people


def _one_each(requests: Iterable[Request], own: dict[uuid.UUID, Own], on: date) -> list[Request]:
    """Of those asked the same for the same days, the answered one, else the newest.

    What is asked ahead of a birthday stands beside what is asked now.
    """
    found: dict[tuple[object, ...], Request] = {}
    for request in requests:
        ahead = request.counts_from if request.counts_from > on else None
        same = (*identity_of(request), request.text_id, request.counts_until, ahead)
        before = found.get(same)
        if before is None or _goes_before(request, before, own):
            found[same] = request
    return list(found.values())


def _goes_before(one: Request, other: Request, own: dict[uuid.UUID, Own]) -> bool:
    answered = (own[one.pk].mine is not None, own[other.pk].mine is not None)
    if answered[0] != answered[1]:
        return answered[0]
    return (one.counts_from, one.asked_at) > (other.counts_from, other.asked_at)
