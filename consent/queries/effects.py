"""What holds for many pupils and purposes at once: the engine of photo check and boards."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Sequence
from datetime import date

from consent.models import PurposeText
from consent.queries.facts import Known
from consent.queries.texts import question_of
from consent.rules import Deciders, Effect, effective_answer, who_must_answer
from students.models import Pupil

Effects = dict[tuple[uuid.UUID, uuid.UUID], Effect]


def effects_of(
    pupils: Iterable[Pupil], texts: Sequence[PurposeText], *, school_id: uuid.UUID, on: date
) -> Effects:
    """What holds on `on` by (pupil, purpose), in two queries however many there are.

    `texts` are those in use on that day (`texts_in_use`). Only for who works at the school or is
    family of the pupil: for anybody else the database gives no answers, and all is open.
    """
    known = Known(pupils, school_id)
    known.load_answers(text.purpose_id for text in texts)
    questions = [(text.purpose_id, question_of(text)) for text in texts]
    found: Effects = {}
    for pupil in known.keys:
        deciders: dict[Hashable, Deciders] = {}
        for purpose, question in questions:
            facts = known.facts(pupil, purpose)
            # Most purposes ask the same people: the rule is asked once for those.
            same = (
                question.needs,
                question.hears_pupil,
                facts.representations,
                facts.inabilities,
                facts.unreachable,
            )
            if same not in deciders:
                deciders[same] = who_must_answer(facts, question, on)
            found[pupil, purpose] = effective_answer(facts, question, on, deciders[same])
    return found
