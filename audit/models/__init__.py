"""The tables of the log: its rows, the seals over them, refusals that were only counted."""

from audit.models.checks import LogCheck
from audit.models.entries import LogEntry
from audit.models.refusals import RefusalCount
from audit.models.seals import Seal, SealMark

__all__ = ["LogCheck", "LogEntry", "RefusalCount", "Seal", "SealMark"]
