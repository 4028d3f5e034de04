"""The rules of findings: their names, limits and defaults, and one day put to all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from oversight.rules import findings_checks as checks
from oversight.rules.findings_facts import Facts, Found, Key, Kind, Use, by_person


@dataclass(frozen=True)
class Limit:
    """A number that a board may set, within bounds."""

    name: str
    usual: int
    least: int
    most: int


@dataclass(frozen=True)
class Rule:
    """One rule: its code in addresses and tables, how grave, and what a board may set."""

    code: str
    severity: str
    limits: tuple[Limit, ...]
    check: checks.Check

    @property
    def defaults(self) -> dict[str, int]:
        """What counts as long as a board set nothing."""
        return {limit.name: limit.usual for limit in self.limits}


@dataclass(frozen=True)
class Setting:
    """How one rule is set."""

    is_on: bool
    severity: str
    limits: Mapping[str, int]


RULES: tuple[Rule, ...] = (
    Rule(
        "outside-hours",
        "low",
        (Limit("opens", 7, 0, 12), Limit("closes", 19, 13, 24), Limit("least", 3, 1, 100)),
        checks.outside_hours,
    ),
    Rule(
        "many-dossiers",
        "middle",
        (
            Limit("minutes", 60, 5, 240),
            Limit("least", 12, 3, 500),
            Limit("factor", 3, 1, 20),
            Limit("days", 20, 5, 60),
        ),
        checks.many_dossiers,
    ),
    Rule(
        "refusals",
        "middle",
        (Limit("least", 5, 2, 100), Limit("minutes", 10, 1, 240), Limit("visitors", 30, 5, 1000)),
        checks.refusals,
    ),
    Rule(
        "around-the-end",
        "middle",
        (Limit("before", 3, 1, 30), Limit("after", 30, 1, 365), Limit("least", 10, 1, 200)),
        checks.around_the_end,
    ),
    Rule("after-leaving", "middle", (Limit("days", 7, 0, 365),), checks.after_leaving),
    Rule("emergency-card", "middle", (Limit("least", 1, 1, 50),), checks.emergency_cards),
    Rule("same-surname", "low", (Limit("least", 1, 1, 50),), checks.same_surname),
    Rule(
        "bulk",
        "high",
        (Limit("pupils", 40, 2, 2000), Limit("items", 60, 2, 5000)),
        checks.in_bulk,
    ),
    Rule(
        "rights",
        "low",
        (Limit("rights", 1, 1, 50), Limit("assigning", 40, 2, 1000)),
        checks.rights,
    ),
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}


def as_usual() -> dict[str, Setting]:
    """Every rule as it is set where a board set nothing."""
    return {rule.code: Setting(True, rule.severity, rule.defaults) for rule in RULES}


def findings_in(facts: Facts, settings: Mapping[str, Setting]) -> Iterator[Found]:
    """What every rule that is on finds in one day, each row at most once a rule."""
    for rule in RULES:
        setting = settings[rule.code]
        if setting.is_on:
            for found in rule.check(facts, setting.limits):
                yield replace(found, rule=rule.code)


@dataclass(frozen=True)
class Questions:
    """What has to be known beside the rows, to look at a day: asked once for all of it."""

    pairs: frozenset[tuple[Key, Key]]  # (person, pupil) where a dossier was seen or tried
    busy: frozenset[Key]  # who may have opened too many: their habit is asked for

    @property
    def people(self) -> set[Key]:
        """Who opened something."""
        return {person for person, _pupil in self.pairs}

    @property
    def pupils(self) -> set[Key]:
        """Whose dossier was opened."""
        return {pupil for _person, pupil in self.pairs}


def what_to_ask(uses: Iterable[Use], settings: Mapping[str, Setting]) -> Questions:
    """Only about people and pupils of this day; habits only of who opened many."""
    opening = [u for u in uses if u.opens_a_dossier or u.kind in {Kind.CARD, Kind.REFUSED}]
    many = settings["many-dossiers"]
    busy = {
        person
        for person, theirs in by_person(u for u in opening if u.opens_a_dossier).items()
        if many.is_on and checks.busiest(theirs, many.limits["minutes"])[0] >= many.limits["least"]
    }
    pairs = {(u.person, p) for u in opening if u.person is not None for p in u.pupils}
    return Questions(frozenset(pairs), frozenset(busy))
