"""What holds for every imaginable family: the promises of the rule on consent as properties.

Each was seen to fail when the line of the rule that keeps it was broken.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consent.rules import (
    PUPIL,
    Answer,
    Authority,
    CourtOrder,
    Enough,
    Facts,
    Held,
    Inability,
    Kind,
    Outcome,
    PupilPart,
    Question,
    Reason,
    Representation,
    Said,
    Stop,
    Unreachable,
    effective_answer,
    who_must_answer,
)
from consent.sentences import for_family
from students.rules import birthday
from tests.consent.made import CURATOR, MENTOR, VOOGD, A, B, C

pytestmark = pytest.mark.promise("P5")
thorough = settings(max_examples=400, deadline=None)

# Few days, close together, so that rows of one family meet, touch and miss each other.
START = date(2026, 9, 1)
DAY = timedelta(days=1)
days = st.integers(0, 30).map(lambda n: START + n * DAY)
ends = st.none() | days
BORN = [
    None,
    date(2017, 5, 14),
    date(2014, 9, 15),  # 12, 16 and 18 within those days
    date(2010, 9, 15),
    date(2008, 9, 15),
    date(2011, 5, 14),
    date(2009, 5, 14),
]
born = st.sampled_from(BORN)
PEOPLE = [A, B, C, VOOGD, CURATOR, MENTOR, PUPIL]
moments = st.builds(datetime.combine, days, st.sampled_from([time(9), time(17)]))


def answers(people=PEOPLE) -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        who=st.sampled_from(people),
        said=st.sampled_from([Said.GIVEN, Said.GIVEN, Said.REFUSED, Said.WITHDRAWN]),
        at=moments,
        text=st.sampled_from([1, 1, 1, 2]),
        counts_from=st.just(START) | days,
        counts_until=ends,
    )


authorities = st.builds(
    Authority,
    parent=st.sampled_from([A, B]),
    held=st.sampled_from([Held.YES, Held.YES, Held.YES, Held.NO, Held.UNKNOWN]),
    starts_on=st.just(START) | days,
    ends_on=ends,
)
representations = st.builds(
    Representation,
    who=st.sampled_from([VOOGD, CURATOR, MENTOR]),
    starts_on=days,
    ends_on=ends,
    covers=st.booleans(),
    voice=st.sampled_from([None, "Demo"]),
)
inabilities = st.builds(Inability, starts_on=days, ends_on=days)
unreachable = st.builds(Unreachable, parent=st.sampled_from([A, B]), starts_on=days, ends_on=ends)
orders = st.builds(CourtOrder, is_yes=st.booleans(), decided_on=days, starts_on=days, ends_on=ends)
stops = st.builds(Stop, starts_on=days, lifted_on=ends)


def some(rows, most: int = 3):
    return st.lists(rows, max_size=most).map(tuple)


# Without a court, an objection or a block: what answers alone come to.
by_answers = st.builds(
    Facts,
    born=born,
    authorities=some(authorities, 4),
    representations=some(representations, 2),
    inabilities=some(inabilities, 1),
    unreachable=some(unreachable, 2),
    answers=some(answers(), 8),
)
families = st.builds(
    replace,
    by_answers,
    court_orders=some(orders, 2),
    objections=some(stops, 1),
    safety_blocks=some(stops, 2),
)
questions = st.builds(
    Question,
    text=st.just(1),
    enough=st.sampled_from(Enough),
    pupil_counts=st.booleans(),
    is_for_outsiders=st.booleans(),
    is_publication=st.booleans(),
)
# Two parents who answered mostly yes, on a handful of days: where yes and no are close.
few = st.sampled_from([START + n * DAY for n in (0, 5, 10, 14, 15, 20)])
few_ends = st.sampled_from([None, None, START + 9 * DAY, START + 14 * DAY])
close = st.builds(
    Facts,
    born=born,
    authorities=st.lists(
        st.builds(
            Authority,
            st.sampled_from([A, B]),
            st.sampled_from([Held.YES, Held.YES, Held.YES, Held.UNKNOWN]),
            few,
            few_ends,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    inabilities=some(st.builds(Inability, few, days), 1),
    unreachable=some(st.builds(Unreachable, st.sampled_from([A, B]), few, few_ends), 1),
    answers=st.lists(
        st.builds(
            Answer,
            who=st.sampled_from([A, B, PUPIL]),
            said=st.sampled_from([Said.GIVEN] * 4 + [Said.REFUSED, Said.WITHDRAWN]),
            at=st.builds(datetime.combine, few, st.just(time(9))),
            text=st.sampled_from([1, 1, 1, 2]),
            counts_from=st.just(START),
            counts_until=few_ends,
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
)
both = st.builds(
    Facts,
    born=st.sampled_from([BORN[0], BORN[1], BORN[5]]),
    authorities=st.just((Authority(A, Held.YES, START), Authority(B, Held.YES, START))),
    unreachable=some(st.builds(Unreachable, st.sampled_from([A, B]), few, few_ends), 1),
    answers=st.lists(
        st.builds(
            Answer,
            who=st.sampled_from([A, B, PUPIL]),
            said=st.sampled_from([Said.GIVEN, Said.GIVEN, Said.REFUSED, Said.WITHDRAWN]),
            at=st.builds(datetime.combine, few, st.just(time(9))),
            text=st.just(1),
            counts_from=st.just(START),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)
either = both | close | by_answers


@thorough
@given(known=either, question=questions, on=days)
def test_a_refusal_by_somebody_entitled_is_never_outvoted_by_answers(known, question, on):
    """Whoever decides that day, could answer when answering, and said no last."""
    deciders = who_must_answer(known, question, on)
    for who in deciders.people:
        mine = [a for a in known.answers if a.who == who and a.given_on <= on]
        mine = [a for a in mine if a.counts_from <= on]
        if not mine:
            continue
        last = max(mine, key=lambda a: (a.at, a.is_no))
        shared = any(r.who == who and r.voice for r in known.representations)
        if last.is_no and not shared and _was_entitled(known, last, on):
            assert effective_answer(known, question, on).outcome is Outcome.NO


def _was_entitled(known: Facts, answer: Answer, on: date) -> bool:
    """Said plainly, apart from the rule: authority on that day, and nothing lapsed since."""
    first_day = max(answer.given_on, answer.counts_from)
    if known.born is not None:
        passed = [day for day in (birthday(known.born, age) for age in (16, 18)) if day <= on]
        if any(first_day < day for day in passed):
            return False
    if answer.who == PUPIL:
        return known.born is not None and birthday(known.born, 12) <= first_day
    if answer.who.kind is Kind.PARENT:
        rows = [a for a in known.authorities if a.parent == answer.who]
        rows = [a for a in rows if a.starts_on <= answer.given_on <= (a.ends_on or date.max)]
        return bool(rows) and all(a.held is Held.YES for a in rows)
    return any(
        r.who == answer.who
        and (r.covers or r.who.kind is Kind.VOOGD)
        and r.starts_on <= answer.given_on <= (r.ends_on or date.max)
        for r in known.representations
    )


@thorough
@given(known=families, question=questions, on=days, seed=st.integers())
def test_the_order_of_rows_does_not_matter(known, question, on, seed):
    shuffle = random.Random(seed)
    mixed = replace(
        known,
        **{
            name: tuple(shuffle.sample(rows, len(rows)))
            for name, rows in vars(known).items()
            if isinstance(rows, tuple)
        },
    )
    assert effective_answer(mixed, question, on) == effective_answer(known, question, on)
    assert who_must_answer(mixed, question, on) == who_must_answer(known, question, on)


@thorough
@given(known=either, question=questions, on=days)
def test_nobodys_answer_counts_outside_their_authoritys_dates(known, question, on):
    """Without the answers of who had no authority then, or has none now, it is the same."""

    def had_authority(answer: Answer, day: date) -> bool:
        rows = [a for a in known.authorities if a.parent == answer.who]
        rows = [a for a in rows if a.starts_on <= day <= (a.ends_on or date.max)]
        return bool(rows) and all(a.held is Held.YES for a in rows)

    kept = tuple(
        a
        for a in known.answers
        if a.who.kind is not Kind.PARENT or (had_authority(a, a.given_on) and had_authority(a, on))
    )
    less = replace(known, answers=kept)
    assert effective_answer(less, question, on) == effective_answer(known, question, on)


@thorough
@given(known=either, question=questions, on=days, who=st.sampled_from(PEOPLE), at=moments)
def test_a_withdrawal_never_makes_a_no_into_a_yes(known, question, on, who, at):
    before = effective_answer(known, question, on)
    assume(not before.is_allowed)
    gone = Answer(who, Said.WITHDRAWN, at, 1, START)
    after = replace(known, answers=(*known.answers, gone))
    assert not effective_answer(after, question, on).is_allowed


@thorough
@given(known=either, question=questions, on=days)
def test_at_16_earlier_answers_lapse_and_only_the_pupils_own_counts(known, question, on):
    known = replace(known, inabilities=(), representations=(), born=date(2010, 9, 15))
    assume(on >= date(2026, 9, 15))
    own = tuple(
        a
        for a in known.answers
        if a.who == PUPIL and max(a.given_on, a.counts_from) >= date(2026, 9, 15)
    )
    alone = replace(known, answers=own, authorities=(), unreachable=())
    assert effective_answer(alone, question, on) == effective_answer(known, question, on)
    if not own:
        assert effective_answer(known, question, on).waiting == (PUPIL,)


@thorough
@given(known=either, question=questions, on=days)
def test_an_unknown_birth_date_never_lets_a_pupil_decide(known, question, on):
    ageless = replace(known, born=None)
    without = tuple(a for a in known.answers if a.who != PUPIL)
    effect = effective_answer(ageless, question, on)
    assert effect == effective_answer(replace(ageless, answers=without), question, on)
    assert PUPIL not in who_must_answer(ageless, question, on).people
    assert bool(effect.by) or not effect.is_allowed


# Nothing else begins or ends around the day on which it is somebody's birthday or a new year.
TURN = date(2026, 9, 15)
calm_days = st.sampled_from([START, START + 5 * DAY])
calm_ends = st.sampled_from([None, START + 9 * DAY, START + 30 * DAY])
calm_answers = st.builds(
    Answer,
    who=st.sampled_from([A, A, B, B, MENTOR, PUPIL]),
    said=st.sampled_from([Said.GIVEN, Said.GIVEN, Said.REFUSED, Said.WITHDRAWN]),
    at=st.builds(datetime.combine, st.sampled_from([START + n * DAY for n in range(14)]),
                 st.sampled_from([time(9), time(17)])),
    text=st.just(1),
    counts_from=st.just(START),
    counts_until=st.sampled_from([None, TURN - DAY]),
)  # fmt: skip
calm_families = st.builds(
    Facts,
    born=born,
    authorities=st.lists(
        st.builds(Authority, st.sampled_from([A, B]), st.just(Held.YES), calm_days, calm_ends),
        max_size=3,
    ).map(tuple),
    representations=some(
        st.builds(Representation, st.just(MENTOR), calm_days, calm_ends, st.booleans()), 1
    ),
    inabilities=some(
        st.builds(Inability, calm_days, st.sampled_from([START + 9 * DAY, START + 30 * DAY])), 1
    ),
    unreachable=some(st.builds(Unreachable, st.sampled_from([A, B]), calm_days, calm_ends), 1),
    court_orders=some(st.builds(CourtOrder, st.booleans(), calm_days, calm_days, calm_ends), 1),
    answers=st.lists(calm_answers, min_size=1, max_size=5).map(tuple),
)


unable = st.builds(
    replace,
    calm_families,
    born=st.sampled_from(BORN[2:5]),
    inabilities=st.just((Inability(START, START + 30 * DAY),)),
    representations=st.just((Representation(MENTOR, START, covers=True),)),
    court_orders=st.just(()),
    answers=st.lists(
        st.builds(
            Answer,
            who=st.sampled_from([A, MENTOR]),
            said=st.sampled_from([Said.GIVEN, Said.REFUSED]),
            at=st.builds(datetime.combine, few.filter(lambda day: day < TURN), st.just(time(9))),
            text=st.just(1),
            counts_from=st.just(START),
        ),
        min_size=2,
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=1000, deadline=None)
@given(known=calm_families | unable, question=questions)
def test_no_birthday_and_no_new_year_makes_a_yes_of_what_was_not(known, question):
    """Answers given ahead for that day are left out: with those it may."""
    if not effective_answer(known, question, TURN - DAY).is_allowed:
        assert not effective_answer(known, question, TURN).is_allowed


@thorough
@given(known=families, question=questions, on=days, free=st.booleans())
def test_a_safety_block_outranks_everything_for_a_publication(known, question, on, free):
    question = replace(question, is_publication=True, is_free=free)
    blocked = replace(known, safety_blocks=(*known.safety_blocks, Stop(START)))
    effect = effective_answer(blocked, question, on)
    assert (effect.outcome, effect.reason) == (Outcome.NO, Reason.SAFETY_BLOCK)


@thorough
@given(known=families, question=questions, on=days)
def test_an_objection_is_a_no_until_it_is_lifted(known, question, on):
    objected = replace(known, objections=(Stop(START),))
    assert effective_answer(objected, question, on).outcome is Outcome.NO


@thorough
@given(known=both | close | families, question=questions, on=days)
def test_a_yes_was_said_by_everybody_who_must_or_by_a_court(known, question, on):
    """Each voice that can be reached, or one where the board says so, and the pupil's own."""
    effect = effective_answer(known, question, on)
    if not effect.is_allowed or effect.reason is Reason.COURT_SAID_YES:
        return
    said = {a.who for a in known.answers if not a.is_no and a.given_on <= on and a.text == 1}
    assert effect.by
    assert set(effect.by) <= said & who_must_answer(known, question, on).people
    deciders = who_must_answer(known, question, on)
    away = {u.parent for u in known.unreachable if u.starts_on <= on <= (u.ends_on or date.max)}
    spoke = [bool(voice.people & set(effect.by)) for voice in deciders.voices]
    needed = [
        s for s, voice in zip(spoke, deciders.voices, strict=True) if not voice.people <= away
    ]
    assert any(spoke) or deciders.is_pupil_alone
    assert all(needed) or question.needs is Enough.ONE
    assert PUPIL in effect.by or deciders.pupil is not PupilPart.DECIDES


@thorough
@given(known=both | close | families, question=questions, on=days)
def test_open_says_who_is_still_to_answer_and_no_reads_as_open_for_a_family(known, question, on):
    effect = effective_answer(known, question, on)
    if effect.outcome is Outcome.OPEN:
        assert bool(effect.waiting) is (effect.reason is Reason.WAITING)
        assert set(effect.waiting) <= who_must_answer(known, question, on).people
    other = effective_answer(replace(known, answers=()), question, on)
    if not effect.is_allowed and not other.is_allowed:
        assert for_family(effect) == for_family(other)
