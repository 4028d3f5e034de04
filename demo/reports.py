"""A month of ordinary looks at both schools, and the report of one of them signed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from access.acting import Work, acting_as
from access.errors import Refused
from access.models import User
from audit.actions import row, write
from audit.digest import digest_of
from audit.events import FILE_SEEN, PAGE_LISTED, PAGE_REFUSED, PAGE_SEEN, PRINTED, Outcome
from audit.grounds import Ground
from audit.models import LogEntry
from audit.sealing import seal_log
from demo import people
from demo.calendar import Calendar
from oversight.actions.reports import Shown, sign_report
from oversight.queries.reports import said_about
from oversight.rules.findings_days import is_school_day
from oversight.rules.reports import Period, month_of
from oversight.tasks.findings import looked_at
from students.models import Pupil, School

_EVENTS = ((PAGE_SEEN, FILE_SEEN, PRINTED, PAGE_LISTED, PAGE_REFUSED), (70, 12, 3, 12, 3))
_Habit = tuple[str, str, int, str, str, tuple[int, int]]
# Who opens how many pages on a day at school, as what, and between which hours.
_HABITS: tuple[_Habit, ...] = (
    ("joost", people.FIRST_SCHOOL, 9, Ground.ASSIGNMENT, "dossier_part", (8, 17)),
    ("hanna", people.FIRST_SCHOOL, 7, Ground.ASSIGNMENT, "dossier_part", (9, 18)),
    ("daan", people.FIRST_SCHOOL, 5, Ground.ASSIGNMENT, "note", (8, 16)),
    ("karin", people.FIRST_SCHOOL, 2, Ground.CUSTODIAN, "dossier_readers", (9, 17)),
    ("greet", people.FIRST_SCHOOL, 6, Ground.ADMINISTRATION, "school_pupil", (8, 15)),
    ("arda", people.FIRST_SCHOOL, 1, Ground.MEDICAL, "dossier_part", (10, 15)),
    ("tom", people.SECOND_SCHOOL, 6, Ground.ASSIGNMENT, "dossier_part", (8, 17)),
    ("samira", people.SECOND_SCHOOL, 2, Ground.CUSTODIAN, "dossier_readers", (9, 17)),
)
_REMARKS = "Besproken in het team van maandag. De uitdraai van groep 6C was voor de schoolreis."


class ReportsFilling:
    """Fills the log of last month, as the pages write it."""

    def __init__(
        self,
        days: Calendar,
        users: dict[str, User],
        say: Callable[[str], None],
    ) -> None:
        self.month = last_month(days.today)
        self.users = users
        self.chance = random.Random(33)  # nosec B311  the same log every time
        self.say = say

    def fill(self, schools: dict[str, School]) -> None:
        """Everybody's habits, day by day; a weekend now and then."""
        self.say("last month in the log")
        keys = {
            name: list(
                Pupil.objects.filter(enrolments__school=school)
                .order_by("pk")
                .values_list("log_key", flat=True)
            )
            for name, school in schools.items()
        }
        for habit in _HABITS:
            who, place = habit[:2]
            for day in self._days_of(schools[place]):
                with acting_as(self.users[who], on=day) as work:
                    write(list(self._day(work, schools[place], keys[place], habit)))

    def _day(
        self, work: Work, school: School, pupils: list[uuid.UUID], habit: _Habit
    ) -> Iterator[LogEntry]:
        """What somebody opens on one day; some dossiers more than others."""
        _who, _place, often, ground, page, hours = habit
        for _look in range(self.chance.randint(0, often)):
            event = self.chance.choices(*_EVENTS)[0]
            is_refused = event is PAGE_REFUSED
            entry = row(
                work,
                event,
                by=work.by,
                subjects=[] if is_refused else [self.chance.choice(pupils[:12] + pupils)],
                ground=Ground.NONE if is_refused else ground,
                outcome=Outcome.REFUSED if is_refused else Outcome.SUCCESS,
            )
            yield self._placed(entry, school, page, work.on, hours)

    def _days_of(self, school: School) -> Iterator[date]:
        for day in self.month.days:
            if is_school_day(day, school.region) or self.chance.random() < 0.08:
                yield day

    def _placed(
        self, entry: LogEntry, school: School, page: str, day: date, hours: tuple[int, int]
    ) -> LogEntry:
        """When and where; the middle of the hours is busier than their ends."""
        at = self.chance.triangular(hours[0] * 60, hours[1] * 60)
        moment = datetime.combine(day, time(int(at) // 60, int(at) % 60))
        entry.timestamp = timezone.make_aware(moment)
        entry.unit = school.pk
        entry.additional_data = {"page": page, "method": "GET", "status": 200}
        return entry


def last_month(today: date) -> Period:
    """The month before this one."""
    return month_of(today.replace(day=1) - timedelta(days=1))


def sign_last_month(today: date, say: Callable[[str], None]) -> None:
    """Seals the log and lets the second school's director sign: after the filling has ended."""
    say("last month's report, sealed and signed")
    seal_log(now=timezone.now())
    school = School.objects.select_related("unit").get(unit__name=people.SECOND_SCHOOL)
    period = last_month(today)
    samira = User.objects.get(username="samira")
    for _looked in looked_at(school.unit, on=today, days=[period.last]):
        pass  # as the night after it did
    try:
        with acting_as(samira, on=today):
            said = said_about(samira, school, period, on=today)
            sign_report(
                school=school,
                period=period,
                shown=Shown(digest_of(said.plain()), _REMARKS),
                language="nl",
                by=samira,
                on=today,
            )
    except Refused:  # in the first hour of a month its log is not settled
        say("not signed: the month ended just now")
