"""Whether a file is a receipt as the portal made it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from consent.queries.receipts import KnownReceipt, receipts_to_verify
from consent.receipts import codes_in, digest_of
from files.errors import Unwelcome
from files.previews import words_on


class Verdict(StrEnum):
    """What can be said of a file."""

    GENUINE = "genuine"  # byte for byte what the portal made, and its answers stand as signed
    CHANGED = "changed"  # it bears the code of a receipt, and is not what was made
    UNKNOWN = "unknown"  # nothing in it points at a receipt of this portal


@dataclass(frozen=True)
class Verified:
    """The verdict, and the code of the receipt it is about."""

    verdict: Verdict
    code: str = ""
    rows_fit: bool = True  # false: the answers in the database are no longer what was signed


def verify(data: bytes) -> Verified:
    """Looks for the file itself, then for a code on it; reads a stranger's PDF in the sandbox."""
    digest = digest_of(data)
    made = receipts_to_verify([], digest)
    if made:
        return _judged(made[0], is_same=True)
    codes = _codes(data)
    known = {receipt.code: receipt for receipt in receipts_to_verify(codes, digest)}
    for code in codes:
        if code in known:
            return _judged(known[code], is_same=False)
    return Verified(Verdict.UNKNOWN)


def _judged(receipt: KnownReceipt, *, is_same: bool) -> Verified:
    is_genuine = is_same and receipt.fits
    verdict = Verdict.GENUINE if is_genuine else Verdict.CHANGED
    return Verified(verdict, receipt.code, rows_fit=receipt.fits)


def _codes(data: bytes) -> list[str]:
    """Codes in the text of a PDF; a file that can't be read has none."""
    if not data.startswith(b"%PDF-"):
        return codes_in(data.decode("latin-1"))
    try:
        return codes_in(words_on(data))
    except Unwelcome:
        return []
