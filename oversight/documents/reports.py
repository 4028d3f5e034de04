"""A report as a page shows it and as a file takes it along: with the names the reader may see."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.documents import harmless
from audit.subjects import Subject
from oversight.documents.reports_pictures import Picture, pictures_of
from oversight.documents.reports_words import finding_rows, kind_rows, page_rows
from oversight.rules.reports import Period, Ranked, Said
from students.models import School


@dataclass(frozen=True)
class Names:
    """Who the keys of a report are, as far as this reader may know."""

    people: Mapping[uuid.UUID, str]
    pupils: Mapping[uuid.UUID, Subject]

    def person(self, one: Ranked) -> str:
        """Somebody who looked or was refused."""
        return self.people.get(one.key) or _("somebody whose account is gone")

    def pupil(self, one: Ranked) -> str:
        """A pupil by name, else by the beginning of the key that stands on paper."""
        known = self.pupils.get(one.key)
        return known.name if known else _("key %(key)s") % {"key": str(one.key)[:8]}


def pictures_with_names(school: School, period: Period, said: Said, names: Names) -> list[Picture]:
    """The pictures of a report, with names in the tables behind them."""
    return pictures_of(
        said.numbers,
        period,
        school.region,
        found_on={finding.day for finding in said.findings},
        person=names.person,
        pupil=names.pupil,
    )


def report_as_csv(school: School, period: Period, said: Said, names: Names) -> bytes:
    """Every number of a report, one a line: which list, what, how many."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([_("School"), school.name, "", ""])
    writer.writerow([_("From"), period.first.isoformat(), "", ""])
    writer.writerow([_("Up to and including"), period.last.isoformat(), "", ""])
    writer.writerow([_("List"), _("What"), _("More"), _("Number")])
    for line in _lines(school, period, said, names):
        writer.writerow([harmless(cell) for cell in line])
    return file.getvalue().encode("utf-8-sig")


def _lines(
    school: School, period: Period, said: Said, names: Names
) -> list[tuple[str, str, str, str]]:
    numbers = said.numbers
    whole = _("All together")
    lines = [
        (whole, _("Looks"), "", str(numbers.looks)),
        (whole, _("People who looked"), "", str(numbers.people)),
        (whole, _("Pupils whose data was looked at"), "", str(numbers.pupils)),
        (whole, _("Refusals"), "", str(numbers.refused)),
        (whole, _("Rows in the log"), "", str(numbers.rows)),
    ]
    days = _("Looks per day")
    lines += [(days, day.isoformat(), "", str(number)) for day, number in numbers.days]
    for picture in pictures_with_names(school, period, said, names):
        if picture.key != "days":
            lines += [_of_row(picture, row) for row in picture.rows]
    lines += [(_("What was refused"), page, "", str(n)) for page, n in page_rows(numbers)]
    lines += [(_("Open findings"), *row) for row in finding_rows(said.findings)]
    lines += [(_("Everything in the log"), a, b, str(n)) for a, b, n in kind_rows(numbers)]
    return lines


def _of_row(picture: Picture, row: tuple[str, ...]) -> tuple[str, str, str, str]:
    """A row of a table behind a picture; a list by place leaves the place out."""
    if picture.key in ("people", "refusals", "grounds"):
        what, more, number = row[-3:]
        return (picture.title, what, more, number)
    if picture.key == "dossiers":
        return (picture.title, row[1], row[3], row[2])
    return (picture.title, row[0], "", row[1])
