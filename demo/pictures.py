"""Pictures that were published and one that must go, a recording, a film, and the notice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from access.models import User
from consent.actions.checking import check_consent
from consent.actions.filming import Occasion, ask_to_film, decide_filming
from consent.actions.notices import NoticeText, confirm_notice, use_notice, write_notice
from consent.actions.publishing import Published, record_publication
from consent.actions.recording import Given, record_answer
from consent.actions.recordings import Lesson, enter_recording, last_day_for
from consent.models import CheckedPupil, PublishedPupil, Request
from consent.queries import texts_in_use, those_in_group
from students.models import Board, Group, Pupil, School

Acting = Callable[[str], AbstractContextManager[tuple[User, date]]]

_NOTICE = NoticeText(
    "U mag op school foto's van uw eigen kind maken.\n\nStaan er andere kinderen op? Zet de foto"
    " dan nergens online. Ook niet in een besloten groep. Dat mag alleen als hun ouders het goed"
    " vinden.",
    "You may take photos of your own child at school.\n\nAre other children in the photo? Then do"
    " not put it online. Not in a closed group either. You may only do so when their parents"
    " agree.",
)


class PicturesFilling:
    """What a school does with pictures, at the first school of the demo."""

    def __init__(self, board: Board, school: School, acting: Acting) -> None:
        self.board = board
        self.school = school
        self.acting = acting
        self.group = Group.objects.select_related("school__unit", "school_year").get(
            school=school, name="6B"
        )

    def fill(self) -> None:
        """A publication with somebody who said no since; a lesson; parents who film and read."""
        self._publish("De nieuwsbrief van deze maand", slice(4, None), says_no=False)
        self._publish("www.debongerd.example/schoolfeest", slice(0, 4), says_no=True)
        self._record_a_lesson()
        self._ask_to_film()
        self._give_notice()

    def _pupils(self) -> list[Pupil]:
        places = self.group.places.filter(ends_on__isnull=True)
        return list(Pupil.objects.filter(enrolments__places__in=places).order_by("sort_name", "pk"))

    def _publish(self, place: str, who: slice, *, says_no: bool) -> None:
        with self.acting("joost") as (by, on):
            text = texts_in_use(self.board.pk, on).get(purpose__code="website")
            keys = [pupil.pk for pupil in self._pupils()]
            check = check_consent(school=self.school, text=text, pupils=keys, day=on, by=by, on=on)
            allowed = CheckedPupil.objects.filter(check_made=check, is_allowed=True)
            chosen = list(allowed.order_by("pupil__sort_name").values_list("pupil_id", flat=True))
            what = Published(uuid.uuid4(), place, on, frozenset(chosen[who]))
            row = record_publication(check=check, what=what, by=by, on=on)
        if says_no:
            first = PublishedPupil.objects.filter(publication=row).order_by("pupil__sort_name")[0]
            self._on_paper(first.pupil, "website", is_yes=False)

    def _on_paper(self, pupil: Pupil, code: str, *, is_yes: bool) -> None:
        rows = Request.objects.filter(
            pupil=pupil, purpose__code=code, answers_as=Request.As.PARENT, parent__user=None
        )
        for request in rows.select_related("pupil", "text__purpose").order_by("pk"):
            with self.acting("greet") as (by, on):
                given = Given(is_yes, on, "paper", "nl")
                record_answer(request=request, given=given, by=by, on=on)

    def _record_a_lesson(self) -> None:
        for pupil in self._pupils()[:5]:
            self._on_paper(pupil, "lesopnamen", is_yes=True)
        with self.acting("joost") as (by, on):
            here = those_in_group(self.group, by, day=on, on=on)
            out = frozenset(one.pupil.pk for one in here if not one.is_allowed)
            lesson = Lesson(
                uuid.uuid4(),
                self.group,
                on,
                "Op de camera in de kluis van de school",
                last_day_for(self.group, on),
                out,
            )
            enter_recording(lesson=lesson, by=by, on=on)

    def _ask_to_film(self) -> None:
        with self.acting("yvonne") as (by, on):
            musical = Occasion("De musical van groep 8", on, "Voor de opa en oma van Noor.")
            ask_to_film(school=self.school, occasion=musical, by=by, on=on)
        with self.acting("rachid") as (by, on):
            party = Occasion("Het feest van groep 6", on, "Voor thuis.")
            row = ask_to_film(school=self.school, occasion=party, by=by, on=on)
        with self.acting("karin") as (by, on):
            decide_filming(
                request=row,
                decision="conditions",
                said="Film alleen uw eigen kind. Zet niets online.",
                by=by,
                on=on,
            )

    def _give_notice(self) -> None:
        with self.acting("olaf") as (by, on):
            draft = write_notice(board=self.board, text=_NOTICE, by=by, on=on)
            notice = use_notice(notice=draft, by=by, on=on)
        with self.acting("rachid") as (by, on):
            confirm_notice(notice_id=notice.pk, language="nl", by=by, on=on)
