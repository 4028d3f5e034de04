from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.frozen import Verdict, Verified
from audit.telling_papers import VerifyCommand
from oversight.models import SignedReport
from oversight.queries.reports_signed import verify


class Command(VerifyCommand[SignedReport]):
    """Tells whether somebody's report is the one that was signed; names nobody."""

    help = "Says of a file whether it is a signed report, a changed one, or unknown."
    job = "verify_report"
    too_large = "No report is this large."
    said = {
        Verdict.GENUINE: "genuine: this is the file that was signed, and all that is kept of it"
        " fits",
        Verdict.CHANGED: "changed: this is not, or no longer, the report that was signed",
        Verdict.UNKNOWN: "unknown: nothing in this file points at a signed report of this portal",
    }

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the file and says which it is."""
        self.tell(options["file"], on=timezone.localdate())

    def verified(self, data: bytes) -> Verified[SignedReport]:
        """Among the signed reports."""
        return verify(data)

    def lines_about(self, row: SignedReport) -> list[str]:
        """Which school and month, and what fastens it to the log."""
        return [
            f"Report {row.pk}, school {row.school_id}, month {row.first_day:%Y-%m}.",
            f"Head of the log when it was signed: {row.head_number} {row.head_link}",
        ]
