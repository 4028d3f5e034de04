"""What was signed: opened for its readers, and compared with a file that somebody brings."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from access.models import User
from audit import subjects
from audit.models import LogEntry
from files.errors import Unwelcome
from files.previews import words_on
from oversight import events
from oversight.models import SignedReport
from oversight.queries.reports import signed_reports_visible_to
from oversight.rules.reports import Period, Said, digest_of
from students.models import School
from vault import blobs
from vault.chunks import SealedFile
from vault.errors import Unreadable
from vault.sealing import keyring

_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_AROUND = timedelta(days=1)  # where in the log the row about signing stands


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
    content = _content(report)
    said = Said.of_plain(content["said"])
    numbers = said.numbers.without(subjects.own_children(user))
    return Opened(report, replace(said, numbers=numbers), content["remarks"])


def is_about_own_child(report: SignedReport, user: User) -> bool:
    """Whether a dossier of the reader's own child stands on the paper. Raises Unreadable."""
    own = set(subjects.own_children(user))
    said = Said.of_plain(_content(report)["said"]) if own else None
    return said is not None and any(one.key in own for one in said.numbers.dossiers)


def paper_of(report: SignedReport) -> bytes:
    """The paper as it was signed. Raises Unreadable when it was changed, or its key is gone."""
    keys = keyring([report.pk])
    source = blobs.open_blob(report.blob)
    try:
        with SealedFile(keys, report.pk, report.paper_place, source) as paper:
            data = paper.read_all()
    finally:
        source.close()
    if hashlib.sha256(data).hexdigest() != report.paper_digest:
        raise Unreadable("the paper of a report is not the one that was signed")
    return data


def _content(report: SignedReport) -> dict[str, Any]:
    return keyring([report.pk]).open_json(report.pk, report.place, report.sealed)


def papers_in_use(names: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these sealed files are papers of reports, for the sweep."""
    with connection.cursor() as cursor:
        cursor.execute("select report_papers_in_use(%s)", [names])
        return {name for (name,) in cursor.fetchall()}


class Verdict(StrEnum):
    """What can be said of a file."""

    GENUINE = "genuine"  # byte for byte what was signed, and all that is kept of it still fits
    CHANGED = "changed"  # it bears the hash of a report, and is not the file that was signed
    UNKNOWN = "unknown"  # nothing in it points at a report of this portal


@dataclass(frozen=True)
class Verified:
    """The verdict, about which report, and what no longer fits."""

    verdict: Verdict
    report: SignedReport | None = None
    trouble: tuple[str, ...] = ()


def verify(data: bytes) -> Verified:
    """Looks for the file itself, then for a hash on it; reads a stranger's PDF in the sandbox."""
    digest = hashlib.sha256(data).hexdigest()
    rows = SignedReport.objects.select_related("school__unit")
    report = rows.filter(paper_digest=digest).first()
    if report is not None:
        trouble = tuple(_trouble(report, data))
        return Verified(Verdict.CHANGED if trouble else Verdict.GENUINE, report, trouble)
    report = rows.filter(digest__in=_hashes(data)).first()
    return Verified(Verdict.CHANGED, report) if report else Verified(Verdict.UNKNOWN)


def _trouble(report: SignedReport, data: bytes) -> list[str]:
    """What of a report does not fit the file: the copy kept, the content, the row in the log."""
    found = []
    try:
        if paper_of(report) != data:
            found.append("the copy that is kept")
        content = _content(report)
        signed = report.signed_content(content["said"], content["remarks"])
        if digest_of(signed) != report.digest:
            found.append("what was signed")
    except Unreadable:
        found.append("what is kept, which can't be opened")
    if not _stands_in_the_log(report):
        found.append("the row in the log")
    return found


def _stands_in_the_log(report: SignedReport) -> bool:
    """Whether the log, which is sealed, says that this very report was signed."""
    row = LogEntry.objects.filter(
        event=events.REPORT_SIGNED.code,
        object_pk=str(report.pk),
        actor=report.signed_by_id,
        timestamp__gte=report.signed_at - _AROUND,
        timestamp__lte=report.signed_at + _AROUND,
    ).first()
    said = row.additional_data if row and isinstance(row.additional_data, dict) else {}
    return (said.get("digest"), said.get("paper")) == (report.digest, report.paper_digest)


def _hashes(data: bytes) -> list[str]:
    """What looks like a hash in the text of a PDF; a file that can't be read has none."""
    if not data.startswith(b"%PDF-"):
        return _HASH.findall(data.decode("latin-1").lower())
    try:
        return _HASH.findall(words_on(data).lower())
    except Unwelcome:
        return []
