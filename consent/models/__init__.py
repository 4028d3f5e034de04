"""The tables of this room, one file a subject."""

from consent.models.answers import Answer
from consent.models.asking import Request, Round
from consent.models.checks import Check, CheckedPupil
from consent.models.codes import Code
from consent.models.corrections import Correction
from consent.models.filming import FilmingRequest
from consent.models.matters import (
    CourtOrder,
    Objection,
    OrderCoverage,
    SafetyBlock,
    UnableDecision,
    UnreachableDecision,
)
from consent.models.notices import NoticeConfirmation, PictureNotice
from consent.models.publications import Publication, PublishedPupil, Removal, TakeDown
from consent.models.purposes import (
    MAY_BE_FREE,
    NEVER_PUBLISHED,
    PUBLISHING,
    Channel,
    Purpose,
    PurposeText,
)
from consent.models.receipts import Receipt, ReceiptPaper
from consent.models.recordings import RecordedPupil, Recording, RecordingTerm
from consent.models.scans import Scan, ScannedAnswer
from consent.models.sendings import LetterFile, LetterRun, Sending

__all__ = [
    "MAY_BE_FREE",
    "NEVER_PUBLISHED",
    "PUBLISHING",
    "Answer",
    "Channel",
    "Check",
    "CheckedPupil",
    "Code",
    "Correction",
    "CourtOrder",
    "FilmingRequest",
    "LetterFile",
    "LetterRun",
    "NoticeConfirmation",
    "Objection",
    "OrderCoverage",
    "PictureNotice",
    "Publication",
    "PublishedPupil",
    "Purpose",
    "PurposeText",
    "Receipt",
    "ReceiptPaper",
    "RecordedPupil",
    "Recording",
    "RecordingTerm",
    "Removal",
    "Request",
    "Round",
    "SafetyBlock",
    "Scan",
    "ScannedAnswer",
    "Sending",
    "TakeDown",
    "UnableDecision",
    "UnreachableDecision",
]
