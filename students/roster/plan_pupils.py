"""Plans the pupils of an EDEXML file; `plan_teams` plans the rest of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from students.roster.known import KnownPupil, KnownSchool
from students.roster.plan import (
    Change,
    Doubt,
    Fields,
    Line,
    Plan,
    Subject,
    as_text,
    difference,
)
from students.roster.plan_teams import plan_groups, plan_locations, plan_proposals
from students.roster.records import PupilRecord, RosterFile
from students.roster.values import folded


def plan_roster(roster: RosterFile, known: KnownSchool, *, on: date) -> Plan:
    """What the file would change. The handbook: a pupil who is absent may still be here, so ask."""
    plan = Plan(dropped=roster.dropped)
    plan.lines.extend(plan_locations(roster, known))
    plan.lines.extend(plan_groups(roster, known))
    _Pupils(roster, known, on=on).add_to(plan)
    plan.lines.extend(plan_proposals(roster, known))
    return plan


class _Pupils:
    """Finds for each pupil of the file who it is here, if anybody."""

    def __init__(self, roster: RosterFile, known: KnownSchool, *, on: date) -> None:
        self.roster = roster
        self.known = known
        self.on = on
        self.has_groups = bool(roster.groups)
        self.by_key = {
            pupil.key: pupil for pupil in known.pupils if pupil.key and pupil.source == known.source
        }
        self.by_name: dict[str, list[KnownPupil]] = defaultdict(list)
        for pupil in known.pupils:
            self.by_name[name_of(pupil)].append(pupil)
        self.seen: set[str] = set()

    def add_to(self, plan: Plan) -> None:
        for record in self.roster.pupils.values():
            lines = self._lines_of(record)
            plan.lines.extend(lines)
            plan.unchanged += not lines
        plan.lines.extend(self._missing())

    def _lines_of(self, record: PupilRecord) -> list[Line]:
        match = self.by_key.get(record.key)
        if match is None and not record.has_dummy_key:
            return [self._unknown(record)]
        if match is None or (record.has_dummy_key and not is_same_person(match, record)):
            return [self._doubtful(record, Doubt.DUMMY_KEY, self._namesakes(record))]
        if is_somebody_else(match, record):
            others = [pupil for pupil in self._namesakes(record) if pupil.id != match.id]
            return [self._doubtful(record, Doubt.OTHER_PERSON, [match, *others])]
        return self._compared(record, match)

    def _unknown(self, record: PupilRecord) -> Line:
        """A key that nobody here has."""
        namesakes = self._namesakes(record)
        if namesakes:
            return self._doubtful(record, Doubt.OTHER_KEY, namesakes)
        if record.left_on and record.left_on < self.on:
            return left_out(record)
        return new_pupil(record, on=self.on)

    def _compared(self, record: PupilRecord, match: KnownPupil) -> list[Line]:
        self.seen.add(match.id)
        return compare(record, match, on=self.on, has_groups=self.has_groups)

    def _namesakes(self, record: PupilRecord) -> list[KnownPupil]:
        """Pupils here with this name, and no other birth date, whom the file has no key for."""
        return [
            pupil
            for pupil in self.by_name.get(name_of(record), ())
            if not (
                pupil.birth_date and record.birth_date and pupil.birth_date != record.birth_date
            )
            and not (pupil.source == self.known.source and pupil.key in self.roster.pupils)
        ]

    def _doubtful(self, record: PupilRecord, doubt: Doubt, candidates: list[KnownPupil]) -> Line:
        self.seen.update(pupil.id for pupil in candidates)
        return Line(
            Change.DOUBTFUL,
            Subject.PUPIL,
            record.line,
            record.key,
            after=fields_of(record, has_groups=self.has_groups),
            doubt=doubt,
            candidates=tuple(pupil.id for pupil in candidates),
        )

    def _missing(self) -> Iterator[Line]:
        for pupil in self.known.pupils:
            is_ours = pupil.source == self.known.source and pupil.id not in self.seen
            if is_ours and pupil.left_on is None:
                yield Line(Change.MISSING, Subject.PUPIL, key=pupil.key, target=pupil.id)


def name_of(person: KnownPupil | PupilRecord) -> str:
    """The whole name, folded."""
    return folded(person.first_name, person.prefix, person.surname)


def is_same_person(pupil: KnownPupil, record: PupilRecord) -> bool:
    """Name and birth date both known and alike."""
    return (
        record.birth_date is not None
        and pupil.birth_date == record.birth_date
        and name_of(pupil) == name_of(record)
    )


def is_somebody_else(pupil: KnownPupil, record: PupilRecord) -> bool:
    """Name and birth date both differ: the key may have gone to another child."""
    return (
        pupil.birth_date is not None
        and record.birth_date is not None
        and pupil.birth_date != record.birth_date
        and name_of(pupil) != name_of(record)
    )


def new_pupil(record: PupilRecord, *, on: date) -> Line:
    """A pupil who comes to the school; without a date of enrolment on the day of the import."""
    after = fields_of(record, has_groups=True)
    after["starts_on"] = as_text(record.starts_on or min(on, record.left_on or on))
    return Line(Change.NEW, Subject.PUPIL, record.line, record.key, after=after)


def left_out(record: PupilRecord) -> Line:
    """A pupil who left before the portal came: guidance does not need them (P24)."""
    return Line(Change.LEFT_OUT, Subject.PUPIL, record.line, record.key, doubt=Doubt.LEFT_EARLIER)


def fields_of(record: PupilRecord, *, has_groups: bool) -> Fields:
    """The kept fields of a record, as a line keeps them."""
    fields: Fields = {
        "first_name": record.first_name,
        "prefix": record.prefix,
        "surname": record.surname,
        "birth_date": as_text(record.birth_date),
        "location_key": record.location_key,
        "starts_on": as_text(record.starts_on),
        "left_on": as_text(record.left_on),
    }
    if has_groups or record.group_key or record.combined_group_keys:
        fields["group_key"] = record.group_key
        fields["combined_group_keys"] = sorted(set(record.combined_group_keys))
    return fields


def compare(record: PupilRecord, pupil: KnownPupil, *, on: date, has_groups: bool) -> list[Line]:
    """What a file changes for a pupil who is here. What the file leaves empty is kept."""

    def line(change: Change, before: Fields, after: Fields) -> Line:
        return Line(change, Subject.PUPIL, record.line, record.key, pupil.id, before, after)

    if record.left_on and _is_before_start(record, pupil):
        return _compared_with_earlier_stay(record, pupil, line)
    lines = []
    before, after = difference(*_personal(record, pupil))
    if after:
        lines.append(line(Change.CHANGED, before, after))
    if record.left_on and pupil.left_on is None:
        lines.append(line(Change.LEFT, {"left_on": None}, {"left_on": as_text(record.left_on)}))
    elif record.left_on is None and pupil.left_on and pupil.left_on < on:
        starts_on = record.starts_on
        if starts_on is None or starts_on <= pupil.left_on:
            starts_on = on
        lines.append(
            line(
                Change.RETURNED,
                {"left_on": as_text(pupil.left_on)},
                {"starts_on": as_text(starts_on)},
            )
        )
    if record.left_on is None:
        before, after = difference(*_groups_of(record, pupil, has_groups=has_groups))
        if after:
            lines.append(line(Change.MOVED, before, after))
    return lines


def _compared_with_earlier_stay(
    record: PupilRecord, pupil: KnownPupil, line: Callable[[Change, Fields, Fields], Line]
) -> list[Line]:
    """The file says when an earlier stay ended: only the person counts, and whether they left."""
    person = replace(record, starts_on=None, left_on=None, location_key="")
    before, after = difference(*_personal(person, pupil))
    lines = [line(Change.CHANGED, before, after)] if after else []
    if pupil.left_on is None and record.left_on != pupil.earlier_left_on:
        asked = line(Change.MISSING, {}, {})
        lines.append(replace(asked, doubt=Doubt.LEFT_BEFORE_START))
    return lines


def _is_before_start(record: PupilRecord, pupil: KnownPupil) -> bool:
    """Whether the file's leaving date lies before the enrolment that we hold."""
    starts_on = pupil.starts_on
    if record.starts_on and not (
        pupil.earlier_left_on and record.starts_on <= pupil.earlier_left_on
    ):
        starts_on = record.starts_on
    return bool(record.left_on and starts_on and record.left_on < starts_on)


