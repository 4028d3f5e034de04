"""What each rule of findings looks for: plain functions over one day, proved by tables of cases.

Each gives what it found with what it counted; its name is added by `oversight.rules.findings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median_high

from oversight.rules.findings_facts import (
    DOSSIER,
    TAKING_ALONG,
    Facts,
    Found,
    Key,
    Kind,
    Use,
    by_person,
)

Limits = Mapping[str, int]
Check = Callable[[Facts, Limits], Iterator[Found]]


def _found(person: Key | None, uses: Iterable[Use], **measured: int) -> Found:
    return Found("", person, tuple(uses), measured)


def _each_person(uses: Iterable[Use], least: int) -> Iterator[Found]:
    """One for each person with enough of these uses."""
    for person, theirs in by_person(uses).items():
        if len(theirs) >= least:
            yield _found(person, theirs, number=len(theirs), least=least)


def outside_hours(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Pupils' data seen in a weekend or holiday, or before or after the hours of the board."""
    opens, closes = limits["opens"], limits["closes"]
    late = [
        use
        for use in facts.uses
        if use.shows_pupils and (not facts.is_school_day or not opens <= use.at.hour < closes)
    ]
    for one in _each_person(late, limits["least"]):
        measured = {"opens": opens, "closes": closes, "day_off": int(not facts.is_school_day)}
        yield _found(one.person, one.uses, **one.measured, **measured)


def busiest(uses: Sequence[Use], minutes: int) -> tuple[int, Sequence[Use]]:
    """The stretch of so many minutes in which most dossiers were opened, and how many.

    Each use comes in once and goes out once, however many there are.
    """
    length = timedelta(minutes=minutes)
    most, start, end, first = 0, 0, 0, 0
    inside: Counter[Key] = Counter()
    for last, use in enumerate(uses):
        inside.update(use.pupils)
        while use.at - uses[first].at > length:
            for pupil in uses[first].pupils:
                inside[pupil] -= 1
                if not inside[pupil]:
                    del inside[pupil]
            first += 1
        if len(inside) > most:
            most, start, end = len(inside), first, last + 1
    return most, uses[start:end]


