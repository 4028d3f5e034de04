"""Does what the settled lines of an EDEXML plan say, with a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from students import enrolment, names
from students.models import Group, Location, Pupil, RosterImport, School, SchoolYear
from students.roster.applying_places import Place, close_after, move_to
from students.roster.applying_teams import apply_groups, apply_locations, apply_proposals
from students.roster.bulk import copy_rows, fetch, update_rows
from students.roster.plan import Change, Line, Subject, as_date, texts
from students.roster.progress import Progress

AT_ONCE = 2000  # pupils whose dossiers are opened between two looks at the progress


@dataclass
class Applied:
    """What was touched, for the log and for the rooms above."""

    subjects: list[uuid.UUID] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    enrolled: list[enrolment.Enrolled] = field(default_factory=list)
    left: list[enrolment.Left] = field(default_factory=list)
    moved: list[enrolment.Moved] = field(default_factory=list)


@dataclass
class Stay:
    """The latest enrolment of a pupil at this school."""

    id: uuid.UUID
    starts_on: date
    ends_on: date | None
    location_id: uuid.UUID | None


class RosterWork:
    """One import being applied, inside the transaction of its action."""

    def __init__(
        self, roster_import: RosterImport, year: SchoolYear, *, on: date, progress: Progress
    ) -> None:
        self.roster_import = roster_import
        self.school: School = roster_import.school
        self.year = year
        self.on = on
        self.progress = progress
        self.applied = Applied()
        self.lines: dict[tuple[Subject, Change], list[Line]] = defaultdict(list)
        self.stays: dict[uuid.UUID, Stay] = {}
        self.locations: dict[str, uuid.UUID] = {}
        self.groups: dict[str, uuid.UUID] = {}

    def apply(self, lines: Iterable[Line]) -> Applied:
        """Writes everything; the order matters where one line frees what another takes."""
        for line in lines:
            self.lines[line.subject, line.change].append(line)
            self.applied.changed.update(line.after)
        apply_locations(self.school, self._about(Subject.LOCATION))
        apply_groups(self.school, self.year, self._about(Subject.GROUP))
        of_school = Location.objects.filter(school=self.school).exclude(source_key="")
        self.locations = dict(of_school.values_list("source_key", "pk"))
        of_year = Group.objects.filter(school=self.school, school_year=self.year)
        self.groups = dict(of_year.exclude(source_key="").values_list("source_key", "pk"))
        self._find_stays()
        self._free_keys()
        self._add_pupils(self.lines[Subject.PUPIL, Change.NEW])
        self._return_pupils(self.lines[Subject.PUPIL, Change.RETURNED])
        self._change_pupils(self.lines[Subject.PUPIL, Change.CHANGED])
        self._let_leave()
        self._move_pupils(self.lines[Subject.PUPIL, Change.MOVED])
        apply_proposals(self.roster_import, self.year, self.groups, self._about(Subject.PROPOSAL))
        self._tell_rooms_above()
        return self.applied

    def _about(self, subject: Subject) -> list[Line]:
        return [
            line
            for (about, _change), lines in self.lines.items()
            if about is subject
            for line in lines
        ]

    def _find_stays(self) -> None:
        targets = sorted({line.target for line in self._about(Subject.PUPIL) if line.target})
        if not targets:
            return
        rows = fetch(
            "select distinct on (e.pupil_id) e.pupil_id, p.log_key, e.id, e.starts_on, e.ends_on,"
            " e.location_id from students_enrolment e join students_pupil p on p.id = e.pupil_id"
            " where e.school_id = %s and e.pupil_id = any(%s::uuid[])"
            " order by e.pupil_id, e.starts_on desc, e.id desc",
            [self.school.pk, targets],
        )
        self.stays = {row[0]: Stay(*row[2:]) for row in rows}
        self.applied.subjects.extend(row[1] for row in rows)

    def _free_keys(self) -> None:
        """Takes every key that is given away from whoever had it, then gives what was decided."""
        changes = [
            line for line in self.lines[Subject.PUPIL, Change.CHANGED] if "key" in line.after
        ]
        new = [line.key for line in self.lines[Subject.PUPIL, Change.NEW]]
        keys = [*new, *(line.key for line in changes)]
        givers = [line.target for line in changes]
        source = self.roster_import.source
        fetch(
            "delete from students_pupilsourcekey k using ("
            " select s.id from students_pupilsourcekey s join unnest(%s::text[]) g(key)"
            " on g.key = s.key where s.school_id = %s and s.system = %s"
            " union select s.id from students_pupilsourcekey s join unnest(%s::uuid[]) g(pupil)"
            " on g.pupil = s.pupil_id where s.school_id = %s and s.system = %s"
            ") gone where k.id = gone.id returning k.id",
            [keys, self.school.pk, source, givers, self.school.pk, source],
        )
        self._copy_keys((line.target, line.after["key"]) for line in changes if line.after["key"])

    def _copy_keys(self, pairs: Iterable[tuple[object, object]]) -> None:
        school, source = self.school.pk, self.roster_import.source
        copy_rows(
            "students_pupilsourcekey",
            ("pupil_id", "school_id", "system", "key"),
            ((pupil, school, source, key) for pupil, key in pairs),
        )

    def _add_pupils(self, lines: list[Line]) -> None:
        """New pupils with their key, enrolment and places, five COPYs whatever their number."""
        if not lines:
            return
        ids = [uuid.uuid4() for _ in lines]
        log_keys = [uuid.uuid4() for _ in lines]
        self.applied.subjects.extend(log_keys)
        copy_rows(
            "students_pupil",
            (
                "id", "log_key", "board_id", "first_name", "given_names", "prefix", "surname",
                "birth_date", "sort_name", "search_name",
            ),
            map(self._pupil_row, ids, log_keys, lines),
        )  # fmt: skip
        self.progress.step("pupils", len(lines), len(lines))
        self._copy_keys(zip(ids, (line.key for line in lines), strict=True))
        self._enrol(
            [
                (pupil, as_date(line.after["starts_on"]) or self.on, line)
                for pupil, line in zip(ids, lines, strict=True)
            ]
        )
        places = []
        for pupil, line in zip(ids, lines, strict=True):
            stay = self.stays[pupil]
            start = max(stay.starts_on, self.year.starts_on)
            for key in (line.after.get("group_key"), *texts(line.after.get("combined_group_keys"))):
                if key:
                    group = self.groups[str(key)]
                    places.append(Place(pupil, stay.id, group, start, stay.ends_on))
        copy_rows(
            "students_groupmembership",
            ("enrolment_id", "group_id", "starts_on", "ends_on"),
            (place.row for place in places),
        )
        self.applied.moved.extend(place.joined(self.school.pk) for place in places)

    def _pupil_row(self, pupil: uuid.UUID, log_key: uuid.UUID, line: Line) -> tuple[object, ...]:
        first, prefix, surname = (
            str(line.after[name]) for name in ("first_name", "prefix", "surname")
        )
        return (
            pupil,
            log_key,
            self.school.board_id,
            first,
            "",
            prefix,
            surname,
            line.after["birth_date"],
            names.sort_text(surname, first),
            names.search_text(first, surname),
        )

    def _enrol(self, starts: list[tuple[uuid.UUID, date, Line]]) -> None:
        rows = []
        for pupil, starts_on, line in starts:
            location = self.locations.get(str(line.after.get("location_key")))
            ends_on = as_date(line.after.get("left_on"))
            stay = Stay(uuid.uuid4(), starts_on, ends_on, location)
            self.stays[pupil] = stay
            rows.append((stay.id, pupil, self.school.pk, location, starts_on, ends_on))
            self.applied.enrolled.append(enrolment.Enrolled(pupil, self.school.pk, starts_on))
            if ends_on:
                self.applied.left.append(enrolment.Left(pupil, self.school.pk, ends_on))
        copy_rows(
            "students_enrolment",
            ("id", "pupil_id", "school_id", "location_id", "starts_on", "ends_on"),
            rows,
        )

    def _return_pupils(self, lines: list[Line]) -> None:
        self._enrol(
            [
                (uuid.UUID(line.target), as_date(line.after["starts_on"]) or self.on, line)
                for line in lines
            ]
        )

    def _change_pupils(self, lines: list[Line]) -> None:
        """Names and birth date of the pupil; location and dates of the enrolment."""
        persons = {"first_name", "prefix", "surname", "birth_date"}
        changes = {uuid.UUID(line.target): line for line in lines if persons & line.after.keys()}
        rows = []
        for pupil in Pupil.objects.filter(pk__in=changes):
            after = changes[pupil.pk].after
            for name in persons & after.keys():
                value = after[name]
                setattr(pupil, name, as_date(value) if name == "birth_date" else value)
            derived = pupil.name_fields()
            rows.append(
                (
                    pupil.pk, pupil.first_name, pupil.prefix, pupil.surname, pupil.birth_date,
                    derived["sort_name"], derived["search_name"],
                )
            )  # fmt: skip
        columns = (
            ("id", "uuid"), ("first_name", "text"), ("prefix", "text"), ("surname", "text"),
            ("birth_date", "date"), ("sort_name", "text"), ("search_name", "text"),
        )  # fmt: skip
        update_rows("students_pupil", columns, rows)

    def _let_leave(self) -> None:
        """Changes enrolments: dates, location, and who left."""
        rows, gone = [], []
        changed = self.lines[Subject.PUPIL, Change.CHANGED]
        for line in (*changed, *self.lines[Subject.PUPIL, Change.LEFT]):
            if not {"location_key", "starts_on", "left_on"} & line.after.keys():
                continue
            pupil = uuid.UUID(line.target)
            stay = self.stays[pupil]
            location = self.locations.get(str(line.after.get("location_key")))
            stay.location_id = location or stay.location_id
            stay.starts_on = as_date(line.after.get("starts_on")) or stay.starts_on
            left_on = as_date(line.after.get("left_on"))
            if left_on:
                if stay.ends_on and stay.ends_on < self.on <= left_on:  # back at school
                    back = enrolment.Enrolled(pupil, self.school.pk, stay.starts_on)
                    self.applied.enrolled.append(back)
                stay.ends_on = left_on
                gone.append((stay.id, left_on))
                self.applied.left.append(enrolment.Left(pupil, self.school.pk, left_on))
            rows.append(stay)
        unique = {stay.id: stay for stay in rows}.values()
        columns = (
            ("id", "uuid"), ("starts_on", "date"), ("ends_on", "date"), ("location_id", "uuid"),
        )  # fmt: skip
        update_rows(
            "students_enrolment",
            columns,
            [(stay.id, stay.starts_on, stay.ends_on, stay.location_id) for stay in unique],
        )
        close_after(gone)

    def _move_pupils(self, lines: list[Line]) -> None:
        """To other groups, on the day or when the file's school year starts."""
        day = min(max(self.on, self.year.starts_on), self.year.ends_on)
        base, combined = [], []
        for line in lines:
            pupil = uuid.UUID(line.target)
            stay = self.stays[pupil]
            start = max(day, stay.starts_on)
            if "group_key" in line.after:
                keys = [str(line.after["group_key"])] if line.after["group_key"] else []
                base.append((pupil, stay.id, start, [self.groups[key] for key in keys]))
            if "combined_group_keys" in line.after:
                wanted = [self.groups[key] for key in texts(line.after["combined_group_keys"])]
                combined.append((pupil, stay.id, start, wanted))
        school = self.school.pk
        self.applied.moved.extend(move_to(base, school=school, combined=False))
        self.applied.moved.extend(move_to(combined, school=school, combined=True))

    def _tell_rooms_above(self) -> None:
        enrolled = self.applied.enrolled
        for start in range(0, len(enrolled), AT_ONCE):
            self.progress.step("dossiers", start, len(enrolled))
            enrolment.tell_enrolled(enrolled[start : start + AT_ONCE])
        if self.applied.left:
            enrolment.tell_left(self.applied.left)
        if self.applied.moved:
            enrolment.tell_moved(self.applied.moved)
