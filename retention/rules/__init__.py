"""When something is destroyed, who holds it up, and who may: no Django, no database, no clock."""

from retention.rules.due import (
    Facts,
    Family,
    Fate,
    Span,
    Start,
    Stay,
    Why,
    anniversary,
    began,
    cutoff,
    falls_due,
    fate,
    left_on,
    review_day,
)
from retention.rules.holding import may_lift, weighs_as
from retention.rules.setting import allowed_term

__all__ = [
    "Facts",
    "Family",
    "Fate",
    "Span",
    "Start",
    "Stay",
    "Why",
    "allowed_term",
    "anniversary",
    "began",
    "cutoff",
    "falls_due",
    "fate",
    "left_on",
    "may_lift",
    "review_day",
    "weighs_as",
]
