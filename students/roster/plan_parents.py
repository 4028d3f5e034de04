"""Plans a parents file. A parent is found by key, never by name: that is for a person. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from students.roster.known import KnownFamilies, KnownLink, KnownParent
from students.roster.plan import Change, Doubt, Fields, Line, Plan, Subject, as_text, difference
from students.roster.records import ParentRecord, ParentsFile
from students.roster.values import folded


def plan_parents(file: ParentsFile, known: KnownFamilies) -> Plan:
    """What the file would change. Parents and pupils that the file leaves out stay as they are."""
    plan = Plan(dropped=file.dropped)
    planner = _Parents(known)
    for row in file.rows:
        lines = list(planner.lines_of(row))
        plan.lines.extend(lines)
        plan.unchanged += not lines
    return plan


class _Parents:
    """Finds for each row who the parent is here, if anybody; remembers the rows before it."""

    def __init__(self, known: KnownFamilies) -> None:
        self.known = known
        self.parents = {parent.id: parent for parent in known.parents}
        self.by_key = {
            parent.key: parent
            for parent in known.parents
            if parent.key and parent.source == known.source
        }
        self.links = {(link.parent_id, link.pupil_id): link for link in known.links}
        self.parents_of: dict[str, list[KnownParent]] = defaultdict(list)
        for link in known.links:
            if link.parent_id in self.parents:
                self.parents_of[link.pupil_id].append(self.parents[link.parent_id])
        self.by_name: dict[str, list[KnownParent]] = defaultdict(list)
        for parent in known.parents:
            if not parent.is_kept_elsewhere:
                self.by_name[name_of(parent)].append(parent)
        self.of_own_child = {parent for parent, pupil in self.links if pupil in known.own_children}
        self.row_of_key: dict[str, str] = {}
        self.rows_by_name: dict[str, list[str]] = defaultdict(list)

    def lines_of(self, row: ParentRecord) -> Iterator[Line]:
        pupil_id = self.known.pupil_ids.get(row.pupil_key)
        if pupil_id is None:
            yield _left_out(row, Doubt.UNKNOWN_PUPIL)
        elif pupil_id in self.known.own_children:
            yield _left_out(row, Doubt.OWN_CHILD)
        elif row.parent_key:
            yield from self._with_key(row, pupil_id)
        else:
            yield from self._without_key(row, pupil_id)

    def _with_key(self, row: ParentRecord, pupil_id: str) -> Iterator[Line]:
        if row.parent_key not in self.row_of_key:
            parent = self.by_key.get(row.parent_key)
            if parent is not None and self._is_out_of_reach(parent):
                self.row_of_key[row.parent_key] = parent.id
            elif parent is not None and not is_somebody_else(parent, row):
                self.row_of_key[row.parent_key] = parent.id
                yield from compare_parent(row, parent)
            else:
                yield from self._somebody(row, parent)
        linked = self._link(row, pupil_id, self.row_of_key[row.parent_key])
        if linked is not None:
            yield linked

    def _is_out_of_reach(self, parent: KnownParent) -> bool:
        """Whose contact data the reader may not see or change, whatever the file says."""
        return parent.is_kept_elsewhere or parent.id in self.of_own_child

    def _somebody(self, row: ParentRecord, holder: KnownParent | None) -> Iterator[Line]:
        """A key that is new, or that another person seems to have had."""
        place = f"line:{row.line}"
        self.row_of_key[row.parent_key] = place
        namesakes = [
            parent.id
            for parent in self.by_name.get(name_of(row), ())
            if not (parent.source == self.known.source and parent.key)
            and parent.id not in self.of_own_child
        ]
        doubt = Doubt.OTHER_KEY if holder is None else Doubt.OTHER_PERSON
        candidates = tuple(namesakes) if holder is None else (holder.id, *namesakes)
        self.rows_by_name[name_of(row)].append(place)
        yield Line(
            Change.DOUBTFUL if candidates else Change.NEW,
            Subject.PARENT,
            row.line,
            row.parent_key,
            after=fields_of(row),
            doubt=doubt if candidates else None,
            candidates=candidates,
        )

    def _without_key(self, row: ParentRecord, pupil_id: str) -> Iterator[Line]:
        """Only a row that says exactly what is here already is known; else a person links."""
        for parent in self.parents_of[pupil_id]:
            link = self.links[(parent.id, pupil_id)]
            if self._is_out_of_reach(parent) and name_of(parent) == name_of(row):
                yield _left_out(row, Doubt.KEPT_ELSEWHERE)
                return
            if not compare_parent(row, parent) and not _changed(row, link)[1]:
                return
        place = f"line:{row.line}"
        name = name_of(row)
        candidates = tuple(
            dict.fromkeys(
                (
                    *(
                        parent.id
                        for parent in self.by_name.get(name, ())
                        if parent.id not in self.of_own_child
                    ),
                    *self.rows_by_name[name],
                )
            )
        )
        self.rows_by_name[name].append(place)
        yield Line(
            Change.DOUBTFUL if candidates else Change.NEW,
            Subject.PARENT,
            row.line,
            row.pupil_key,
            after=fields_of(row),
            doubt=Doubt.NO_KEY if candidates else None,
            candidates=candidates,
        )
        yield link_to(row, pupil_id, place)

    def _link(self, row: ParentRecord, pupil_id: str, parent: str) -> Line | None:
        if (parent, pupil_id) in self.known.withdrawn:
            return _left_out(row, Doubt.WITHDRAWN_LINK)
        known = self.parents.get(parent)
        if known is not None and known.is_kept_elsewhere and (parent, pupil_id) not in self.links:
            return _left_out(row, Doubt.KEPT_ELSEWHERE)
        if known is not None and known.is_colleague and (parent, pupil_id) not in self.links:
            return _left_out(row, Doubt.COLLEAGUE)
        return compare_link(row, pupil_id, parent, self.links.get((parent, pupil_id)))


def _left_out(row: ParentRecord, why: Doubt) -> Line:
    return Line(Change.LEFT_OUT, Subject.LINK, row.line, row.pupil_key, doubt=why)


def name_of(person: KnownParent | ParentRecord) -> str:
    """The whole name, folded."""
    return folded(person.first_name, person.prefix, person.surname)


def is_somebody_else(parent: KnownParent, row: ParentRecord) -> bool:
    """First name and surname both differ: the key may have gone to another person."""
    return folded(parent.first_name) != folded(row.first_name) and folded(parent.surname) != folded(
        row.surname
    )


def fields_of(row: ParentRecord) -> Fields:
    """The kept fields of the person, as a line keeps them."""
    return {
        "parent_key": row.parent_key,
        "first_name": row.first_name,
        "prefix": row.prefix,
        "surname": row.surname,
        "street": row.street,
        "postcode": row.postcode,
        "city": row.city,
        "is_secret": row.is_secret,
        "email": row.email,
    }


def compare_parent(row: ParentRecord, parent: KnownParent) -> list[Line]:
    """What a row changes for a parent who is here. What the row leaves empty is kept.

    An address comes whole. A secret address never becomes public by a file: a person does that.
    """
    before: Fields = {"first_name": parent.first_name, "email": parent.email}
    after: Fields = {
        "first_name": row.first_name or parent.first_name,
        "email": row.email or parent.email,
    }
    if row.surname:
        before |= {"prefix": parent.prefix, "surname": parent.surname}
        after |= {"prefix": row.prefix, "surname": row.surname}
    if row.street or row.postcode or row.city:
        before |= {"street": parent.street, "postcode": parent.postcode, "city": parent.city}
        after |= {"street": row.street, "postcode": row.postcode, "city": row.city}
    if row.is_secret:
        before["is_secret"], after["is_secret"] = parent.is_secret, True
    old, new = difference(before, after)
    if not new:
        return []
    return [
        Line(
            Change.CHANGED,
            Subject.PARENT,
            row.line,
            row.parent_key or row.pupil_key,
            parent.id,
            before=old,
            after=new,
        )
    ]


def _said_of_link(row: ParentRecord) -> Fields:
    return {
        "relation": str(row.relation),
        "authority": str(row.authority),
        "since": as_text(row.since),
        "source": row.source,
    }


def _changed(row: ParentRecord, link: KnownLink) -> tuple[Fields, Fields]:
    """What differs; a date or source that the row leaves out is kept, and so is known authority."""
    after = _said_of_link(row)
    before: Fields = {
        "relation": link.relation,
        "authority": link.authority,
        "since": as_text(link.since),
        "source": link.source,
    }
    if row.authority == "unknown":
        after.pop("authority")
    if row.authority == "unknown" or (row.authority == link.authority and row.since is None):
        after.pop("since")
    if row.authority == "unknown" or not row.source:
        after.pop("source")
    if row.relation == "other":
        after.pop("relation")
    old, new = difference(before, after)
    return (old, new) if new else ({}, {})


def link_to(row: ParentRecord, pupil_id: str, parent: str) -> Line:
    """A parent who is new with this pupil; `parent` is a key of the portal or `line:12`."""
    after = _said_of_link(row) | {"pupil": pupil_id, "parent": parent}
    return Line(Change.NEW, Subject.LINK, row.line, row.pupil_key, after=after)


def compare_link(
    row: ParentRecord, pupil_id: str, parent: str, link: KnownLink | None
) -> Line | None:
    """What a row changes between a parent and a pupil; nothing when it says what is here."""
    if link is None:
        return link_to(row, pupil_id, parent)
    old, new = _changed(row, link)
    if not new:
        return None
    return Line(
        Change.CHANGED,
        Subject.LINK,
        row.line,
        row.pupil_key,
        parent,
        before=old,
        after=new | {"pupil": pupil_id, "parent": parent},
    )
