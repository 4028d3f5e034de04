"""The answers of a parent or pupil about one child, as the page has them: nothing is prechosen
but what this person answered before.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.answering import Choice
from consent.queries import Child, Question

_SAID = (("yes", _("Yes")), ("no", _("No")))
ALSO = "also"


@dataclass(frozen=True)
class Card:
    """One question as it stands on the page."""

    question: Question
    field: forms.BoundField
    seen: forms.BoundField


@dataclass(frozen=True)
class Section:
    """Questions of one school for the same days."""

    question: Question  # any of them: it tells school and days
    cards: list[Card]


@dataclass(frozen=True)
class Sibling:
    """Another child who is asked some of the same."""

    child: Child
    shared: list[tuple[Question, Question]]  # here, there


class AnswerForm(forms.Form):
    """Yes, no or nothing to each question; and for which other children the same."""

    def __init__(
        self,
        *args: Any,
        child: Child,
        others: Sequence[Child],
        again: dict[uuid.UUID, bool] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.child, self.siblings = child, siblings_of(child, others)
        for question in child.questions:
            key = question.request.pk
            chosen = question.chosen
            if again and key in again:
                chosen = "yes" if again[key] else "no"
            title = question.words.title
            said = _SAID[1:] if question.has_left else _SAID
            self.fields[_answer(key)] = forms.ChoiceField(
                label=title,
                required=False,
                choices=said,
                initial=chosen,
                widget=forms.RadioSelect(attrs={"class": "answers"}),
            )
            self.fields[_seen(key)] = forms.UUIDField(
                required=False, initial=question.seen, widget=forms.HiddenInput
            )
        if self.siblings:
            self.fields[ALSO] = forms.MultipleChoiceField(
                label=_("Use these answers for another child too?"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(str(s.child.pupil.pk), s.child.pupil.said_first) for s in self.siblings],
            )

    @property
    def sections(self) -> list[Section]:
        """The questions, by school and by the days for which they are asked."""
        found: dict[tuple[Any, ...], list[Card]] = {}
        for question in self.child.questions:
            asked = question.request
            days = (asked.counts_until, question.holds is None and asked.counts_from)
            card = Card(
                question,
                self[_answer(asked.pk)],
                self[_seen(asked.pk)],
            )
            found.setdefault((asked.school_id, *days, question.has_left), []).append(card)
        return [Section(cards[0].question, cards) for cards in found.values()]

    def choices(self) -> list[Choice]:
        """What is new in these answers, for this child and for those chosen beside it."""
        said = {
            question.request.pk: self.cleaned_data[_answer(question.request.pk)]
            for question in self.child.questions
        }
        new = [
            Choice(key, said[key] == "yes", self.cleaned_data[_seen(key)])
            for key, question in ((q.request.pk, q) for q in self.child.questions)
            if said[key] and said[key] != question.chosen
        ]
        wanted = set(self.cleaned_data.get(ALSO, []))
        for sibling in self.siblings:
            if str(sibling.child.pupil.pk) in wanted:
                new += _same(sibling, said)
        return new

    def clean(self) -> dict[str, Any]:
        """Something must be new, else there is nothing to sign."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.choices():
            raise forms.ValidationError(
                _("There is nothing new to sign. Choose yes or no first, where you want to.")
            )
        return data


def siblings_of(child: Child, others: Iterable[Child]) -> list[Sibling]:
    """Other children who are asked the very same text for the same year."""
    here = {_same_question(question): question for question in child.questions}
    found = []
    for other in others:
        if other.pupil.pk == child.pupil.pk:
            continue
        shared = [
            (here[_same_question(question)], question)
            for question in other.questions
            if _same_question(question) in here and not question.has_left
        ]
        if shared:
            found.append(Sibling(other, shared))
    return found


def _same_question(question: Question) -> tuple[Any, ...]:
    return question.request.text_id, question.request.counts_until


def _same(sibling: Sibling, said: dict[uuid.UUID, str]) -> list[Choice]:
    return [
        Choice(
            there.request.pk,
            said[here.request.pk] == "yes",
            there.own.latest.pk if there.own.latest else None,
        )
        for here, there in sibling.shared
        if said[here.request.pk] and said[here.request.pk] != there.chosen
    ]


def _answer(key: uuid.UUID) -> str:
    return f"answer-{key}"


def _seen(key: uuid.UUID) -> str:
    return f"seen-{key}"
