"""What stands on a certificate, in words: in the language that is active."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.roles import ROLES
from retention.models import TermChange
from retention.rules import Span, Why
from retention.rules.lists import RESTORED, UNLIFTED
from retention.searching import Summary

_WHY: dict[str, Promise] = {
    Why.DUE: gettext_lazy("it fell due meanwhile and comes onto the next list"),
    Why.TERM_RUNS: gettext_lazy("its own term still runs"),
    Why.AT_SCHOOL: gettext_lazy("the pupil is at school again, or no leaving date is known"),
    Why.HELD: gettext_lazy("a hold stands"),
    Why.SIBLING: gettext_lazy("a brother or sister is still at school"),
    Why.PICTURES: gettext_lazy("a picture is still in use, and this is the proof of its consent"),
    Why.GONE: gettext_lazy("it was gone already"),
    "waits": gettext_lazy("another kind of record must go first"),
    "moved": gettext_lazy("its day changed after the approval"),
    UNLIFTED: gettext_lazy("it was held, and the log does not say who lifted that hold"),
    RESTORED: gettext_lazy("the portal was put back from a copy before it went"),
}


def why_words(why: str) -> str:
    """Why something was left alone, or is still kept."""
    return str(_WHY.get(why, why))


def day_words(day: date) -> str:
    """3 January 2030."""
    return date_format(day, "j F Y")


def moment_words(moment: datetime | None) -> str:
    """3 January 2030, 14:05; empty for none."""
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


def role_words(roles: set[str], wanted: frozenset[str]) -> str:
    """In which of the wanted roles somebody took a step."""
    return ", ".join(str(ROLES[role].label) for role in sorted(roles & wanted))


def term_words(span: Span) -> str:
    """3 years from the last day at school."""
    start = TermChange.Starts(span.start.value).label
    said = ngettext("%(years)s year from %(start)s", "%(years)s years from %(start)s", span.years)
    return said % {"years": span.years, "start": start}


def searched_words(summary: Summary | None) -> tuple[tuple[str, str], ...]:
    """What the search looked at and found, line by line; nothing when there was nothing to seek."""
    if summary is None:
        return ()
    numbers = (
        (_("Columns of both databases"), summary.columns),
        (_("Rows read"), summary.rows),
        (_("Files read"), summary.files),
        (_("Jobs read"), summary.jobs),
        (_("Keys, numbers, addresses and hashes looked for"), summary.marks),
        (_("Places where something was found"), summary.hits),
        (_("Of these judged to be of somebody else"), summary.names_judged),
    )
    return (
        (_("Looked through on"), moment_words(summary.searched_at)),
        *((what, number_format(number, force_grouping=True)) for what, number in numbers),
    )
