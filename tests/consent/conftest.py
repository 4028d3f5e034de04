"""A board that asks, and short ways to act as somebody of the cast."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from access.acting import acting_as
from consent.actions.answering import Choice, answer
from consent.actions.asking import ask_about
from consent.actions.purposes import TextData, add_purpose, put_in_use, write_text
from consent.actions.recording import Given, record_answer
from consent.models import Answer, Purpose, PurposeText, Request
from consent.queries import effects_of, texts_in_use
from consent.rules import Effect
from tests.cast import Cast


def text(word: str, **settings) -> TextData:
    """A text that says what it is about."""
    return TextData(f"Demo {word}", f"Demo {word}", f"Mag {word}?", f"May {word}?", **settings)


@dataclass
class Asked:
    """What the board asks, by code, and ways to answer it."""

    cast: Cast
    purposes: dict[str, Purpose] = field(default_factory=dict)
    texts: dict[str, PurposeText] = field(default_factory=dict)

    def act(self, verb, *, by: str, on: date | None = None, **details):
        """Does something as somebody of the cast, in a transaction of its own."""
        user, day = self.cast.people[by], on or self.cast.today
        with acting_as(user, on=day):
            return verb(**details, by=user, on=day)

    def add(self, code: str, channel: str = "website", **settings) -> PurposeText:
        """A purpose with a text in use from today."""
        officer = "board_officer"
        self.purposes[code] = self.act(
            add_purpose, by=officer, board=self.cast.board, code=code, channel=channel
        )
        return self.replace(code, **settings)

    def replace(self, code: str, *, from_day: date | None = None, **settings) -> PurposeText:
        """Another text in use."""
        draft = self.act(
            write_text, by="board_officer", purpose=self.purposes[code], data=text(code, **settings)
        )
        day = from_day or self.cast.today
        self.texts[code] = self.act(put_in_use, by="board_officer", text=draft, from_day=day)
        return self.texts[code]

    def ask(self, *pupils: str, by: str = "administrator", occasion: str = "single") -> int:
        """Asks everybody who decides about these pupils."""
        return sum(
            self.act(
                ask_about,
                by=by,
                pupil=self.cast.pupils[pupil],
                school=self.cast.school,
                occasion=occasion,
            )
            for pupil in pupils
        )

    def request(self, pupil: str, code: str = "website", *, of: str | None = None) -> Request:
        """The newest request about a pupil to somebody of the cast (the pupil: None)."""
        rows = Request.objects.filter(pupil=self.cast.pupils[pupil], purpose__code=code)
        if of is None:
            rows = rows.filter(answers_as="pupil")
        else:
            rows = rows.filter(parent__user=self.cast.people[of])
        return rows.order_by("-asked_at")[0]

    def latest(self, request: Request) -> Answer | None:
        """The last answer to a purpose of the person asked."""
        rows = Answer.objects.filter(
            pupil=request.pupil_id, purpose=request.purpose_id, parent=request.parent_id,
            answers_as=request.answers_as, correction=None,
        )  # fmt: skip
        return rows.order_by("-answered_at").first()

    def says(self, who: str, pupil: str, is_yes: bool, code: str = "website", on=None) -> Answer:
        """A parent or pupil of the cast answers online, having seen what holds."""
        is_pupil = who.startswith("pupil_")
        request = self.request(pupil, code, of=None if is_pupil else who)
        last = self.latest(request)
        choice = Choice(request.pk, is_yes, last.pk if last else None)
        return self.act(answer, by=who, on=on, choices=[choice], language="nl")[0]

    def on_paper(self, request: Request, is_yes: bool, answered_on=None, by="administrator"):
        """The administration records an answer on paper."""
        given = Given(is_yes, answered_on or self.cast.today, "paper", "nl")
        return self.act(record_answer, by=by, request=request, given=given)

    def holds(self, pupil: str, code: str = "website", *, by="administrator", on=None) -> Effect:
        """What holds for a pupil of the cast's school, as somebody there finds it."""
        day = on or self.cast.today
        with acting_as(self.cast.people[by], on=day):
            found = effects_of(
                [self.cast.pupils[pupil]],
                list(texts_in_use(self.cast.board.pk, day)),
                school_id=self.cast.school.pk,
                on=day,
            )
        return found[self.cast.pupils[pupil].pk, self.purposes[code].pk]


@pytest.fixture
def asked(cast) -> Asked:
    """The board asks for the website: all parents, and the pupil from 12."""
    asked = Asked(cast)
    asked.add("website")
    return asked
