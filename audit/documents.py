"""The log as a file to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.lines import Line

# A cell that begins with one of these is a formula to a spreadsheet, wide letters too.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet reckons with."""
    return f"'{text}" if text.lstrip(" '\u00a0").startswith(_FORMULA) else text


def log_as_csv(lines: Iterable[Line], *, stopped_at: datetime | None = None) -> bytes:
    """UTF-8 with a mark and semicolons, as Excel in Dutch opens it.

    `stopped_at`: the search had no time to look further back; the last line says so.
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(
        [
            _("When"),
            _("Who"),
            _("Role"),
            _("What"),
            _("Page"),
            _("Fields changed"),
            _("Pupils"),
            _("Pupils not named"),
            _("Ground"),
            _("Outcome"),
            _("From where"),
            _("Request"),
        ]
    )
    for line in lines:
        writer.writerow([harmless(cell) for cell in _cells(line)])
    if stopped_at:
        day = date_format(timezone.localtime(stopped_at), "j F Y")
        writer.writerow([_("Searched back to %(day)s, not further.") % {"day": day}])
    return file.getvalue().encode("utf-8-sig")


def _cells(line: Line) -> list[str]:
    return [
        timezone.localtime(line.when).strftime("%Y-%m-%d %H:%M:%S"),
        line.who,
        line.role,
        line.what,
        line.page,
        line.fields,
        ", ".join(subject.name for subject in line.subjects),
        str(line.others) if line.others else "",
        line.ground,
        line.outcome,
        line.address,
        line.request_id,
    ]
