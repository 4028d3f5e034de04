"""What is wrong with an upload: where, with whom (a key, never a name), and in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_KEPT = 500

WORDS: dict[str, Promise] = {
    # the file as a whole
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(megabytes)s MB. Export one school at a time."),
    "zip": _("This is a zip file. Unpack it and send the file that is in it."),
    "html": _("This is a web page, not an export. Download the file again from your system."),
    "nul": _("The file holds NUL bytes. It is damaged or not a text file. Export it again."),
    "unicode_16": _("The file is in UTF-16. Save it as UTF-8 and send it again."),
    "encoding_unknown": _("The file says it is in an encoding that is not accepted. Use UTF-8."),
    "encoding_wrong": _("Characters here do not fit the encoding of the file. Save it as UTF-8."),
    "doctype": _("The file holds a document type (DTD). That is never accepted."),
    "not_edexml": _("This is not an EDEXML file: it does not start with EDEX."),
    "version_unknown": _("This EDEXML version is not known. Use 2.1, 2.0 or 1.0.3."),
    "no_pupils": _("The file has no list of pupils (leerlingen)."),
    "other_school": _("The file is of another school: BRIN code %(brin)s."),
    "section_unknown": _("This section is not part of EDEXML. Is its name misspelt?"),
    "too_many": _("The file holds more than %(most)s rows. Export one school at a time."),
    "part_too_large": _("One part of the file is far larger than a pupil can be."),
    "unknown_kind": _("This is neither an EDEXML file nor a CSV file."),
    # its shape as XML
    "xml_broken": _("The XML is broken here."),
    "xml_mismatch": _("An element is closed here that is not the one that was opened."),
    "xml_truncated": _("The file stops before its end. Export it again."),
    "xml_entity": _("An entity is used here that is not defined."),
    # its content
    "school_year_wrong": _("The school year must be two years in a row, such as 2026-2027."),
    "key_missing": _("A key is missing (%(field)s)."),
    "key_twice": _("This key occurs twice (%(field)s); it is also on line %(other)s."),
    "group_unknown": _("The group with key %(group)s is not in the file."),
    "location_unknown": _("The location with key %(location)s is not in the file."),
    "name_missing": _("The name is missing."),
    "text_too_long": _("The value is too long (%(field)s)."),
    "date_wrong": _("This is not a date that exists (%(field)s)."),
    "date_future": _("This date is still to come (%(field)s)."),
    "left_before_start": _("The pupil leaves before the day of enrolment."),
    "group_name_missing": _("The group has no name."),
    # the parents file
    "column_missing": _("The column %(field)s is missing."),
    "column_twice": _("The column %(field)s is there twice."),
    "cells_wrong": _("This row has %(found)s cells; the first row has %(expected)s."),
    "quote_open": _("A quotation mark is opened here and not closed."),
    "no_rows": _("The file has no rows below the names of the columns."),
    "word_unknown": _("This word is not known (%(field)s). Use one of: %(allowed)s."),
    "email_wrong": _("This is not an e-mail address."),
    "source_missing": _("Authority yes or no needs a source: where the school knows it from."),
    "parent_differs": _(
        "The same parent key has other names or another address on line %(other)s."
    ),
    "row_twice": _("The same parent and pupil are also on line %(other)s."),
    # found while it is applied: everything else in the file is done
    "being_destroyed": _(
        "What the school kept of this pupil is being destroyed now. Send the file again tomorrow."
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `details` never hold a value of the person concerned."""

    code: str
    line: int = 0
    key: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """The sentence in the language of the reader."""
        return str(WORDS[self.code]) % dict(self.details)

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "line": self.line,
            "key": self.key,
            "details": dict(self.details),
        }

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Problem:
        details = data.get("details")
        pairs = details.items() if isinstance(details, dict) else ()
        return cls(
            code=str(data["code"]),
            line=int(str(data["line"])),
            key=str(data["key"]),
            details=tuple((str(name), str(value)) for name, value in pairs),
        )


class Problems:
    """A bounded list of problems with the count of all."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self.total = 0

    def add(self, code: str, *, line: int = 0, key: str = "", **details: str | int) -> None:
        """Count a problem, and keep it while there is room. A key is cut to 100 characters."""
        self.total += 1
        if len(self._kept) < MOST_KEPT:
            pairs = tuple((name, str(value)[:100]) for name, value in details.items())
            self._kept.append(Problem(code, line, key[:100], pairs))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._kept, key=lambda problem: problem.line))

    def __bool__(self) -> bool:
        return self.total > 0


class BrokenFile(ValueError):
    """The upload cannot be read; nothing was changed. Holds every problem found."""

    def __init__(self, problems: Problems) -> None:
        self.problems = list(problems)
        self.total = problems.total
        super().__init__(f"{problems.total} problems")


def refusal(code: str, *, line: int = 0, **details: str | int) -> BrokenFile:
    """The refusal of a whole file for one reason."""
    problems = Problems()
    problems.add(code, line=line, key="", **details)
    return BrokenFile(problems)
