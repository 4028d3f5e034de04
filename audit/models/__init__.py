"""The tables of the log: its rows, the seals over them, its end, refusals only counted."""

from audit.models.checks import LogCheck
from audit.models.ends import LogDeparture, LogEnd, LogTerm
from audit.models.entries import LogEntry
from audit.models.refusals import RefusalCount
from audit.models.seals import Seal, SealMark

__all__ = [
    "LogCheck",
    "LogDeparture",
    "LogEnd",
    "LogEntry",
    "LogTerm",
    "RefusalCount",
    "Seal",
    "SealMark",
]
