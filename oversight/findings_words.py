"""The rules of findings in words: what each looks for, what it counted, and what can be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from oversight.models import Finding, Judgement, Severity
from oversight.rules.findings import BY_CODE, Rule, Setting


@dataclass(frozen=True)
class Words:
    """A rule for the reader: its name, its sentence, and how its limits are called."""

    title: Promise
    sentence: Promise
    limits: Mapping[str, Promise]


RULES: dict[str, Words] = {
    "outside-hours": Words(
        gettext_lazy("Outside school hours"),
        gettext_lazy(
            "Somebody saw pupils' data in a weekend or a school holiday, or before or after the"
            " hours that the board set."
        ),
        {
            "opens": gettext_lazy("Hours begin at (hour of the clock)"),
            "closes": gettext_lazy("Hours end at (hour of the clock)"),
            "least": gettext_lazy("From how many looks on a day"),
        },
    ),
    "many-dossiers": Words(
        gettext_lazy("Many dossiers in a short time"),
        gettext_lazy("Somebody opened far more dossiers in a short time than they usually do."),
        {
            "minutes": gettext_lazy("Within how many minutes"),
            "least": gettext_lazy("From how many dossiers"),
            "factor": gettext_lazy("More than how many times their usual number"),
            "days": gettext_lazy("Usual: over how many school days before"),
        },
    ),
    "refusals": Words(
        gettext_lazy("Refused again and again"),
        gettext_lazy("A person, or visitors from one address, were refused many times in a row."),
        {
            "least": gettext_lazy("From how many refusals of one person"),
            "minutes": gettext_lazy("Within how many minutes"),
            "visitors": gettext_lazy("From how many refusals of visitors from one address"),
        },
    ),
    "around-the-end": Words(
        gettext_lazy("Around the end of an assignment"),
        gettext_lazy(
            "Somebody looked often in the last days of an assignment, or looked or tried to after"
            " it had ended."
        ),
        {
            "before": gettext_lazy("How many last days count"),
            "after": gettext_lazy("How many days after the end count"),
            "least": gettext_lazy("From how many looks on one of the last days"),
        },
    ),
    "after-leaving": Words(
        gettext_lazy("After the pupil left"),
        gettext_lazy("Somebody opened the dossier of a pupil who had left the school."),
        {"days": gettext_lazy("How many days after leaving are left out")},
    ),
    "emergency-card": Words(
        gettext_lazy("Emergency cards opened"),
        gettext_lazy("Somebody opened the emergency card of a pupil who is not theirs."),
        {"least": gettext_lazy("From how many cards on a day")},
    ),
    "same-surname": Words(
        gettext_lazy("The same surname"),
        gettext_lazy(
            "Somebody opened the dossier of a pupil with the same surname. They may be family."
        ),
        {"least": gettext_lazy("From how many looks on a day")},
    ),
    "bulk": Words(
        gettext_lazy("Printed or downloaded in bulk"),
        gettext_lazy("Somebody printed or downloaded data of many pupils, or many items."),
        {
            "pupils": gettext_lazy("From how many pupils on a day"),
            "items": gettext_lazy("From how many items on a day"),
        },
    ),
    "rights": Words(
        gettext_lazy("Rights changed"),
        gettext_lazy(
            "Somebody changed roles, a second factor or who is whose parent, or many assignments."
        ),
        {
            "rights": gettext_lazy("From how many such changes on a day"),
            "assigning": gettext_lazy("From how many changes of assignments on a day"),
        },
    ),
}
SEVERITY_BADGES = {Severity.LOW: "neutral", Severity.MIDDLE: "open", Severity.HIGH: "attention"}
OUTCOME_BADGES = {
    Judgement.Outcome.EXPLAINED: "yes",
    Judgement.Outcome.DISCUSS: "open",
    Judgement.Outcome.INCIDENT: "no",
}


def _outside_hours(m: Mapping[str, int]) -> str:
    if m["day_off"]:
        return ngettext(
            "%(number)s look on a day without school.",
            "%(number)s looks on a day without school.",
            m["number"],
        )
    return ngettext(
        "%(number)s look before %(opens)s:00 or after %(closes)s:00.",
        "%(number)s looks before %(opens)s:00 or after %(closes)s:00.",
        m["number"],
    )


def _refusals(m: Mapping[str, int]) -> str:
    if "addresses" in m:
        return ngettext(
            "Visitors were refused %(number)s times, from %(addresses)s address.",
            "Visitors were refused %(number)s times, from %(addresses)s addresses.",
            m["addresses"],
        )
    return _("Refused %(number)s times, with at least %(least)s within %(minutes)s minutes.")


def _around_the_end(m: Mapping[str, int]) -> str:
    return _("Looks and tries: %(number)s. After the end: %(after_end)s.")


def _after_leaving(m: Mapping[str, int]) -> str:
    return ngettext(
        "%(number)s look at the dossier of a pupil who had left.",
        "%(number)s looks at the dossiers of pupils who had left.",
        m["number"],
    )


def _emergency_card(m: Mapping[str, int]) -> str:
    return ngettext(
        "%(number)s emergency card, with a reason typed in.",
        "%(number)s emergency cards, each with a reason typed in.",
        m["number"],
    )


def _same_surname(m: Mapping[str, int]) -> str:
    return ngettext(
        "%(number)s look at the dossier of a pupil with the same surname.",
        "%(number)s looks at dossiers of pupils with the same surname.",
        m["number"],
    )


def _rights(m: Mapping[str, int]) -> str:
    return _("Changes of rights: %(number)s. Of assignments: %(assigned)s.")


_MEASURED = {
    "outside-hours": _outside_hours,
    "many-dossiers": lambda m: _(
        "%(number)s dossiers within %(minutes)s minutes. Usual for this person: %(usual)s."
    ),
    "refusals": _refusals,
    "around-the-end": _around_the_end,
    "after-leaving": _after_leaving,
    "emergency-card": _emergency_card,
    "same-surname": _same_surname,
    "bulk": lambda m: _(
        "Pupils: %(pupils)s. Prints and files: %(number)s. Items in them: %(items)s."
    ),
    "rights": _rights,
}


def measured_in_words(finding: Finding) -> str:
    """What the rule counted on that day, as it stood then, in one sentence."""
    say = _MEASURED.get(finding.rule)
    return say(finding.measured) % finding.measured if say else ""


def title_of(rule: str) -> str:
    """The name of a rule for people; the code of one of an earlier version that is gone."""
    return str(RULES[rule].title) if rule in RULES else rule


@dataclass(frozen=True)
class Shown:
    """A finding as a page shows it."""

    row: Finding
    title: str
    counted: str
    severity: str
    badge: str
    outcome: str = ""
    outcome_badge: str = ""


def shown(finding: Finding) -> Shown:
    """A finding with `outcome` (queries.with_outcome) in words."""
    outcome = getattr(finding, "outcome", None)
    return Shown(
        row=finding,
        title=title_of(finding.rule),
        counted=measured_in_words(finding),
        severity=finding.get_severity_display(),
        badge=SEVERITY_BADGES[Severity(finding.severity)],
        outcome=str(Judgement.Outcome(outcome).label) if outcome else "",
        outcome_badge=OUTCOME_BADGES[Judgement.Outcome(outcome)] if outcome else "",
    )


@dataclass(frozen=True)
class RuleShown:
    """A rule as a board set it, in words."""

    rule: Rule
    words: Words
    setting: Setting

    @property
    def severity(self) -> str:
        """How much it asks for attention."""
        return str(Severity(self.setting.severity).label)

    @property
    def badge(self) -> str:
        """The badge beside it."""
        return SEVERITY_BADGES[Severity(self.setting.severity)]

    @property
    def limits(self) -> list[tuple[Promise, int]]:
        """Each limit with its number."""
        return [(self.words.limits[name], number) for name, number in self.setting.limits.items()]


def rules_shown(settings: Mapping[str, Setting]) -> list[RuleShown]:
    """Every rule, in their order."""
    return [RuleShown(rule, RULES[code], settings[code]) for code, rule in BY_CODE.items()]
