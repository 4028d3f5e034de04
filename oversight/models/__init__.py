"""Findings, reports, and questions about who looked: one file a subject."""

from oversight.models.findings import (
    Assent,
    Finding,
    FindingDay,
    FindingRow,
    FindingSetting,
    Judgement,
    JudgementNote,
    Reply,
    Severity,
)
from oversight.models.looks import HoldBack, LookLeave, LookNames
from oversight.models.questions import LookQuestion
from oversight.models.reports import SignedReport

__all__ = [
    "Assent",
    "Finding",
    "FindingDay",
    "FindingRow",
    "FindingSetting",
    "HoldBack",
    "Judgement",
    "JudgementNote",
    "LookLeave",
    "LookNames",
    "LookQuestion",
    "Reply",
    "Severity",
    "SignedReport",
]
