"""A report as a paper to keep: PDF/A, with keys instead of names, and what it was signed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from oversight.documents.reports_pictures import pictures_of, role_words
from oversight.documents.reports_words import (
    finding_rows,
    kind_rows,
    page_rows,
    period_words,
)
from oversight.models import SignedReport
from oversight.rules.reports import Period, Said
from pdf import papers
from students.models import School


@dataclass(frozen=True)
class Signature:
    """Who signed, when, and what fastens the report to the log."""

    name: str
    role: str
    signed_at: datetime
    digest: str
    head_number: int
    head_link: str
    head_sealed_at: datetime
    remarks: str

    @classmethod
    def of(cls, report: SignedReport, remarks: str) -> Signature:
        """As it stands on a report."""
        return cls(
            name=report.signed_by.name,
            role=role_words(report.signed_as),
            signed_at=timezone.localtime(report.signed_at),
            digest=report.digest,
            head_number=report.head_number,
            head_link=report.head_link,
            head_sealed_at=timezone.localtime(report.head_sealed_at),
            remarks=remarks,
        )


def report_paper(
    school: School, period: Period, said: Said, signature: Signature | None, *, language: str
) -> bytes:
    """The report as PDF/A-2a; across a draft stands that nobody signed it. Raises NotMade."""
    with override(language):
        pictures = pictures_of(
            said.numbers,
            period,
            school.region,
            found_on={finding.day for finding in said.findings},
            person=lambda one: str(one.key),
            pupil=lambda one: str(one.key),
        )
        context = {
            "school": school,
            "period": period_words(period),
            "numbers": said.numbers,
            "pictures": pictures,
            "pages": page_rows(said.numbers),
            "kinds": kind_rows(said.numbers),
            "findings": finding_rows(said.findings),
            "signature": signature,
            "when": date_format(signature.signed_at, "j F Y, H:i:s") if signature else "",
            "sealed": date_format(signature.head_sealed_at, "j F Y, H:i:s") if signature else "",
        }
        return papers.make(
            "oversight/reports/paper.html",
            context,
            title=_("Report of the log: %(school)s, %(period)s")
            % {"school": school.name, "period": context["period"]},
            language=language,
            pictures={one.key: one.svg.encode() for one in pictures if one.svg},
            watermark="" if signature else _("Draft, not signed"),
            is_archived=True,
        )
