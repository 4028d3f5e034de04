"""Does what the settled lines of a parents plan say, with a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from access.models import User
from students import names
from students.models import Authority, Parent, ParentAddress, Parenthood, Pupil, RosterImport
from students.roster.applying import Applied
from students.roster.bulk import copy_rows, fetch, update_rows
from students.roster.plan import Change, Line, Subject, as_date
from students.roster.progress import Progress

_PERSON = frozenset({"first_name", "prefix", "surname", "email"})
_ADDRESS = frozenset({"street", "postcode", "city", "is_secret"})


class ParentsWork:
    """One parents file being applied, inside the transaction of its action."""

    def __init__(
        self, roster_import: RosterImport, *, by: User, on: date, progress: Progress
    ) -> None:
        self.roster_import = roster_import
        self.school = roster_import.school
        self.by = by
        self.on = on
        self.progress = progress
        self.applied = Applied()
        self.lines: dict[tuple[Subject, Change], list[Line]] = defaultdict(list)
        self.ids: dict[str, uuid.UUID] = {}

    def apply(self, lines: Iterable[Line]) -> Applied:
        """Writes everything. A link to `line:12` goes to the parent made for that line."""
        for line in lines:
            self.lines[line.subject, line.change].append(line)
            self.applied.changed.update(line.after)
        new = self.lines[Subject.PARENT, Change.NEW]
        self.ids = {f"line:{line.line}": uuid.uuid4() for line in new}
        self._hand_over_keys()
        self._add_parents(new)
        self.progress.step("parents", len(new), len(new))
        self._change_parents(self.lines[Subject.PARENT, Change.CHANGED])
        self._add_links(self.lines[Subject.LINK, Change.NEW])
        self._change_links(self.lines[Subject.LINK, Change.CHANGED])
        self._name_pupils()
        return self.applied

    def _parent(self, name: object) -> uuid.UUID:
        known = self.ids.get(str(name))
        return known or uuid.UUID(str(name))

    def _hand_over_keys(self) -> None:
        """Takes every key that is given away from whoever had it, then gives it."""
        changes = [
            line
            for line in self.lines[Subject.PARENT, Change.CHANGED]
            if "parent_key" in line.after
        ]
        new = self.lines[Subject.PARENT, Change.NEW]
        pairs = [(line.target, line.after["parent_key"]) for line in changes]
        source = self.roster_import.source
        keys = [str(line.after["parent_key"]) for line in (*new, *changes)]
        givers = [target for target, _key in pairs]
        fetch(
            "delete from students_parentsourcekey k using ("
            " select s.id from students_parentsourcekey s join unnest(%s::text[]) g(key)"
            " on g.key = s.key where s.school_id = %s and s.system = %s"
            " union select s.id from students_parentsourcekey s join unnest(%s::uuid[]) g(parent)"
            " on g.parent = s.parent_id where s.school_id = %s and s.system = %s"
            ") gone where k.id = gone.id returning k.id",
            [keys, self.school.pk, source, givers, self.school.pk, source],
        )
        self._keys = [(uuid.UUID(target), key) for target, key in pairs if key]
        self._keys += [
            (self._parent(f"line:{line.line}"), line.after["parent_key"])
            for line in new
            if line.after["parent_key"]
        ]

    def _add_parents(self, lines: list[Line]) -> None:
        copy_rows(
            "students_parent",
            (
                "id", "board_id", "first_name", "prefix", "surname", "email", "phone",
                "sort_name", "search_name",
            ),
            map(self._parent_row, lines),
        )  # fmt: skip
        copy_rows(
            "students_parentaddress",
            ("parent_id", "street", "postcode", "city", "country", "is_secret"),
            (
                (
                    self._parent(f"line:{line.line}"), line.after["street"],
                    line.after["postcode"], line.after["city"], "", line.after["is_secret"],
                )
                for line in lines
            ),
        )  # fmt: skip
        school, source = self.school.pk, self.roster_import.source
        copy_rows(
            "students_parentsourcekey",
            ("parent_id", "school_id", "system", "key"),
            ((parent, school, source, key) for parent, key in self._keys),
        )

    def _parent_row(self, line: Line) -> tuple[object, ...]:
        first, prefix, surname = (
            str(line.after[name]) for name in ("first_name", "prefix", "surname")
        )
        return (
            self._parent(f"line:{line.line}"),
            self.school.board_id,
            first,
            prefix,
            surname,
            line.after["email"] or None,
            "",
            names.sort_text(surname, first),
            names.search_text(first, surname),
        )

    def _change_parents(self, lines: list[Line]) -> None:
        after_of: dict[uuid.UUID, dict[str, object]] = defaultdict(dict)
        for line in lines:
            after_of[uuid.UUID(line.target)].update(line.after)
        rows = []
        for parent in Parent.objects.filter(pk__in=after_of).select_related("address"):
            after = after_of[parent.pk]
            for name in _PERSON & after.keys():
                setattr(parent, name, after[name])
            derived = parent.name_fields()
            rows.append(
                (
                    parent.pk, parent.first_name, parent.prefix, parent.surname,
                    parent.email or None, derived["sort_name"], derived["search_name"],
                )
            )  # fmt: skip
            if _ADDRESS & after.keys():
                address, _made = ParentAddress.objects.get_or_create(parent=parent)
                for name in _ADDRESS & after.keys():
                    setattr(address, name, after[name])
                address.save()
        columns = (
            ("id", "uuid"), ("first_name", "text"), ("prefix", "text"), ("surname", "text"),
            ("email", "text"), ("sort_name", "text"), ("search_name", "text"),
        )  # fmt: skip
        update_rows("students_parent", columns, rows)

    def _add_links(self, lines: list[Line]) -> None:
        ids = [uuid.uuid4() for _ in lines]
        copy_rows(
            "students_parenthood",
            ("id", "parent_id", "pupil_id", "relation", "created_at"),
            (
                (
                    key,
                    self._parent(line.after["parent"]),
                    line.after["pupil"],
                    line.after["relation"],
                    self.roster_import.approved_at,
                )
                for key, line in zip(ids, lines, strict=True)
            ),
        )
        copy_rows(
            "students_authority",
            (
                "id",
                "parenthood_id",
                "value",
                "starts_on",
                "source",
                "recorded_by_id",
                "recorded_at",
            ),
            (self._authority_row(key, line) for key, line in zip(ids, lines, strict=True)),
        )

    def _authority_row(self, link: uuid.UUID, line: Line) -> tuple[object, ...]:
        starts_on = line.after["since"] or self.on
        moment = self.roster_import.approved_at
        return (
            uuid.uuid4(), link, line.after["authority"], starts_on, line.after["source"],
            self.by.pk, moment,
        )  # fmt: skip

    def _change_links(self, lines: list[Line]) -> None:
        """A changed authority is a new dated row that closes the one before (never overwritten)."""
        for line in lines:
            link = Parenthood.objects.get(
                parent=self._parent(line.after["parent"]), pupil=uuid.UUID(str(line.after["pupil"]))
            )
            if "relation" in line.after:
                link.relation = str(line.after["relation"])
                link.save(update_fields=["relation"])
            if {"authority", "since", "source"} & line.after.keys():
                self._renew_authority(link, line)

    def _renew_authority(self, link: Parenthood, line: Line) -> None:
        before = Authority.objects.filter(parenthood=link, ends_on__isnull=True).first()
        starts_on = as_date(line.after.get("since"))
        if starts_on is None:
            starts_on = self.on if "authority" in line.after or before is None else before.starts_on
        if before is not None:
            before.ends_on = max(before.starts_on, starts_on) - timedelta(days=1)
            before.save(update_fields=["ends_on"])
        Authority.objects.create(
            parenthood=link,
            value=str(line.after.get("authority") or (before.value if before else "unknown")),
            starts_on=starts_on,
            source=str(line.after.get("source") or (before.source if before else "")),
            recorded_by=self.by,
        )

    def _name_pupils(self) -> None:
        """Whose data was touched: the children."""
        linked = {
            str(line.after["pupil"])
            for change in (Change.NEW, Change.CHANGED)
            for line in self.lines[Subject.LINK, change]
        }
        parents = [line.target for line in self.lines[Subject.PARENT, Change.CHANGED]]
        of_parents = Pupil.objects.filter(parenthoods__parent__in=parents)
        found = Pupil.objects.filter(pk__in=linked).union(of_parents)
        self.applied.subjects.extend(sorted(found.values_list("log_key", flat=True)))
