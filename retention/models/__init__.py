"""Tables of this room, one file a subject."""

from retention.models.absences import Absence
from retention.models.certificates import Certificate
from retention.models.ending import EndedKind
from retention.models.erasures import Erasure, ErasureWords
from retention.models.holds import Hold, HoldReview, HoldWords
from retention.models.leavers import Leaver
from retention.models.ledger import Backup, LedgerLine
from retention.models.lists import DestructionItem, DestructionList
from retention.models.other_systems import OtherSystem, OtherSystemConfirmation
from retention.models.searching import Gathered, Leftover, LeftoverJudgement, SearchPass
from retention.models.terms import TermChange

__all__ = [
    "Absence",
    "Backup",
    "Certificate",
    "DestructionItem",
    "DestructionList",
    "EndedKind",
    "Erasure",
    "ErasureWords",
    "Gathered",
    "Hold",
    "HoldReview",
    "HoldWords",
    "Leaver",
    "LedgerLine",
    "Leftover",
    "LeftoverJudgement",
    "OtherSystem",
    "OtherSystemConfirmation",
    "SearchPass",
    "TermChange",
]
