"""What the school has now, as far as a file can say something about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class KnownPupil:
    """A pupil of the school with the latest enrolment; `id` is the portal's own key."""

    id: str
    source: str
    key: str
    first_name: str
    prefix: str
    surname: str
    birth_date: date | None
    group_key: str = ""
    combined_group_keys: tuple[str, ...] = ()
    location_key: str = ""
    starts_on: date | None = None
    left_on: date | None = None
    earlier_left_on: date | None = None
    """When the enrolment before this one ended, for a pupil who returned."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group of the school year that the file is about."""

    key: str
    name: str
    year_group: str
    is_combined: bool = False


@dataclass(frozen=True, slots=True)
class KnownProposal:
    """A proposed counsellor of a group; the group key is empty for the whole school."""

    teacher_key: str
    group_key: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """Everything an EDEXML file is compared with. `source` is the system the file comes from."""

    source: str
    pupils: tuple[KnownPupil, ...] = ()
    groups: Mapping[str, KnownGroup] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)
    proposals: tuple[KnownProposal, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownParent:
    """A parent; `id` is the portal's own key."""

    id: str
    source: str
    key: str
    first_name: str
    prefix: str
    surname: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    is_secret: bool = False
    email: str = ""
    is_kept_elsewhere: bool = False
    """A secret address, and no child is at this school now: a file neither changes nor links."""
    is_colleague: bool = False
    """Works here: a file links no further child, for that takes away rights over its dossier."""


@dataclass(frozen=True, slots=True)
class KnownLink:
    """What a parent is to a pupil, with the authority that holds now."""

    parent_id: str
    pupil_id: str
    relation: str
    authority: str
    since: date | None
    source: str


@dataclass(frozen=True, slots=True)
class KnownFamilies:
    """Everything a parents file is compared with."""

    source: str
    pupil_ids: Mapping[str, str] = field(default_factory=dict)
    """The portal's own key of a pupil by the key in the source system."""
    parents: tuple[KnownParent, ...] = ()
    links: tuple[KnownLink, ...] = ()
    withdrawn: frozenset[tuple[str, str]] = frozenset()
    """Pairs of parent and pupil whose link a person withdrew: a file does not bring it back."""
    own_children: frozenset[str] = frozenset()
    """Children of the person who reads the file: nobody handles matters of their own child."""
