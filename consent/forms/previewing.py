"""A text as a parent meets it: the very card of the pages of families, with nothing answered."""

from __future__ import annotations

from consent.forms.answering import AnswerForm, Card
from consent.models import PurposeText, Request
from consent.queries.family import Child, Question, Standing
from consent.queries.latest import Own
from consent.rules import Effect, Outcome, Reason
from consent.sentences import for_family
from students.models import Pupil


def card_of(text: PurposeText) -> Card:
    """What stands on the page of somebody who was just asked; its buttons do nothing here."""
    nothing_said = for_family(Effect(Outcome.OPEN, Reason.WAITING))
    question = Question(Request(text=text), Own(), nothing_said)
    child = Child(Pupil(), is_self=False, standing=Standing.ANSWERS, questions=[question])
    form = AnswerForm(child=child, others=())
    for field in form.fields.values():
        field.disabled = True
    return form.sections[0].cards[0]
