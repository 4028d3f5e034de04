"""The tables of this room, one file a subject."""

from dossiers.models.assignments import Assignment, DossierPartPermission, MedicalCustodian
from dossiers.models.content import Agreement, EmergencyCardVersion, Note, NoteVersion
from dossiers.models.dossiers import Dossier, DossierPart, OtherSystemRecord, PartKind
from dossiers.models.files import File, FileVersion
from dossiers.models.notices import KeeperNotice
from dossiers.models.proposals import AssignmentProposal

__all__ = [
    "Agreement",
    "Assignment",
    "AssignmentProposal",
    "Dossier",
    "DossierPart",
    "DossierPartPermission",
    "EmergencyCardVersion",
    "File",
    "FileVersion",
    "KeeperNotice",
    "MedicalCustodian",
    "Note",
    "NoteVersion",
    "OtherSystemRecord",
    "PartKind",
]
