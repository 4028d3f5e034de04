"""Looking afterwards: whether anything is left of what a list destroyed (ADR 42)."""

from retention.searching.looking import SearchIsBlind, search
from retention.searching.marks import forget, forget_closed
from retention.searching.verdict import Summary, is_clean, needs_search, summary

__all__ = [
    "SearchIsBlind",
    "Summary",
    "forget",
    "forget_closed",
    "is_clean",
    "needs_search",
    "search",
    "summary",
]
