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

__all__ = [
    "Assent",
    "Finding",
    "FindingDay",
    "FindingRow",
    "FindingSetting",
    "Judgement",
    "JudgementNote",
    "Reply",
    "Severity",
]