def many_dossiers(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Far more dossiers in a short time than this person usually opens."""
    least, factor, minutes = limits["least"], limits["factor"], limits["minutes"]
    for person, theirs in by_person(u for u in facts.uses if u.opens_a_dossier).items():
        number, stretch = busiest(theirs, minutes)
        usual = median_high(facts.habits.get(person) or [0])
        if number >= least and number > factor * usual:
            measured = {"number": number, "usual": usual}
            limit = {"least": least, "factor": factor, "minutes": minutes}
            yield _found(person, stretch, **measured, **limit)


def _in_series(uses: Sequence[Use], least: int, minutes: int) -> list[Use]:
    """The uses that stand with enough others within so many minutes."""
    series: dict[Key, Use] = {}
    first, number = 0, 0
    for last, use in enumerate(uses):
        number += use.number
        while use.at - uses[first].at > timedelta(minutes=minutes):
            number -= uses[first].number
            first += 1
        if number >= least:
            series.update((one.key, one) for one in uses[first : last + 1])
    return list(series.values())


def refusals(facts: Facts, limits: Limits) -> Iterator[Found]:
    """One person, or visitors from one address, refused again and again within minutes.

    Visitors of all addresses are one finding a day: it is about nobody known.
    """
    minutes = limits["minutes"]
    refused = [use for use in facts.uses if use.kind is Kind.REFUSED]
    for person, theirs in by_person(refused).items():
        series = _in_series(theirs, limits["least"], minutes)
        if series:
            number, least = sum(use.number for use in series), limits["least"]
            yield _found(person, series, number=number, least=least, minutes=minutes)
    addresses: dict[str, list[Use]] = {}
    for use in refused:
        if use.person is None:
            addresses.setdefault(use.address, []).append(use)
    least = limits["visitors"]
    series = [u for theirs in addresses.values() for u in _in_series(theirs, least, minutes)]
    if series:
        number, places = sum(use.number for use in series), len({use.address for use in series})
        yield _found(None, series, number=number, addresses=places, visitors=least, minutes=minutes)


def around_the_end(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Many looks in the last days of an assignment, or any look or try after it."""
    before, after = timedelta(days=limits["before"]), timedelta(days=limits["after"])
    for person, theirs in by_person([*facts.earlier, *facts.uses]).items():
        late: list[Use] = []
        soon: list[Use] = []
        for use in theirs:
            if use.opens_a_dossier or use.kind is Kind.REFUSED:
                ends = [
                    facts.endings[person, p] for p in use.pupils if (person, p) in facts.endings
                ]
                if any(day < use.at.date() <= day + after for day in ends):
                    late.append(use)
                elif use.kind is not Kind.REFUSED and _is_near(use.at.date(), ends, before):
                    soon.append(use)
        kept = late + (soon if len(soon) >= limits["least"] else [])
        if kept:
            kept.sort(key=lambda use: use.at)
            measured = {"number": len(kept), "after_end": len(late)}
            limit = {name: limits[name] for name in ("before", "after", "least")}
            yield _found(person, kept, **measured, **limit)


def _is_near(day: date, ends: Iterable[date], before: timedelta) -> bool:
    return any(end - before < day <= end for end in ends)


def after_leaving(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Looks at the dossier of a pupil who left some days ago or longer."""
    wait = timedelta(days=limits["days"])
    gone = [
        use
        for use in facts.uses
        if use.opens_a_dossier
        and any(p in facts.left and facts.left[p] + wait < facts.day for p in use.pupils)
    ]
    for one in _each_person(gone, 1):
        pupils = {p for use in one.uses for p in use.pupils if p in facts.left}
        yield _found(
            one.person, one.uses, number=len(one.uses), pupils=len(pupils), days=limits["days"]
        )


def emergency_cards(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Emergency cards of pupils who are not theirs."""
    return _each_person((u for u in facts.uses if u.kind is Kind.CARD), limits["least"])


def same_surname(facts: Facts, limits: Limits) -> Iterator[Found]:
    """A dossier of a pupil with the surname of whoever opened it."""
    alike = [
        use
        for use in facts.uses
        if (use.kind in {Kind.LOOK, Kind.CARD} or use.kind in TAKING_ALONG)
        and (use.ground in DOSSIER or use.kind is Kind.CARD)
        and any((use.person, pupil) in facts.namesakes for pupil in use.pupils)
    ]
    return _each_person(alike, limits["least"])


def in_bulk(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Prints and files with many pupils or many items, taken together over the day."""
    taken = [use for use in facts.uses if use.kind in TAKING_ALONG and use.ground != "own"]
    for person, theirs in by_person(taken).items():
        pupils = len({pupil for use in theirs for pupil in use.pupils})
        items = sum(use.number for use in theirs)
        if pupils >= limits["pupils"] or items >= limits["items"]:
            limit = {"most_pupils": limits["pupils"], "most_items": limits["items"]}
            yield _found(person, theirs, number=len(theirs), pupils=pupils, items=items, **limit)


def rights(facts: Facts, limits: Limits) -> Iterator[Found]:
    """Roles, second factors and who is whose parent; assignments when there are many."""
    changed = [use for use in facts.uses if use.kind in {Kind.RIGHTS, Kind.ASSIGNING}]
    for person, theirs in by_person(changed).items():
        heavy = [use for use in theirs if use.kind is Kind.RIGHTS]
        light = [use for use in theirs if use.kind is Kind.ASSIGNING]
        kept = (heavy if len(heavy) >= limits["rights"] else []) + (
            light if len(light) >= limits["assigning"] else []
        )
        if kept:
            kept.sort(key=lambda use: use.at)
            measured = {"number": len(kept), "assigned": len(kept) - len(heavy)}
            yield _found(person, kept, **measured, **limits)
