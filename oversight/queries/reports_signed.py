"""What was signed: opened for its readers, and compared with a file that somebody brings."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection

from access.models import User
from audit import frozen, subjects
from audit.frozen import Verified, content_of
from oversight import events
from oversight.models import SignedReport
from oversight.queries.reports import signed_reports_visible_to
from oversight.rules.reports import Period, Said
from students.models import School


@dataclass(frozen=True)
class Opened:
    """A signed report as it was: what it says, and the remarks."""

    report: SignedReport
    said: Said
    remarks: str


def signed_report(user: User, school: School, period: Period, *, on: date) -> SignedReport | None:
    """The signed report of a month, if there is one that `user` reads."""
    rows = signed_reports_visible_to(user, on=on)
    return rows.filter(school=school, first_day=period.first, last_day=period.last).first()


def opened(report: SignedReport, user: User) -> Opened:
    """What was signed; a line about the reader's own child is left out. Raises Unreadable."""
    content = content_of(report)
    said = Said.of_plain(content["said"])
    numbers = said.numbers.without(subjects.own_children(user))
    return Opened(report, replace(said, numbers=numbers), content["remarks"])


def is_about_own_child(report: SignedReport, user: User) -> bool:
    """Whether a dossier of the reader's own child stands on the paper. Raises Unreadable."""
    own = set(subjects.own_children(user))
    said = Said.of_plain(content_of(report)["said"]) if own else None
    return said is not None and any(one.key in own for one in said.numbers.dossiers)


def papers_in_use(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these sealed files are papers of reports, for the sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select report_papers_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}


def verify(data: bytes) -> Verified[SignedReport]:
    """Whether these bytes are a signed report, a changed one, or unknown."""
    rows = SignedReport.objects.select_related("school__unit")
    return frozen.verify(data, rows, events.REPORT_SIGNED)
