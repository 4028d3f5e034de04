"""What holds for many pupils and purposes at once: the engine of photo check and boards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from consent.models import PurposeText
from consent.queries.facts import Known
from consent.queries.texts import question_of
from consent.rules import Effect, effective_answer
from students.models import Pupil

Effects = dict[tuple[uuid.UUID, uuid.UUID], Effect]


def effects_of(
    pupils: Iterable[Pupil], texts: Sequence[PurposeText], *, school_id: uuid.UUID, on: date
) -> Effects:
    """What holds on `on` by (pupil, purpose), in five queries however many there are.

    `texts` are those in use on that day (`texts_in_use`). Only for who works at the school or is
    family of the pupil: for anybody else the database gives no answers, and all is open.
    """
    known = Known(pupils, school_id)
    known.load_answers(text.purpose_id for text in texts)
    questions = [(text.purpose_id, question_of(text)) for text in texts]
    return {
        (pupil, purpose): effective_answer(known.facts(pupil, purpose), question, on)
        for pupil in known.keys
        for purpose, question in questions
    }
