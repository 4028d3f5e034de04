"""Who looked in the weeks before: rows as the pages write them, a parent's questions, an answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from access.acting import acting_as
from access.gate import Kind
from access.models import User
from audit.actions import row, write
from audit.events import FILE_DOWNLOADED, FILE_SEEN, PAGE_SEEN, PRINTED
from audit.grounds import Ground
from audit.models import LogEntry
from demo.calendar import Calendar
from dossiers.models import Dossier
from oversight.actions.looks import ToHold, choose_names, hold_back
from oversight.actions.questions import answer_question, ask_why
from oversight.models import HoldBack
from students.models import Board, Pupil

_EVENTS = {
    Kind.LOOK: PAGE_SEEN,
    Kind.FILE: FILE_SEEN,
    Kind.PRINT: PRINTED,
    Kind.DOWNLOAD: FILE_DOWNLOADED,
}
_WEEKS = 3


@dataclass(frozen=True)
class _Look:
    """Somebody opened a page of a dossier some days ago, at an hour and a minute."""

    who: str
    page: str
    days: int
    at: tuple[int, int]
    kind: Kind = Kind.LOOK
    ground: str = Ground.ASSIGNMENT


# Noor's mother finds these on her page.
_NOOR = (
    _Look("joost", "dossier_part", 16, (8, 12)),
    _Look("joost", "note", 16, (8, 15)),
    _Look("hanna", "dossier_part", 12, (15, 40)),
    _Look("hanna", "file", 12, (15, 44), Kind.FILE),
    _Look("arda", "dossier_part", 9, (11, 5), ground=Ground.MEDICAL),
    _Look("mila", "dossier_part", 6, (8, 20), ground=Ground.SUBSTITUTE),
    _Look("joost", "print_part", 2, (16, 10), Kind.PRINT),
    _Look("joost", "dossier_part", 2, (16, 2)),
    _Look("hanna", "download_file", 1, (10, 30), Kind.DOWNLOAD),
)
_LOTTE = (_Look("femke", "emergency_card", 4, (12, 25), ground=Ground.EMERGENCY),)


class LookingFilling:
    """Fills the log with looks at dossiers, and what families and staff do with that."""

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

    def fill(self, board: Board) -> None:
        """Looks first: a question is about one of them."""
        self.say("who looked, questions")
        with self._acting("olaf") as (by, on):
            choose_names(board=board, with_names=True, by=by, on=on)
        noor, lotte = self._pupil("Noor", "Bergen"), self._pupil("Lotte", "Meulen")
        made = self._look(noor, _NOOR)
        self._look(lotte, _LOTTE)
        self._look_at_the_group("6B", but=noor)
        self._ask(noor, made[3], 11, "Waarom keek de intern begeleider in dit bestand?")
        self._ask(noor, made[6], 1, "Waarom is dit afgedrukt, en waar is het papier nu?")
        self._hold_back()

    def _look_at_the_group(self, group: str, *, but: Pupil) -> None:
        """The teacher opens each dossier now and then, on days at school."""
        places = {"enrolments__places__group__name": group}
        pupils = Pupil.objects.filter(**places).exclude(pk=but.pk).distinct().order_by("pk")
        for pupil in pupils:
            looks = [
                _Look("joost", "dossier_part", 1 + self.chance.randrange(_WEEKS * 7), (15, minute))
                for minute in self.chance.sample(range(60), 3)
            ]
            self._look(pupil, looks)

    def _look(self, pupil: Pupil, looks: tuple[_Look, ...] | list[_Look]) -> list[LogEntry]:
        """Writes them as the pages do, on the moments they tell of."""
        dossier = Dossier.objects.get(pupil=pupil, school__enrolments__pupil=pupil)
        return [self._written(pupil, dossier, look) for look in looks]

    def _written(self, pupil: Pupil, dossier: Dossier, look: _Look) -> LogEntry:
        user, day = self.users[look.who], self._school_day(look.days)
        with acting_as(user, on=day) as work:
            entry = row(
                work,
                _EVENTS[look.kind],
                by=user,
                subjects=[pupil.log_key],
                ground=look.ground,
            )
            entry.unit = dossier.school_id
            entry.timestamp = timezone.make_aware(datetime.combine(day, time(*look.at)))
            entry.object_pk = str(dossier.pk)
            entry.additional_data = {"page": look.page, "method": "GET", "status": 200}
            write([entry])
        return entry

    def _school_day(self, days_ago: int) -> date:
        """That day, or the Friday before when it was in a weekend."""
        day = self.days.ago(days_ago)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def _ask(self, pupil: Pupil, look: LogEntry, days_ago: int, words: str) -> None:
        """Noor's mother asks; what she asked more than a week ago the director answered.

        In the first days of a school year she asks since it began: the children come with it.
        """
        asked = min(days_ago, (self.days.today - self.days.year_starts).days)
        with self._acting("yvonne", asked) as (by, on):
            question = ask_why(pupil=pupil, look=look.pk, words=words, by=by, on=on)
        if days_ago < 7:
            return
        said = (
            "Hanna bereidde het gesprek met u voor. Zij las het verslag van de logopedist, omdat"
            " u daarnaar vroeg."
        )
        with self._acting("karin", max(0, asked - 6)) as (by, on):
            answer_question(question=question, words=said, by=by, on=on)

    def _hold_back(self) -> None:
        """One case of which the family's page shows no trace."""
        pupils = Pupil.objects.filter(enrolments__places__group__name="6B", user__isnull=True)
        pupil = pupils.exclude(first_name__in=("Noor", "Bram")).order_by("pk")[0]
        wanted = ToHold(
            what=HoldBack.What.ROWS,
            words="Er loopt een onderzoek; na overleg met de FG tijdelijk niet getoond.",
            ends_on=self.days.ahead(25),
            first_day=self.days.ago(7),
        )
        with self._acting("priya") as (by, on):
            hold_back(pupil=pupil, wanted=wanted, by=by, on=on)

    def _pupil(self, first: str, surname: str) -> Pupil:
        rows = Pupil.objects.select_related("board__unit")
        return rows.get(first_name=first, surname=surname)

    @contextmanager
    def _acting(self, username: str, days_ago: int = 0) -> Iterator[tuple[User, date]]:
        user = User.objects.get(pk=self.users[username].pk)
        day = self.days.ago(days_ago)
        with acting_as(user, on=day):
            yield user, day
