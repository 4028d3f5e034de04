"""Who must answer, and what holds: decisions in plain Python, without Django, database or clock.

facts.py     what the rule is told
deciders.py  who must answer on a day
effect.py    what holds on a day, why, and who is still to answer
days.py      for which days an answer counts
board.py     where a pupil stands with a question, for whoever counts the answers
versions.py  which version of a text is in use on a day
round_days.py  which days a round is proposed with
pictures.py  what a new no takes down, and until when a recording is kept

What ranks above what: a safety block (for publications), an objection, a court's no, a court's
yes, a purpose free of consent, the answers. Among answers any no is a no. A yes ends with its
days, with its text and with its giver's authority; a no stands until the same person answers
anew; both lapse at 16 unless given ahead for it.
"""

from consent.rules.days import asked_ahead_for, consent_year
from consent.rules.deciders import Deciders, PupilPart, Voice, who_must_answer
from consent.rules.effect import Effect, Reason, answers_that_count, effective_answer
from consent.rules.facts import (
    PUPIL,
    Answer,
    Authority,
    CourtOrder,
    Enough,
    Facts,
    Held,
    Inability,
    Kind,
    Outcome,
    Question,
    Representation,
    Said,
    Stop,
    Unreachable,
    Who,
)
from consent.rules.pictures import latest_end, new_no, take_down_by

__all__ = [
    "PUPIL",
    "Answer",
    "Authority",
    "CourtOrder",
    "Deciders",
    "Effect",
    "Enough",
    "Facts",
    "Held",
    "Inability",
    "Kind",
    "Outcome",
    "PupilPart",
    "Question",
    "Reason",
    "Representation",
    "Said",
    "Stop",
    "Unreachable",
    "Voice",
    "Who",
    "answers_that_count",
    "asked_ahead_for",
    "consent_year",
    "effective_answer",
    "latest_end",
    "new_no",
    "take_down_by",
    "who_must_answer",
]
