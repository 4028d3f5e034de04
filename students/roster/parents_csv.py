"""Reads the parents file: a CSV with one row per parent and pupil, as Excel saves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from students.roster.csv_rows import refuse_long_lines, rows_of
from students.roster.problems import BrokenFile, Problems, refusal
from students.roster.records import Authority, ParentRecord, ParentsFile, Relation
from students.roster.values import (
    LONGEST_FIRST_NAME,
    LONGEST_KEY,
    LONGEST_NAME,
    LONGEST_PREFIX,
    clean,
    limited,
    read_date,
)

# The columns of the template, in order, with other spellings that are understood.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ouder_sleutel": ("ouderkey", "parentkey", "oudernummer"),
    "leerling_sleutel": ("leerlingkey", "pupilkey", "leerlingnummer"),
    "voornaam": ("roepnaam", "givenname", "firstname"),
    "tussenvoegsel": ("voorvoegsel", "surnameprefix"),
    "achternaam": ("surname", "lastname"),
    "straat": ("street", "straatnaam"),
    "huisnummer": ("housenumber",),
    "postcode": (),
    "plaats": ("woonplaats", "city"),
    "geheim_adres": ("secretaddress", "geheim"),
    "e_mail": ("emailadres",),
    "relatie": ("relation",),
    "gezag": ("authority",),
    "sinds": ("since",),
    "bron": ("source",),
}
MOST_ROWS = 250_000
REQUIRED = ("leerling_sleutel", "achternaam", "gezag")
DROPPED_BY_NAME = frozenset(
    {"bsn", "geboortedatum", "geslacht", "telefoon", "mobiel", "nationaliteit", "beroep", "land"}
)
UNKNOWN_COLUMN = "?"

RELATIONS = {
    "moeder": Relation.MOTHER,
    "mother": Relation.MOTHER,
    "vader": Relation.FATHER,
    "father": Relation.FATHER,
    "stiefouder": Relation.STEPPARENT,
    "stiefmoeder": Relation.STEPPARENT,
    "stiefvader": Relation.STEPPARENT,
    "pleegouder": Relation.FOSTER,
    "pleegmoeder": Relation.FOSTER,
    "pleegvader": Relation.FOSTER,
    "grootouder": Relation.GRANDPARENT,
    "grandparent": Relation.GRANDPARENT,
    "opa": Relation.GRANDPARENT,
    "oma": Relation.GRANDPARENT,
    "ouder": Relation.OTHER,
    "voogd": Relation.OTHER,
    "anders": Relation.OTHER,
    "other": Relation.OTHER,
    "": Relation.OTHER,
}
AUTHORITIES = {
    "ja": Authority.YES,
    "yes": Authority.YES,
    "nee": Authority.NO,
    "no": Authority.NO,
    "onbekend": Authority.UNKNOWN,
    "unknown": Authority.UNKNOWN,
    "": Authority.UNKNOWN,
}
SECRETS = {"ja": True, "yes": True, "nee": False, "no": False, "": False}
_SHOWN_RELATIONS = "moeder, vader, stiefouder, pleegouder, grootouder, anders"
_SHOWN_AUTHORITIES = "ja, nee, onbekend"
_SHOWN_SECRETS = "ja, nee"

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_NOT_A_LETTER = re.compile(r"[^a-z]")

Meaning = TypeVar("Meaning")


def template() -> bytes:
    """An empty parents file as Excel opens it well: with a mark for UTF-8 and semicolons."""
    return ("\ufeff" + ";".join(COLUMNS) + "\r\n").encode()


def read_parents(data: bytes, *, on: date) -> ParentsFile:
    """The rows of a parents file, or `BrokenFile` with every problem found. Changes nothing."""
    refuse_long_lines(data)
    problems = Problems()
    rows = rows_of(data, problems)
    header_line, header = next(rows, (1, []))
    columns = _columns(header, line=header_line, problems=problems)
    if problems:
        raise BrokenFile(problems)
    reader = _Reader(columns, on=on, problems=problems)
    for count, (line, cells) in enumerate(rows):
        if count >= MOST_ROWS:
            raise refusal("too_many", line=line, most=MOST_ROWS)
        if len(cells) != len(header):
            problems.add("cells_wrong", line=line, found=len(cells), expected=len(header))
        else:
            reader.take(line, cells)
    if not reader.file.rows and not problems:
        problems.add("no_rows", line=header_line)
    if problems:
        raise BrokenFile(problems)
    return reader.file


def _columns(header: list[str], *, line: int, problems: Problems) -> dict[int, str]:
    """Which column stands where; a column we do not keep has the name it is counted under."""
    known = {_plain(name): name for name in COLUMNS}
    for name, others in COLUMNS.items():
        known.update({_plain(other): name for other in others})
    columns: dict[int, str] = {}
    for place, title in enumerate(header):
        plain = _plain(title)
        dropped = plain if plain in DROPPED_BY_NAME else UNKNOWN_COLUMN
        column = known.get(plain, dropped)
        if column in COLUMNS and column in columns.values():
            problems.add("column_twice", line=line, field=column)
        columns[place] = column
    for column in REQUIRED:
        if column not in columns.values():
            problems.add("column_missing", line=line, field=column)
    return columns


def _plain(title: str) -> str:
    return _NOT_A_LETTER.sub("", title.strip().lower())


class _Reader:
    """Collects the rows of one file."""

    def __init__(self, columns: dict[int, str], *, on: date, problems: Problems) -> None:
        self.columns = columns
        self.on = on
        self.problems = problems
        self.file = ParentsFile()
        self._persons: dict[str, ParentRecord] = {}
        self._pairs: dict[tuple[str, str], int] = {}

    def take(self, line: int, cells: list[str]) -> None:
        """Read one row."""
        values = dict.fromkeys(COLUMNS, "")
        for place, cell in enumerate(cells):
            column = self.columns[place]
            if column in COLUMNS:
                values[column] = clean(cell)
            elif cell.strip():
                self.file.dropped[column] += 1
        row = self._record(line, values)
        self._check_same_parent(row)
        self.file.rows.append(row)

    def _record(self, line: int, values: dict[str, str]) -> ParentRecord:
        pupil_key = values["leerling_sleutel"]
        key = values["ouder_sleutel"] or pupil_key
        if not pupil_key:
            self.problems.add("key_missing", line=line, key=key, field="leerling_sleutel")

        def text(column: str, longest: int = LONGEST_NAME) -> str:
            return limited(
                values[column], longest, column, line=line, key=key, problems=self.problems
            )

        if not values["achternaam"]:
            self.problems.add("name_missing", line=line, key=key)
        email = text("e_mail", 254)
        if email and not _EMAIL.fullmatch(email):
            self.problems.add("email_wrong", line=line, key=key)
        since = read_date(values["sinds"], "sinds", line=line, key=key, problems=self.problems)
        if since and since > self.on:
            self.problems.add("date_future", line=line, key=key, field="sinds")
        authority = self._word(values, "gezag", AUTHORITIES, _SHOWN_AUTHORITIES, line, key)
        source = text("bron")
        if authority in (Authority.YES, Authority.NO) and not source:
            self.problems.add("source_missing", line=line, key=key)
        secret = self._word(values, "geheim_adres", SECRETS, _SHOWN_SECRETS, line, key)
        relation = self._word(values, "relatie", RELATIONS, _SHOWN_RELATIONS, line, key)
        return ParentRecord(
            line=line,
            parent_key=text("ouder_sleutel", LONGEST_KEY),
            pupil_key=text("leerling_sleutel", LONGEST_KEY),
            first_name=text("voornaam", LONGEST_FIRST_NAME),
            prefix=text("tussenvoegsel", LONGEST_PREFIX),
            surname=text("achternaam"),
            street=clean(f"{text('straat', 100)} {text('huisnummer', 19)}"),
            postcode=text("postcode", 16),
            city=text("plaats", 80),
            is_secret=True if secret is None else secret,
            email=email,
            relation=relation or Relation.OTHER,
            authority=authority or Authority.UNKNOWN,
            since=since,
            source=source,
        )

    def _word(
        self,
        values: dict[str, str],
        column: str,
        known: Mapping[str, Meaning],
        allowed: str,
        line: int,
        key: str,
    ) -> Meaning | None:
        """What a word means; an unknown word is a problem, never a guess."""
        word = values[column].lower()
        if word in known:
            return known[word]
        self.problems.add("word_unknown", line=line, key=key, field=column, allowed=allowed)
        return None

    def _check_same_parent(self, row: ParentRecord) -> None:
        """One parent key is one person; the same parent and pupil come once."""
        if not row.parent_key:
            return
        earlier = self._persons.setdefault(row.parent_key, row)
        if _person(earlier) != _person(row):
            self.problems.add(
                "parent_differs", line=row.line, key=row.parent_key, other=earlier.line
            )
        pair = (row.parent_key, row.pupil_key)
        if pair in self._pairs:
            self.problems.add(
                "row_twice", line=row.line, key=row.parent_key, other=self._pairs[pair]
            )
        self._pairs.setdefault(pair, row.line)


def _person(row: ParentRecord) -> tuple[object, ...]:
    return (
        row.first_name,
        row.prefix,
        row.surname,
        row.street,
        row.postcode,
        row.city,
        row.is_secret,
        row.email,
    )
