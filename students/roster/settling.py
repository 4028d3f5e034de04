"""Turns a looked-at plan with its decisions into what will be done. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from students.roster.known import KnownLink, KnownParent, KnownPupil
from students.roster.plan import (
    Answer,
    Change,
    Decision,
    Fields,
    Line,
    Subject,
    as_date,
    as_text,
    texts,
)
from students.roster.plan_parents import compare_link, compare_parent, link_to
from students.roster.plan_pupils import compare, new_pupil
from students.roster.records import Authority, ParentRecord, PupilRecord, Relation


class Undecided(ValueError):
    """A doubtful or missing line has no answer yet."""


def settle_roster(
    lines: Iterable[Line],
    decisions: Mapping[int, Decision],
    pupils: Mapping[str, KnownPupil],
    *,
    source: str,
    on: date,
) -> Iterator[Line]:
    """The lines to apply: doubts resolved into new, changed, moved, left or returned pupils.

    `pupils` holds at least the candidates and whoever has the key of a doubtful line now.
    """
    holders = {one.key: one for one in pupils.values() if one.source == source and one.key}
    for place, line in enumerate(lines):
        if line.change is Change.DOUBTFUL:
            decision = _decision(decisions, place)
            yield from _settled_pupil(line, decision, pupils, holders, source=source, on=on)
        elif line.change is Change.MISSING:
            decision = _decision(decisions, place)
            if decision.answer is Answer.LEFT:
                left_on = as_text(decision.left_on or on)
                yield replace(
                    line, change=Change.LEFT, before={"left_on": None}, after={"left_on": left_on}
                )
        elif line.change is not Change.LEFT_OUT:
            yield line


def _decision(decisions: Mapping[int, Decision], place: int) -> Decision:
    if place not in decisions:
        raise Undecided(place)
    return decisions[place]


def _settled_pupil(
    line: Line,
    decision: Decision,
    pupils: Mapping[str, KnownPupil],
    holders: Mapping[str, KnownPupil],
    *,
    source: str,
    on: date,
) -> Iterator[Line]:
    record = record_of(line)
    holder = holders.get(line.key)
    if decision.answer is Answer.NEW:
        if holder is not None:
            yield _give_up_key(line, holder)
        yield new_pupil(record, on=on)
    elif decision.answer is Answer.SAME:
        pupil = pupils[decision.candidate]
        if holder is not None and holder.id != pupil.id:
            yield _give_up_key(line, holder)
        if _takes_key(record, pupil, source=source):
            yield Line(
                Change.CHANGED,
                Subject.PUPIL,
                line.line,
                line.key,
                pupil.id,
                before={"key": pupil.key},
                after={"key": record.key},
            )
        for one in compare(record, pupil, on=on, has_groups="group_key" in line.after):
            if one.change is not Change.MISSING:
                yield one


def _give_up_key(line: Line, holder: KnownPupil) -> Line:
    return Line(
        Change.CHANGED,
        Subject.PUPIL,
        line.line,
        line.key,
        holder.id,
        before={"key": line.key},
        after={"key": ""},
    )


def _takes_key(record: PupilRecord, pupil: KnownPupil, *, source: str) -> bool:
    """A dummy key never replaces a real one of the same system."""
    if pupil.source != source or not pupil.key:
        return True
    return pupil.key != record.key and (not record.has_dummy_key or pupil.key.startswith("#"))


def record_of(line: Line) -> PupilRecord:
    """The record that a doubtful or new line was made of."""
    after = line.after
    return PupilRecord(
        line=line.line,
        key=line.key,
        first_name=str(after["first_name"]),
        prefix=str(after["prefix"]),
        surname=str(after["surname"]),
        birth_date=as_date(after["birth_date"]),
        group_key=str(after.get("group_key") or ""),
        combined_group_keys=texts(after.get("combined_group_keys")),
        location_key=str(after["location_key"]),
        starts_on=as_date(after["starts_on"]),
        left_on=as_date(after["left_on"]),
    )


def settle_parents(
    lines: Iterable[Line],
    decisions: Mapping[int, Decision],
    parents: Mapping[str, KnownParent],
    links: Mapping[tuple[str, str], KnownLink],
    withdrawn: Collection[tuple[str, str]] = (),
    *,
    source: str,
) -> Iterator[Line]:
    """The lines to apply; a link to `line:12` follows what was decided on that line.

    `parents` and `links` hold at least the candidates and whoever has the key of a doubtful line.
    """
    holders = {one.key: one for one in parents.values() if one.source == source and one.key}
    became: dict[str, str | None] = {}
    linked: set[tuple[str, str]] = set()
    rows: dict[str, ParentRecord] = {}
    for place, line in enumerate(lines):
        if line.subject is Subject.PARENT and line.change in (Change.DOUBTFUL, Change.NEW):
            name = f"line:{line.line}"
            rows[name] = _row_of(line)
            decision = (
                _decision(decisions, place)
                if line.change is Change.DOUBTFUL
                else Decision(Answer.NEW)
            )
            became[name] = _who(decision, name, became)
            yield from _settled_parent(line, rows[name], became[name], parents, holders, source)
        elif line.subject is Subject.LINK and line.change is Change.NEW:
            settled = _settled_link(line, became, links, parents)
            if settled is None:
                continue
            pair = (str(settled.after["parent"]), str(settled.after["pupil"]))
            if pair not in linked and pair not in withdrawn:
                linked.add(pair)
                yield settled
        elif line.change is not Change.LEFT_OUT:
            yield line


def _who(decision: Decision, name: str, became: Mapping[str, str | None]) -> str | None:
    """The key of the portal, or the line, that a row stands for; nobody when it is left out."""
    if decision.answer is Answer.NEW:
        return name
    if decision.answer is Answer.SAME:
        return became.get(decision.candidate, decision.candidate)
    return None


def _settled_parent(
    line: Line,
    row: ParentRecord,
    who: str | None,
    parents: Mapping[str, KnownParent],
    holders: Mapping[str, KnownParent],
    source: str,
) -> Iterator[Line]:
    holder = holders.get(row.parent_key) if row.parent_key else None
    if who is None:
        return
    if holder is not None and holder.id != who:
        yield replace(
            line,
            change=Change.CHANGED,
            target=holder.id,
            before={"parent_key": row.parent_key},
            after={"parent_key": ""},
        )
    if who == f"line:{line.line}":
        yield replace(line, change=Change.NEW, doubt=None, candidates=())
    elif who in parents:
        parent = parents[who]
        if row.parent_key and (parent.key != row.parent_key or parent.source != source):
            before: Fields = {"parent_key": parent.key}
            yield replace(
                line,
                change=Change.CHANGED,
                target=who,
                before=before,
                after={"parent_key": row.parent_key},
                doubt=None,
                candidates=(),
            )
        yield from compare_parent(row, parent)


def _settled_link(
    line: Line,
    became: Mapping[str, str | None],
    links: Mapping[tuple[str, str], KnownLink],
    parents: Mapping[str, KnownParent],
) -> Line | None:
    """The link as decided; none to a further child of a colleague, which no file makes."""
    parent = str(line.after["parent"])
    who = became.get(parent, parent)
    if who is None:
        return None
    pupil_id = str(line.after["pupil"])
    row = _link_row_of(line)
    known = links.get((who, pupil_id))
    if known is None and who in parents and parents[who].is_colleague:
        return None
    return link_to(row, pupil_id, who) if known is None else compare_link(row, pupil_id, who, known)


def _row_of(line: Line) -> ParentRecord:
    after = line.after
    return ParentRecord(
        line=line.line,
        parent_key=str(after["parent_key"]),
        pupil_key=line.key,
        first_name=str(after["first_name"]),
        prefix=str(after["prefix"]),
        surname=str(after["surname"]),
        street=str(after["street"]),
        postcode=str(after["postcode"]),
        city=str(after["city"]),
        is_secret=bool(after["is_secret"]),
        email=str(after["email"]),
        relation=Relation.OTHER,
        authority=Authority.UNKNOWN,
        since=None,
        source="",
    )


def _link_row_of(line: Line) -> ParentRecord:
    after = line.after
    return ParentRecord(
        line=line.line,
        parent_key="",
        pupil_key=line.key,
        first_name="",
        prefix="",
        surname="",
        street="",
        postcode="",
        city="",
        is_secret=False,
        email="",
        relation=Relation(str(after["relation"])),
        authority=Authority(str(after["authority"])),
        since=as_date(after["since"]),
        source=str(after["source"]),
    )
