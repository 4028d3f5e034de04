"""Plans what an EDEXML file says about groups, locations and who teaches which group. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from students.roster.known import KnownSchool
from students.roster.plan import Change, Fields, Line, Subject, difference
from students.roster.records import PupilRecord, RosterFile, TeacherRecord
from students.roster.values import LONGEST_LABEL

# Roles of which nobody counsels a pupil: parents who help, office, caretaker, systems.
NEVER_PROPOSED = frozenset({"OUD", "ADM", "CON", "ICT"})
# Roles that counsel across groups.
OF_THE_WHOLE_SCHOOL = frozenset({"IB", "RT", "SMW"})


def plan_locations(roster: RosterFile, known: KnownSchool) -> Iterator[Line]:
    if not roster.locations:
        yield from _locations_referred_to(roster, known)
    for key, record in roster.locations.items():
        before = known.locations.get(key)
        if before is None:
            yield Line(Change.NEW, Subject.LOCATION, record.line, key, after={"name": record.name})
        elif before != record.name:
            yield Line(
                Change.CHANGED,
                Subject.LOCATION,
                record.line,
                key,
                before={"name": before},
                after={"name": record.name},
            )


def _locations_referred_to(roster: RosterFile, known: KnownSchool) -> Iterator[Line]:
    """A file without a list of locations: one is known by its key alone."""
    seen = set(known.locations)
    for pupil in roster.pupils.values():
        if pupil.location_key and pupil.location_key not in seen:
            seen.add(pupil.location_key)
            name = pupil.location_key[:LONGEST_LABEL]
            yield Line(
                Change.NEW, Subject.LOCATION, pupil.line, pupil.location_key, after={"name": name}
            )


def plan_groups(roster: RosterFile, known: KnownSchool) -> Iterator[Line]:
    """Groups of the file; one that pupils only refer to is known by its key alone."""
    for key, record in roster.groups.items():
        after: Fields = {
            "name": record.name,
            "year_group": record.year_group,
            "is_combined": record.is_combined,
        }
        group = known.groups.get(key)
        if group is None:
            yield Line(Change.NEW, Subject.GROUP, record.line, key, after=after)
            continue
        before: Fields = {
            "name": group.name,
            "year_group": group.year_group,
            "is_combined": group.is_combined,
        }
        old, new = difference(before, after)
        if new:
            yield Line(Change.CHANGED, Subject.GROUP, record.line, key, before=old, after=new)
    if not roster.groups:
        for key, pupil in _groups_referred_to(roster):
            if key not in known.groups:
                is_combined = key != pupil.group_key
                after = {"name": key[:LONGEST_LABEL], "year_group": "", "is_combined": is_combined}
                yield Line(Change.NEW, Subject.GROUP, pupil.line, key, after=after)


def _groups_referred_to(roster: RosterFile) -> Iterator[tuple[str, PupilRecord]]:
    seen = set()
    for pupil in roster.pupils.values():
        for key in (pupil.group_key, *pupil.combined_group_keys):
            if key and key not in seen:
                seen.add(key)
                yield key, pupil


def plan_proposals(roster: RosterFile, known: KnownSchool) -> Iterator[Line]:
    """Who might counsel which group. A role in a file gives nobody a right: a director confirms."""
    if not roster.teachers:
        return
    standing = {(one.teacher_key, one.group_key): one for one in known.proposals}
    for teacher in roster.teachers.values():
        for group_key, roles in _groups_to_propose(teacher):
            earlier = standing.pop((teacher.key, group_key), None)
            name = " ".join(
                part for part in (teacher.first_name, teacher.prefix, teacher.surname) if part
            )
            after: Fields = {"name": name, "roles": sorted(set(roles)), "group_key": group_key}
            if earlier is None:
                yield Line(Change.NEW, Subject.PROPOSAL, teacher.line, teacher.key, after=after)
                continue
            before: Fields = {
                "name": earlier.name,
                "roles": sorted(earlier.roles),
                "group_key": group_key,
            }
            if before != after:
                yield Line(
                    Change.CHANGED,
                    Subject.PROPOSAL,
                    teacher.line,
                    teacher.key,
                    before=before,
                    after=after,
                )
    for (teacher_key, group_key), gone in standing.items():
        yield Line(
            Change.LEFT,
            Subject.PROPOSAL,
            key=teacher_key,
            before={"name": gone.name, "group_key": group_key},
        )


def _groups_to_propose(teacher: TeacherRecord) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each group once with its roles; care across groups stands under an empty key."""
    roles_of: dict[str, tuple[str, ...]] = {}
    for group_key, own_roles in teacher.groups:
        roles = own_roles or teacher.roles
        roles_of[group_key] = (*roles_of.get(group_key, ()), *roles)
    across = tuple(role for role in teacher.roles if role in OF_THE_WHOLE_SCHOOL)
    if across and not teacher.groups:
        roles_of[""] = across
    for group_key, roles in roles_of.items():
        if not roles or not NEVER_PROPOSED.issuperset(roles):
            yield group_key, roles
