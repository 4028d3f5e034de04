"""The tables of this room, one file a subject."""

from students.models.organisation import Board, Group, Location, School, SchoolYear
from students.models.parents import (
    Authority,
    Parent,
    ParentAddress,
    Parenthood,
    ParentSourceKey,
    Representative,
)
from students.models.pupils import Enrolment, GroupMembership, Pupil, PupilSourceKey
from students.models.roster import (
    CounsellorProposal,
    RosterImport,
    RosterLine,
    RosterProgress,
)

__all__ = [
    "Authority",
    "Board",
    "CounsellorProposal",
    "Enrolment",
    "Group",
    "GroupMembership",
    "Location",
    "Parent",
    "ParentAddress",
    "ParentSourceKey",
    "Parenthood",
    "Pupil",
    "PupilSourceKey",
    "Representative",
    "RosterImport",
    "RosterLine",
    "RosterProgress",
    "School",
    "SchoolYear",
]
