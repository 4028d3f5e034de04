"""What stood out lately: rows as the pages write them, found, judged and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from access.acting import Job, Work, acting_as
from access.models import Unit, User
from audit.actions import row, write
from audit.events import (
    EXPORTED,
    PAGE_REFUSED,
    PAGE_SEEN,
    REFUSALS_HELD_BACK,
    ROLE_GIVEN,
    Event,
    Outcome,
)
from audit.grounds import Ground
from audit.models import LogEntry
from demo.calendar import Calendar
from dossiers.events import CARD_OPENED_IN_AN_EMERGENCY
from dossiers.models import Dossier
from oversight.actions.findings import look_at_day
from oversight.actions.findings_judging import judge_finding, reply_to_finding
from oversight.actions.findings_settings import Decided, record_assent
from oversight.models import Finding
from students.models import Board, Pupil, School

_WEEKS = 2
_JOB = Job("look_for_findings")


@dataclass(frozen=True)
class _Story:
    """What somebody did on one day, row by row: at which minute, about which pupils."""

    who: str
    days: int
    begins: time
    event: Event = PAGE_SEEN
    page: str = "dossier_part"
    ground: str = Ground.ASSIGNMENT
    outcome: str = Outcome.SUCCESS
    rows: int = 1
    apart: int = 2  # minutes
    pupils: int = 1  # in each row


_STORIES = (
    _Story("hanna", 3, time(22, 41), rows=4, apart=3),
    _Story(
        "greet", 9, time(15, 12), EXPORTED, "export_school_pupils", Ground.ADMINISTRATION, pupils=42
    ),
    _Story("joost", 7, time(15, 5), rows=14, apart=3),
    _Story("femke", 5, time(12, 20), CARD_OPENED_IN_AN_EMERGENCY, "", Ground.EMERGENCY),
    _Story("mila", 4, time(10, 14), PAGE_REFUSED, "dossier", Ground.NONE, Outcome.REFUSED, 6, 1, 0),
    _Story("karin", 6, time(9, 30), ROLE_GIVEN, "", Ground.NONE, pupils=0),
)


class FindingsFilling:
    """Fills the log with what stands out, and lets the night find it."""

    def __init__(self, days: Calendar, users: dict[str, User], say: Callable[[str], None]) -> None:
        self.days = days
        self.users = users
        self.say = say

    def fill(self, board: Board, school: School) -> None:
        """Assent first: without it nothing is found about anybody."""
        self.say("findings")
        self.school = school
        with self._acting("karin", 60) as (by, on):
            minutes = "Verslag 7, punt 4: de personeelsgeleding stemt in (verzonnen)."
            decided = Decided(self.days.ago(62), "Secretaris van de personeelsgeleding", minutes)
            record_assent(school=school, decided=decided, by=by, on=on)
        for story in _STORIES:
            self._tell(story)
        self._visitors(board)
        first = self.days.ago(_WEEKS * 7)
        for unit in (school.unit, board.unit):
            self._look(unit, first)
        self._judge()

    def _tell(self, story: _Story) -> None:
        """Writes the rows of a story as the pages and actions do."""
        user, day = self.users[story.who], self._school_day(story.days)
        pupils = self._pupils(story)
        with acting_as(user, on=day) as work:
            write([self._row(work, story, pupils, n) for n in range(story.rows)])

    def _row(self, work: Work, story: _Story, pupils: Sequence[Pupil], n: int) -> LogEntry:
        start = n * story.pupils % max(1, len(pupils))
        entry = row(
            work,
            story.event,
            by=work.by,
            subjects=[pupil.log_key for pupil in pupils[start : start + story.pupils]],
            ground=story.ground,
            outcome=story.outcome,
        )
        begins = timezone.make_aware(datetime.combine(work.on, story.begins))
        entry.unit = self.school.pk
        entry.timestamp = begins + timedelta(minutes=n * story.apart)
        entry.additional_data = _detail(story)
        return entry

    def _pupils(self, story: _Story) -> list[Pupil]:
        """Those whose dossiers that colleague opens; of anybody else the whole school's."""
        rows = Dossier.objects.filter(school=self.school)
        if story.ground == Ground.ASSIGNMENT:
            rows = rows.filter(assignments__user=self.users[story.who])
        found = rows.select_related("pupil").order_by("pupil__sort_name", "pk").distinct()
        return [dossier.pupil for dossier in found[:50]]

    def _visitors(self, board: Board) -> None:
        """Somebody outside tried passwords one evening; what was held back is counted."""
        day = self.days.ago(2)
        with acting_as(_JOB, on=day) as work:
            entry = row(work, REFUSALS_HELD_BACK, by=_JOB, outcome=Outcome.REFUSED)
            entry.timestamp = timezone.make_aware(datetime.combine(day, time(20, 3)))
            entry.remote_addr = "192.0.2.44"
            entry.additional_data = {"number": 61, "minute": entry.timestamp.isoformat()}
            write([entry])

    def _look(self, unit: Unit, first: date) -> None:
        """Each night since then, as the worker does."""
        for n in range((self.days.today - first).days):
            with acting_as(_JOB, on=self.days.today):
                look_at_day(unit=unit, day=first + timedelta(days=n), by=_JOB, on=self.days.today)

    def _judge(self) -> None:
        """One is judged, to one somebody replied; the others wait."""
        bulk = self._finding("greet", "bulk")
        self._reply("greet", bulk, "De lijst was voor de schoolfotograaf (verzonnen).")
        with self._acting("karin") as (by, on):
            note = "Besproken met Greet. De fotograaf kreeg alleen namen; de lijst is vernietigd."
            judge_finding(finding=bulk, outcome="explained", note=note, seen=0, by=by, on=on)
        late = self._finding("hanna", "outside-hours")
        self._reply("hanna", late, "Ik bereidde thuis de gesprekken van de volgende dag voor.")

    def _reply(self, who: str, finding: Finding, words: str) -> None:
        with self._acting(who) as (by, on):
            reply_to_finding(finding=finding, words=words, by=by, on=on)

    def _finding(self, who: str, rule: str) -> Finding:
        rows = Finding.objects.filter(person=self.users[who], rule=rule)
        return rows.order_by("-day")[0]

    def _school_day(self, days_ago: int) -> date:
        """That day, or the Friday before when it was in a weekend."""
        day = self.days.ago(days_ago)
        return day - timedelta(days=max(0, day.weekday() - 4))

    @contextmanager
    def _acting(self, username: str, days_ago: int = 0) -> Iterator[tuple[User, date]]:
        user = User.objects.get(pk=self.users[username].pk)
        day = self.days.ago(days_ago)
        with acting_as(user, on=day):
            yield user, day


def _detail(story: _Story) -> dict[str, Any] | None:
    """What the page adds to its row; an action adds nothing here."""
    if not story.page:
        return None
    status = 404 if story.outcome == Outcome.REFUSED else 200
    return {"page": story.page, "method": "GET", "status": status}
