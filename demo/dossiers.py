"""What is done with the invented dossiers: assigned, written in, agreed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from access.acting import acting_as
from access.models import User
from demo.calendar import Calendar
from demo.files import invented_files
from demo.texts import AGREEMENTS, CARD, ELSEWHERE, MEDICAL, NOTES
from dossiers.actions.agreements import AgreementText, make_agreement
from dossiers.actions.assignments import assign
from dossiers.actions.elsewhere import Elsewhere, add_record_elsewhere
from dossiers.actions.emergency import CardText, write_card
from dossiers.actions.files import Sent, add_file
from dossiers.actions.groups import assign_group
from dossiers.actions.notes import NoteText, write_note
from dossiers.kinds import AssignmentKind
from dossiers.models import Dossier, DossierPart
from dossiers.rules.assigning import Wanted
from students.models import Group

_REASON = "begeleidt deze leerling dit schooljaar"


def part_of(dossier: Dossier, kind: str) -> DossierPart:
    """A part of a dossier, as the actions want it."""
    parts = DossierPart.objects.select_related("dossier__pupil", "dossier__school")
    return parts.get(dossier=dossier, kind=kind)


class DossierFilling:
    """Fills the dossiers of the first school's group 6B, Noor's most of all."""

    def __init__(
        self,
        days: Calendar,
        users: dict[str, User],
        chance: random.Random,
        say: Callable[[str], None],
    ) -> None:
        self.days = days
        self.users = users
        self.chance = chance
        self.say = say

    def fill(self) -> None:
        """Assignments first: nobody writes in a dossier that is not open to them."""
        self.say("assignments")
        for by, user, group in (
            ("karin", "hanna", "6A"),
            ("karin", "hanna", "6B"),
            ("karin", "joost", "6B"),
            ("karin", "daan", "6A"),
            ("samira", "tom", "6C"),
        ):
            self._assign_group(by, user, group, AssignmentKind.COUNSELLOR)
        self._assign_group("karin", "mila", "6B", AssignmentKind.SUBSTITUTE)
        self.noor = self._dossier("Noor", "Bergen")
        self._assign_doctor(self.noor)
        self.say("notes, agreements, cards")
        self._write_notes()
        self._agree()
        self._write_cards()
        self.say("files")
        self._add_files()

    def _dossier(self, first: str, surname: str) -> Dossier:
        return Dossier.objects.select_related("pupil", "school__unit").get(
            pupil__first_name=first, pupil__surname=surname, pupil__prefix="van den"
        )

    def _assign_group(self, by: str, user: str, group: str, kind: AssignmentKind) -> None:
        ends = self.days.ahead(11) if kind is AssignmentKind.SUBSTITUTE else None
        starts = max(self.days.year_starts, self.days.ago(90))
        with self._acting(by) as (keeper, on):
            assign_group(
                group=Group.objects.select_related("school__unit", "school_year").get(name=group),
                user=self.users[user],
                wanted=Wanted(kind, on if ends else starts, ends, _REASON),
                by=keeper,
                on=on,
            )

    def _assign_doctor(self, dossier: Dossier) -> None:
        with self._acting("karin") as (by, on):
            assign(
                dossier=dossier,
                user=self.users["arda"],
                kind=AssignmentKind.MEDICAL,
                starts_on=self.days.ago(60),
                ends_on=None,
                reason="onderzoekt het gehoor",
                by=by,
                on=on,
            )

    def _write_notes(self) -> None:
        for n, (part, title, facts, opinion) in enumerate(NOTES):
            writer = "hanna" if n % 2 == 0 else "joost"
            self._write(writer, self.noor, part, NoteText(title, facts, opinion), n)
        others = Dossier.objects.filter(assignments__user=self.users["joost"])
        for dossier in others.exclude(pk=self.noor.pk).order_by("pupil__sort_name")[:7]:
            part, title, facts, opinion = self.chance.choice(NOTES)
            self._write("joost", dossier, part, NoteText(title, facts, opinion), 3)
        self._write("arda", self.noor, "medical", NoteText(*MEDICAL), 5)

    def _write(self, writer: str, dossier: Dossier, part: str, text: NoteText, n: int) -> None:
        with self._acting(writer) as (by, on):
            write_note(
                part=part_of(dossier, part),
                text=text,
                happened_on=self.days.ago(n * 9 + 2),
                by=by,
                on=on,
            )

    def _agree(self) -> None:
        for text, with_whom, days in AGREEMENTS:
            with self._acting("hanna") as (by, on):
                make_agreement(
                    part=part_of(self.noor, "agreements"),
                    text=AgreementText(text, with_whom),
                    made_on=self.days.ago(20),
                    review_on=self.days.ahead(days),
                    by=by,
                    on=on,
                )
        for system, kind, custodian, term in ELSEWHERE:
            with self._acting("hanna") as (by, on):
                add_record_elsewhere(
                    dossier=self.noor, what=Elsewhere(system, kind, custodian, term), by=by, on=on
                )

    def _write_cards(self) -> None:
        with self._acting("joost") as (by, on):
            write_card(
                part=part_of(self.noor, "emergency"),
                text=CardText(*CARD),
                seen_number=0,
                by=by,
                on=on,
            )

    def _add_files(self) -> None:
        for who, part, name, data in invented_files():
            with self._acting(who) as (by, on):
                add_file(part=part_of(self.noor, part), sent=Sent.of(name, data), by=by, on=on)

    @contextmanager
    def _acting(self, username: str) -> Iterator[tuple[User, date]]:
        user = User.objects.get(pk=self.users[username].pk)
        with acting_as(user, on=self.days.today):
            yield user, self.days.today
