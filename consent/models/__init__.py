"""The tables of this room, one file a subject."""

from consent.models.answers import Answer
from consent.models.asking import Request, Round
from consent.models.checks import Check, CheckedPupil
from consent.models.codes import Code
from consent.models.matters import (
    CourtOrder,
    Objection,
    OrderCoverage,
    SafetyBlock,
    UnableDecision,
    UnreachableDecision,
)
from consent.models.purposes import MAY_BE_FREE, PUBLISHING, Channel, Purpose, PurposeText
from consent.models.receipts import Receipt, ReceiptPaper
from consent.models.scans import Scan, ScannedAnswer
from consent.models.sendings import LetterFile, LetterRun, Sending

__all__ = [
    "MAY_BE_FREE",
    "PUBLISHING",
    "Answer",
    "Channel",
    "Check",
    "CheckedPupil",
    "Code",
    "CourtOrder",
    "LetterFile",
    "LetterRun",
    "Objection",
    "OrderCoverage",
    "Purpose",
    "PurposeText",
    "Receipt",
    "ReceiptPaper",
    "Request",
    "Round",
    "SafetyBlock",
    "Scan",
    "ScannedAnswer",
    "Sending",
    "UnableDecision",
    "UnreachableDecision",
]
