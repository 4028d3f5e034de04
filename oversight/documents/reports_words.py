"""What stands in the tables of a report, in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.events import Action, Outcome
from audit.pages import label_of
from oversight.findings_words import title_of
from oversight.models import Severity
from oversight.rules.reports import Numbers, OpenFinding, Period


def period_words(period: Period) -> str:
    """October 2026, or from which day up to and including which."""
    if period.is_month:
        return date_format(period.first, "F Y")
    return _("%(first)s up to and including %(last)s") % {
        "first": date_format(period.first, "j F Y"),
        "last": date_format(period.last, "j F Y"),
    }


def page_rows(numbers: Numbers) -> list[tuple[str, int]]:
    """What was refused: pages by name, how often."""
    return [
        (label_of(page) if page else _("unknown"), number) for page, number in numbers.refused_pages
    ]


def kind_rows(numbers: Numbers) -> list[tuple[str, str, int]]:
    """Everything the log holds: type of event, how it ended, how many rows."""
    return [
        (
            str(Action(action).label) if action in Action.values else str(action),
            str(Outcome(outcome).label) if outcome in Outcome.values else outcome,
            number,
        )
        for action, outcome, number in numbers.kinds
    ]


def finding_rows(findings: Iterable[OpenFinding]) -> list[tuple[str, str, str]]:
    """Findings that wait to be judged: what, when, how much they ask for."""
    return [
        (str(title_of(one.rule)), date_format(one.day, "l j F Y"), _severity(one.severity))
        for one in findings
    ]


def _severity(severity: str) -> str:
    return str(Severity(severity).label) if severity in Severity.values else severity
