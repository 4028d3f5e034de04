"""What was signed: opened for its readers, and compared with a file that somebody brings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from access.models import User
from audit import frozen, subjects
from audit.digest import digest_of
from audit.frozen import Verified, content_of
from oversight import events
from oversight.models import SignedReport
from oversight.queries.reports import signed_reports_visible_to
from oversight.rules.reports import Period, Said
from students.models import School
from vault.errors import Unreadable
from vault.sealing import Keyring, keyring


@dataclass(frozen=True)
class Opened:
    """A signed report as it was: what it says, and the remarks."""

    report: SignedReport
    said: Said
    remarks: str


@dataclass(frozen=True)
class Kept:
    """What is kept of a month: the report that was signed, and what is not what was signed."""

    report: SignedReport | None
    damaged: list[SignedReport]


def standing(reports: Iterable[SignedReport]) -> list[SignedReport]:
    """Those of which the log says that they were signed; one query for all.

    Of a month of the log that left nobody can say it any more: then those stand that open and say
    what their hash says. Only the portal seals anything so that it opens.
    """
    rows = list(reports)
    said = frozen.said_by_the_log(rows, events.REPORT_SIGNED)
    left = frozen.left_the_log([row for row in rows if row.pk not in said])
    whole = _whole_among([row for row in rows if row.pk in left])
    return [row for row in rows if row.pk in said | whole]


def kept_of(rows: QuerySet[SignedReport]) -> Kept:
    """Of the reports of one month the one that was signed: it opens, and says what was signed."""
    found = list(rows.select_related("signed_by", "school__unit").order_by("-signed_at", "pk"))
    stand = standing(found)
    whole = _whole_among(stand)
    true = next((row for row in stand if row.pk in whole), None)
    return Kept(true, [row for row in found if row is not true])


def _whole_among(reports: Sequence[SignedReport]) -> set[uuid.UUID]:
    """Which of them open, and say what their hash says; one query for all."""
    keys = keyring([report.pk for report in reports]) if reports else None
    return {report.pk for report in reports if keys and _is_whole(report, keys)}


def _is_whole(report: SignedReport, keys: Keyring) -> bool:
    try:
        content = keys.open_json(report.pk, report.place, report.sealed)
        return digest_of(report.hashed(content)) == report.digest
    except Unreadable:
        return False


def kept_of_month(user: User, school: School, period: Period, *, on: date) -> Kept:
    """What is kept of a month, of which `user` reads the reports."""
    rows = signed_reports_visible_to(user, on=on)
    return kept_of(rows.filter(school=school, first_day=period.first))


def signed_report(user: User, school: School, period: Period, *, on: date) -> SignedReport | None:
    """The signed report of a month, if there is one that `user` reads."""
    return kept_of_month(user, school, period, on=on).report


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