def _personal(record: PupilRecord, pupil: KnownPupil) -> tuple[Fields, Fields]:
    before: Fields = {}
    after: Fields = {}

    def offer(name: str, old: str | None, new: str | None) -> None:
        if new:
            before[name], after[name] = old, new

    offer("first_name", pupil.first_name, record.first_name)
    if record.surname:
        before["prefix"], after["prefix"] = (
            pupil.prefix,
            record.prefix,
        )
    offer("surname", pupil.surname, record.surname)
    offer("birth_date", as_text(pupil.birth_date), as_text(record.birth_date))
    if record.left_on is None:
        offer("location_key", pupil.location_key, record.location_key)
    is_of_earlier_stay = (
        pupil.earlier_left_on is not None
        and record.starts_on is not None
        and record.starts_on <= pupil.earlier_left_on
    )
    is_one_stay = pupil.left_on is None or record.left_on is not None
    if is_one_stay and not is_of_earlier_stay:
        offer("starts_on", as_text(pupil.starts_on), as_text(record.starts_on))
    if record.left_on and pupil.left_on:
        offer("left_on", as_text(pupil.left_on), as_text(record.left_on))
    return before, after


def _groups_of(
    record: PupilRecord, pupil: KnownPupil, *, has_groups: bool
) -> tuple[Fields, Fields]:
    before: Fields = {}
    after: Fields = {}
    if has_groups or record.group_key:
        before["group_key"], after["group_key"] = pupil.group_key, record.group_key
    if has_groups or record.combined_group_keys:
        before["combined_group_keys"] = sorted(pupil.combined_group_keys)
        after["combined_group_keys"] = sorted(set(record.combined_group_keys))
    return before, after
