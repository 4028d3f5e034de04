"""Why something holds, in words: for staff with the reason, for families without.

What a parent reads tells nothing of the other parent: refused, silent, objected, blocked and
unreachable are one and the same sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.rules import Effect, Kind, Reason, Who

_SINCE = {Reason.SAFETY_BLOCK, Reason.OBJECTION, Reason.COURT_SAID_NO, Reason.COURT_SAID_YES}


@dataclass(frozen=True)
class ForFamily:
    """All that a parent or pupil learns about what holds."""

    is_allowed: bool
    sentence: str


def for_staff(effect: Effect) -> str:
    """What holds and why, for counsellors and administrators; names nobody."""
    if effect.reason in _SINCE:
        return _outranked(effect) % {"day": _day(effect.since)}
    if effect.reason is Reason.REFUSED:
        return _refused(effect) % {"day": _day(effect.since), "count": len(effect.by)}
    if effect.reason is Reason.WAITING:
        return _("Open, so no. Still to answer: %(who)s.") % {"who": _waiting(effect.waiting)}
    if effect.reason is Reason.NOBODY:
        return _("Open, so no. Nobody is recorded who may answer.")
    if effect.reason is Reason.FREE:
        return _("Yes: the board asks no consent for this.")
    return _("Yes: everybody who must decide agreed, since %(day)s.") % {"day": _day(effect.since)}


def for_family(effect: Effect) -> ForFamily:
    """What holds, for a parent or the pupil: the outcome only, alike for each kind of no."""
    if effect.reason is Reason.FREE:
        return ForFamily(True, _("Yes. The school does not need consent for this."))
    if effect.is_allowed:
        return ForFamily(True, _("Yes. The school may do this."))
    return ForFamily(
        False,
        _("No. The school may only do this when everyone who must decide has said yes."),
    )


def _outranked(effect: Effect) -> str:
    if effect.reason is Reason.SAFETY_BLOCK:
        return _("No: a safety block stands since %(day)s.")
    if effect.reason is Reason.OBJECTION:
        return _("No: an objection stands since %(day)s. The director decides about it.")
    if effect.reason is Reason.COURT_SAID_NO:
        return _("No: a court decided so, from %(day)s.")
    return _("Yes: a court gave consent, from %(day)s.")


def _refused(effect: Effect) -> str:
    if len(effect.by) > 1:
        return _("No: %(count)s of those who decide refused, the last on %(day)s.")
    kind, is_withdrawn = effect.by[0].kind, effect.is_withdrawn
    if kind is Kind.PUPIL and is_withdrawn:
        return _("No: the pupil withdrew consent on %(day)s.")
    if kind is Kind.PUPIL:
        return _("No: the pupil refused on %(day)s.")
    if kind is Kind.PARENT and is_withdrawn:
        return _("No: one parent with authority withdrew consent on %(day)s.")
    if kind is Kind.PARENT:
        return _("No: one parent with authority refused on %(day)s.")
    return _("No: a representative said no on %(day)s.")


def _waiting(people: tuple[Who, ...]) -> str:
    parents = sum(who.kind is Kind.PARENT for who in people)
    others = sum(who.kind not in {Kind.PARENT, Kind.PUPIL} for who in people)
    said = []
    if parents:
        said.append(ngettext("one parent", "%(count)s parents", parents) % {"count": parents})
    if others:
        words = ngettext("one representative", "%(count)s representatives", others)
        said.append(words % {"count": others})
    if any(who.kind is Kind.PUPIL for who in people):
        said.append(_("the pupil"))
    return ", ".join(said)


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""
