"""What the pages and actions of destruction lists say in the user's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from retention.rules import Why
from retention.rules.lists import RESTORED, UNLIFTED, Missing, Refusal, State

REFUSED: dict[Refusal, Promise] = {
    Refusal.STATE: _("This list is further on by now, or not there yet."),
    Refusal.ROLE: _("Somebody in another role takes this step."),
    Refusal.SAME_PERSON: _("A second person approves: not who made, decided or reviewed the list."),
    Refusal.OWN_CHILD: _("Your own child stands on this list: somebody else takes this step."),
    Refusal.REVIEWER: _("Somebody else was asked to review this list."),
    Refusal.UNDECIDED: _("Say of each item first whether it is destroyed or kept."),
    Refusal.DECIDED_BY_PARENT: _(
        "Who decided about items turned out to have a child on this list. Decide anew."
    ),
    Refusal.NAME: _("That is not the name of the list."),
}
MISSING: dict[Missing, Promise] = {
    Missing.REVIEWER: _(
        "No director or deputy of this school can review the list. The board names one under Staff."
    ),
    Missing.APPROVER: _(
        "Nobody of the board can approve the list. The board names another board officer or a"
        " privacy officer under Staff."
    ),
    Missing.SECOND_PERSON: _(
        "Nobody can approve the list: who could do so already decided about it, or is the only one"
        " who can review it. The board names another board officer or a privacy officer under"
        " Staff."
    ),
}
# state -> words, and the state of its badge
STATES: dict[State, tuple[Promise, str]] = {
    State.DRAFT: (_("to review"), "open"),
    State.REVIEWED: (_("to approve"), "open"),
    State.COOLING: (_("approved, cooling off"), "neutral"),
    State.READY: (_("about to be carried out"), "attention"),
    State.BEGUN: (_("being carried out"), "neutral"),
    State.CLOSED: (_("carried out"), "yes"),
    State.CANCELLED: (_("cancelled"), "neutral"),
}
LEFT_BECAUSE: dict[str, Promise] = {
    Why.TERM_RUNS: _("It is not due any more."),
    Why.AT_SCHOOL: _("The pupil is at school again, or the leaving date was taken away."),
    Why.HELD: _("It is held."),
    Why.SIBLING: _("A brother or sister is still at school, or waits."),
    Why.PICTURES: _("A picture is still in use."),
    Why.GONE: _("It was gone already."),
    "waits": _("Another kind of record must go first."),
    "moved": _("The leaving date, or the day on which it falls due, is another one now."),
    UNLIFTED: _(
        "It was held, and the log does not say who lifted that hold. It still counts: place one"
        " anew, and lift that when it is not needed any more."
    ),
    RESTORED: _("The portal was put back from a copy. What was decided after that is lost."),
}
# The same in a row of a list.
CHANGED: dict[str, Promise] = {
    Why.AT_SCHOOL: _("at school again"),
    Why.SIBLING: _("a brother or sister is at school"),
    Why.PICTURES: _("a picture is in use"),
    Why.GONE: _("gone already"),
    "moved": _("another day now"),
}
COUNTED: dict[str, Promise] = {
    "notes": _("Notes"),
    "files": _("Files"),
    "agreements": _("Agreements"),
    "systems": _("Kept in other systems"),
    "answers": _("Answers about consent"),
    "pictures": _("Publications"),
    "parents": _("Parents"),
    "stays": _("Times at this school"),
}


def where_it_is(state: State, *, must_answer: bool, is_dealt_with: bool) -> tuple[Promise, str]:
    """Where a list is, in words, and the state of its badge.

    Once all of it is dealt with, a list is not being carried out any more: it waits for an answer,
    or for the night that closes it.
    """
    if state is State.BEGUN and is_dealt_with:
        if must_answer:
            return _("waits for an answer"), "open"
        return _("carried out, not closed yet"), "neutral"
    return STATES[state]
