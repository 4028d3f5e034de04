"""The parts of a dossier and the kinds of assignment, as plain values that rules may use."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """A part of the dossier, with readers and a key of its own."""

    GUIDANCE = "guidance"
    REPORTS = "reports"
    CARE = "care"
    AGREEMENTS = "agreements"
    MEDICAL = "medical"
    EMERGENCY = "emergency"


class AssignmentKind(StrEnum):
    """Why somebody may open a dossier."""

    COUNSELLOR = "counsellor"
    SUBSTITUTE = "substitute"
    SHORT = "short"
    MEDICAL = "medical"
    EMERGENCY = "emergency"
