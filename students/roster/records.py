"""What an upload says, after everything that guidance does not need has been dropped (P24)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Authority(StrEnum):
    """Whether a parent has authority (*gezag*) over a pupil."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """What a parent is to the pupil."""

    MOTHER = "mother"
    FATHER = "father"
    STEPPARENT = "stepparent"
    FOSTER = "foster"
    GRANDPARENT = "grandparent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """The school that a file speaks of; each field is empty when the file leaves it out."""

    school_year: str = ""
    brin: str = ""
    location_code: str = ""
    school_key: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class LocationRecord:
    line: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class GroupRecord:
    line: int
    key: str
    name: str
    year_group: str
    is_combined: bool


@dataclass(frozen=True, slots=True)
class PupilRecord:
    line: int
    key: str
    first_name: str
    prefix: str
    surname: str
    birth_date: date | None
    group_key: str
    combined_group_keys: tuple[str, ...]
    location_key: str
    starts_on: date | None
    left_on: date | None

    @property
    def has_dummy_key(self) -> bool:
        """The handbook: a key that starts with # does not identify anybody."""
        return self.key.startswith("#")


@dataclass(frozen=True, slots=True)
class TeacherRecord:
    line: int
    key: str
    first_name: str
    prefix: str
    surname: str
    roles: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    """Pairs of group key and the roles in that group."""


@dataclass(frozen=True, slots=True)
class ParentRecord:
    """One row of the parents file: one parent of one pupil."""

    line: int
    parent_key: str
    pupil_key: str
    first_name: str
    prefix: str
    surname: str
    street: str
    postcode: str
    city: str
    is_secret: bool
    email: str
    relation: Relation
    authority: Authority
    since: date | None
    source: str


@dataclass(slots=True)
class RosterFile:
    """An EDEXML file as far as it is kept; `dropped` counts what was not, by column."""

    school: SchoolRecord = field(default_factory=SchoolRecord)
    locations: dict[str, LocationRecord] = field(default_factory=dict)
    groups: dict[str, GroupRecord] = field(default_factory=dict)
    pupils: dict[str, PupilRecord] = field(default_factory=dict)
    teachers: dict[str, TeacherRecord] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class ParentsFile:
    """A parents file as far as it is kept; `dropped` counts what was not, by column."""

    rows: list[ParentRecord] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
