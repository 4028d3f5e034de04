"""Reads EDEXML 2.1, 2.0 and 1.0.3, in a stream, keeping only what guidance needs (P24).

Strict on keys, dates and names; tolerant of the order of elements, unknown elements, namespaces
and school years that the official list does not know. Version 1.0.3 has the same layout without
locations, composite groups and roles, and with `sofinummer` where later versions say `bsn`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol, cast

from lxml import etree

from students.roster.columns import KEPT_OF_PUPIL, KEPT_OF_TEACHER, counted_as
from students.roster.problems import BrokenFile, Problems, refusal
from students.roster.records import (
    GroupRecord,
    LocationRecord,
    PupilRecord,
    RosterFile,
    SchoolRecord,
    TeacherRecord,
)
from students.roster.values import (
    LONGEST_FIRST_NAME,
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_PREFIX,
    clean,
    limited,
    read_date,
)
from students.roster.xml_parts import line_of, local_name, parts_of, refuse_dangerous_start

MOST_PARTS = 150_000  # pupils and teachers; the largest boards have a third of that
VERSIONS = re.compile(r"(?:|[12]\.\d{1,2}(?:\.\d{1,2})?)")

_GROUP_TAGS = ("groep", "samengestelde_groep")


def read_edexml(data: bytes, *, on: date) -> RosterFile:
    """The records of a file, or `BrokenFile` with every problem found. Changes nothing."""
    refuse_dangerous_start(data)
    problems = Problems()
    reader = _Reader(on=on, problems=problems)
    for count, part in enumerate(parts_of(data, problems)):
        if count >= MOST_PARTS:
            raise refusal("too_many", line=line_of(part), most=MOST_PARTS)
        reader.take(part)
    reader.check_references()
    if problems:
        raise BrokenFile(problems)
    return reader.roster


class _Placed(Protocol):
    """A record that knows its line."""

    @property
    def line(self) -> int: ...


class _Reader:
    """Collects the records of one file."""

    def __init__(self, *, on: date, problems: Problems) -> None:
        self.on = on
        self.problems = problems
        self.roster = RosterFile()
        self.has_groups = False
        self.has_pupils = False

    def take(self, part: etree._Element) -> None:
        """Read one part of the file."""
        match local_name(part):
            case "leerling":
                self._take_pupil(part)
            case "leerkracht":
                self._take_teacher(part)
            case "groepen":
                self._take_groups(part)
            case "vestigingen":
                self._take_locations(part)
            case "school":
                self._take_school(part)

    def check_references(self) -> None:
        """What can only be known at the end: whether keys refer to something."""
        if not self.has_pupils:
            self.problems.add("no_pupils")
        if self.has_groups:
            for pupil in self.roster.pupils.values():
                self._check_groups(pupil, (pupil.group_key, *pupil.combined_group_keys))
            for teacher in self.roster.teachers.values():
                self._check_groups(teacher, tuple(key for key, _roles in teacher.groups))
        if self.roster.locations:
            for pupil in self.roster.pupils.values():
                if pupil.location_key and pupil.location_key not in self.roster.locations:
                    self.problems.add(
                        "location_unknown",
                        line=pupil.line,
                        key=pupil.key,
                        location=pupil.location_key,
                    )

    def _check_groups(self, person: PupilRecord | TeacherRecord, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key and key not in self.roster.groups:
                self.problems.add("group_unknown", line=person.line, key=person.key, group=key)

    def _take_school(self, part: etree._Element) -> None:
        texts = {local_name(child): clean(child.text) for child in part}
        year = texts.get("schooljaar", "")
        if year and not _is_school_year(year):
            self.problems.add("school_year_wrong", line=line_of(part))
        version = texts.get("xsdversie", "")
        if not VERSIONS.fullmatch(version):
            self.problems.add("version_unknown", line=line_of(part))
        self.roster.school = SchoolRecord(
            school_year=year,
            brin=texts.get("brincode", "").upper()[:6],
            location_code=texts.get("dependancecode", "")[:2],
            school_key=texts.get("schoolkey", "")[:LONGEST_KEY],
            version=version[:8],
        )

    def _take_locations(self, part: etree._Element) -> None:
        for element in part:
            line = line_of(element)
            key = self._new_key(element, "vestiging", self.roster.locations)
            name = self._text(_texts(element), "naam", line=line, key=key)
            if key:
                self.roster.locations[key] = LocationRecord(line, key, name or key)

    def _take_groups(self, part: etree._Element) -> None:
        self.has_groups = True
        for element in part:
            kind = local_name(element)
            if kind not in _GROUP_TAGS:
                self._count_dropped(kind)
                continue
            line = line_of(element)
            key = self._new_key(element, "groep", self.roster.groups)
            texts = _texts(element)
            name = self._text(texts, "naam", line=line, key=key, longest=LONGEST_LABEL)
            self._count_texts(texts, frozenset({"naam", "jaargroep"}))
            if not name:
                self.problems.add("group_name_missing", line=line, key=key)
            elif key:
                self.roster.groups[key] = GroupRecord(
                    line, key, name, texts.get("jaargroep", "")[:2], kind == "samengestelde_groep"
                )

    def _take_pupil(self, part: etree._Element) -> None:
        self.has_pupils = True
        line = line_of(part)
        key = self._new_key(part, "leerling", self.roster.pupils)
        texts = _texts(part)
        self._count_attributes(part)
        self._count_texts(texts, KEPT_OF_PUPIL)
        first_name, prefix, surname = self._names(texts, line=line, key=key)
        birth_date = self._date(texts, "geboortedatum", line=line, key=key)
        if birth_date and birth_date > self.on:
            self.problems.add("date_future", line=line, key=key, field="geboortedatum")
        starts_on = self._date(texts, "instroomdatum", line=line, key=key)
        left_on = self._date(texts, "uitstroomdatum", line=line, key=key)
        if starts_on and left_on and left_on < starts_on:
            self.problems.add("left_before_start", line=line, key=key)
        if not key:
            return
        self.roster.pupils[key] = PupilRecord(
            line=line,
            key=key,
            first_name=first_name,
            prefix=prefix,
            surname=surname,
            birth_date=birth_date,
            group_key=texts.get("groep", ""),
            combined_group_keys=tuple(_keys_within(part, "samengestelde_groepen")),
            location_key=texts.get("vestiging", ""),
            starts_on=starts_on,
            left_on=left_on,
        )

    def _take_teacher(self, part: etree._Element) -> None:
        line = line_of(part)
        key = self._new_key(part, "leerkracht", self.roster.teachers)
        texts = _texts(part)
        self._count_attributes(part)
        self._count_texts(texts, KEPT_OF_TEACHER)
        first_name, prefix, surname = self._names(texts, line=line, key=key)
        groups: list[tuple[str, tuple[str, ...]]] = []
        for section in part:
            if local_name(section) == "groepen":
                groups.extend(self._groups_of_teacher(section))
        if key:
            self.roster.teachers[key] = TeacherRecord(
                line, key, first_name, prefix, surname, _roles(part), tuple(groups)
            )

    def _groups_of_teacher(self, section: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
        for element in section:
            key = clean(element.get("key"))
            if local_name(element) in _GROUP_TAGS and key:
                yield key, _roles(element)

    def _names(self, texts: dict[str, str], *, line: int, key: str) -> tuple[str, str, str]:
        """Given name, prefix, surname; first names or initials only where no call name is."""
        surname = self._text(texts, "achternaam", line=line, key=key)
        prefix_field = "voorvoegsel" if "voorvoegsel" in texts else "tussenvoegsel"
        prefix = self._text(texts, prefix_field, line=line, key=key, longest=LONGEST_PREFIX)
        first_name = self._text(texts, "roepnaam", line=line, key=key, longest=LONGEST_FIRST_NAME)
        if not first_name:
            first_names = self._text(texts, "voornamen", line=line, key=key)
            initials = self._text(texts, "voorletters-1", line=line, key=key)
            first_name = first_names.partition(" ")[0][:LONGEST_FIRST_NAME] or initials
        if not surname and not first_name:
            self.problems.add("name_missing", line=line, key=key)
        return first_name, prefix, surname

    def _text(
        self, texts: dict[str, str], field: str, *, line: int, key: str, longest: int = LONGEST_NAME
    ) -> str:
        text = texts.get(field, "")
        if len(text) <= longest:
            return text
        return limited(text, longest, field, line=line, key=key, problems=self.problems)

    def _date(self, texts: dict[str, str], field: str, *, line: int, key: str) -> date | None:
        text = texts.get(field)
        if not text:
            return None
        return read_date(text, field, line=line, key=key, problems=self.problems)

    def _new_key(self, element: etree._Element, kind: str, taken: Mapping[str, _Placed]) -> str:
        """The key of an element; empty, with a problem, when missing, too long or used before."""
        line = line_of(element)
        key = clean(element.get("key"))
        if not key:
            self.problems.add("key_missing", line=line, field=kind)
            return ""
        if len(key) > LONGEST_KEY:
            self.problems.add("text_too_long", line=line, key=key, field=f"{kind} key")
            return ""
        if key in taken:
            self.problems.add("key_twice", line=line, key=key, field=kind, other=taken[key].line)
            return ""
        return key

    def _count_attributes(self, element: etree._Element) -> None:
        if len(element.attrib) > 1:
            for name in element.attrib:
                if name != "key":
                    self._count_dropped(str(name).rpartition("}")[2])

    def _count_texts(self, texts: dict[str, str], kept: frozenset[str]) -> None:
        for name, text in texts.items():
            if text and name not in kept:
                self._count_dropped(name)

    def _count_dropped(self, column: str) -> None:
        self.roster.dropped[counted_as(column)] += 1


def _texts(element: etree._Element) -> dict[str, str]:
    """Text of each child by its tag; of a reference its key; of a compound that it is there."""
    texts: dict[str, str] = {}
    for child in element:
        name = cast(object, child.tag)
        if not isinstance(name, str):  # an entity: told as a mistake of form
            continue
        if "}" in name:
            name = name.rpartition("}")[2]
        text = child.text
        if text and not text.isspace():
            texts[name] = clean(text)
        else:
            texts[name] = clean(child.get("key")) or ("+" if len(child) else "")
    return texts


def _keys_within(element: etree._Element, section: str) -> Iterator[str]:
    for child in element:
        if local_name(child) == section:
            for reference in child:
                key = clean(reference.get("key"))
                if key:
                    yield key


def _roles(element: etree._Element) -> tuple[str, ...]:
    """Role codes such as LRK or IB; anything else is left out."""
    texts = (clean(child.text) for child in element if local_name(child) == "rol")
    return tuple(text for text in texts if text.isalpha() and len(text) <= 4)


def _is_school_year(text: str) -> bool:
    first, dash, second = text.partition("-")
    if not (dash and first.isdigit() and second.isdigit() and len(first) == len(second) == 4):
        return False
    return int(second) == int(first) + 1
