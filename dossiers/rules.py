"""Decisions about dossiers in plain Python: no Django, no database, no clock."""

from __future__ import annotations

from dossiers.kinds import AssignmentKind, Part

# What each kind of assignment reaches: P2 (counsellors), P6 (the medical part is apart).
_COUNSELLING_PARTS = (Part.GUIDANCE, Part.REPORTS, Part.CARE, Part.AGREEMENTS, Part.EMERGENCY)
REACHES: dict[AssignmentKind, tuple[Part, ...]] = {
    AssignmentKind.COUNSELLOR: _COUNSELLING_PARTS,
    AssignmentKind.SUBSTITUTE: _COUNSELLING_PARTS,
    AssignmentKind.SHORT: _COUNSELLING_PARTS,
    AssignmentKind.MEDICAL: (Part.MEDICAL,),
    AssignmentKind.EMERGENCY: (Part.EMERGENCY,),
}


def may_write(kind: AssignmentKind) -> bool:
    """Whether an assignment lets somebody add to what it reaches; an emergency only reads."""
    return kind is not AssignmentKind.EMERGENCY
