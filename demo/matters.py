"""What outranks answers or changes who answers, and a paper that somebody handed in."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

from access.models import User
from consent.actions.decisions import (
    Advice,
    change_coverage,
    decide_unable_on_advice,
    decide_unreachable_for,
    record_rulings,
)
from consent.actions.matters import About, Ruling
from consent.actions.recording import Way, record_answers
from consent.actions.scans import Sent
from consent.models import Purpose, Request
from consent.queries import texts_in_use
from students.actions.representatives import RepresentativeData, add_representative
from students.models import Pupil, School
from students.seen import of_representatives

Acting = Callable[[str], AbstractContextManager[tuple[User, date]]]
_DAY = timedelta(days=1)


class MattersFilling:
    """A court's order, a parent who can't be reached, a pupil who can't decide, a scanned paper."""

    def __init__(self, school: School, acting: Acting) -> None:
        self.school = school
        self.acting = acting

    def fill(self) -> None:
        """Each with another pupil, so that each can be looked at by itself."""
        ordered, away, paper = self._of_group("6A")[:3]
        self._court(ordered)
        self._unreachable(away)
        self._paper(paper)
        self._unable()

    def _of_group(self, group: str) -> list[Pupil]:
        pupils = Pupil.objects.filter(
            enrolments__places__group__name=group,
            enrolments__school=self.school,
            parenthoods__isnull=False,
        )
        return list(pupils.distinct().order_by("sort_name", "pk"))

    def _court(self, pupil: Pupil) -> None:
        with self.acting("karin") as (by, on):
            purposes = self._purposes(on)
            record_rulings(
                about=About(pupil, self.school, "Rechtbank Demostad, zaak C/99/123 (verzonnen)."),
                rulings={
                    purposes["website"]: Ruling(True, on - 10 * _DAY, on),
                    purposes["sociale-media"]: Ruling(False, on - 10 * _DAY, on),
                },
                by=by,
                on=on,
            )

    def _unreachable(self, pupil: Pupil) -> None:
        link = pupil.parenthoods.select_related("parent").order_by("pk")[0]
        with self.acting("karin") as (by, on):
            words = "Twee brieven en drie telefoontjes in oktober, zonder antwoord (verzonnen)."
            decide_unreachable_for(
                about=About(pupil, self.school, words),
                purposes=[],
                parent=link.parent,
                until=on + 90 * _DAY,
                by=by,
                on=on,
            )

    def _paper(self, pupil: Pupil) -> None:
        """One parent said yes to everything, on one paper that was scanned."""
        rows = Request.objects.filter(pupil=pupil, parent__isnull=False).select_related("pupil")
        first = rows.order_by("parent_id", "pk")[0]
        mine = [(row, True) for row in rows.filter(parent=first.parent_id).order_by("pk")]
        with self.acting("greet") as (by, on):
            record_answers(
                said=mine,
                way=Way(on, "paper", "nl"),
                scan=Sent.of(("formulier.jpg", _form())),
                by=by,
                on=on,
            )

    def _unable(self) -> None:
        """A pupil of 13 who can't decide; a mentor answers where the court's order says so."""
        pupil = Pupil.objects.get(first_name="Sem", surname="Zonneveld")
        with self.acting("karin") as (by, on):
            self._mentor(pupil, by, on)
            decide_unable_on_advice(
                about=About(pupil, self.school, "Kan de gevolgen nog niet overzien (verzonnen)."),
                purposes=self._purposes(on).values(),
                advice=Advice(on - 30 * _DAY, "Orthopedagoog van de demo"),
                until=on + 20 * _DAY,
                by=by,
                on=on,
            )

    def _mentor(self, pupil: Pupil, by: User, on: date) -> None:
        mentor = add_representative(
            pupil=pupil,
            data=RepresentativeData(
                kind="mentor",
                name="Demi Raadgever",
                institution="",
                email="",
                court_decision="Rechtbank Demostad, verzonnen",
                covers="Foto's en film",
                starts_on=on - 100 * _DAY,
                ends_on=None,
            ),
            seen_before=of_representatives(pupil),
            by=by,
            on=on,
        )
        change_coverage(
            representative=mentor,
            covers=[self._purposes(on)["website"]],
            seen=[],
            school=self.school,
            by=by,
            on=on,
        )

    def _purposes(self, on: date) -> dict[str, Purpose]:
        return {text.purpose.code: text.purpose for text in texts_in_use(self.school.board_id, on)}


def _form() -> bytes:
    """A photographed form with lines and crosses, as a phone makes it."""
    from PIL import Image, ImageDraw

    paper = Image.new("RGB", (1000, 1414), "#fbfaf4")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((90, 100, 640, 140), fill="#3c4a57")
    for line in range(9):
        top = 240 + 110 * line
        pen.rectangle((90, top, 600, top + 16), fill="#9aa4ad")
        for box in (720, 840):
            pen.rectangle((box, top - 14, box + 44, top + 30), outline="#3c4a57", width=4)
        pen.line((726, top + 6, 740, top + 24), fill="#1b2e8f", width=7)
        pen.line((740, top + 24, 764, top - 12), fill="#1b2e8f", width=7)
    pen.line([(110, 1310), (170, 1250), (200, 1330), (260, 1260), (380, 1300)], "#1b2e8f", 6)
    made = io.BytesIO()
    paper.save(made, "JPEG", quality=85)
    return made.getvalue()
