"""Signatures under decisions about the log, with the keys that stand outside the database.

Who has nothing but a login of the database can write a row that says who decided what; only the
portal itself can sign it (ADR 30). What each signature is for stands in what is signed, so none
can be used for anything else.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from audit import marks, proof
from audit.models import LogEnd, LogTerm

TERM, DECIDED, SIGNED = "log-term", "log-end-decided", "log-end-signed"


def sign(purpose: str, words: tuple[object, ...]) -> bytes:
    """The signature under these words, with the newest key."""
    signer = next(iter(marks.signers().values()))
    return signer.mark(_digest(purpose, words))


def is_ours(signature: bytes | memoryview | None, purpose: str, words: tuple[object, ...]) -> bool:
    """Whether the portal signed exactly these words for this purpose."""
    if not signature:
        return False
    signer = marks.signers().get(bytes(signature)[: marks.TAG])
    return signer is not None and hmac.compare_digest(
        signer.mark(_digest(purpose, words)), bytes(signature)
    )


def wrote_term(term: LogTerm) -> bool:
    """Whether the portal itself wrote this term."""
    return is_ours(term.mark, TERM, term.words)


def wrote_end(end: LogEnd) -> bool:
    """Whether the portal itself wrote both the decision and the second person's signature."""
    return is_ours(end.decided_mark, DECIDED, end.decided_words) and is_ours(
        end.signed_mark, SIGNED, end.signed_words
    )


def _digest(purpose: str, words: tuple[object, ...]) -> bytes:
    texts = [f"portal-{purpose}-1", *map(_text, words)]
    lengths = ",".join(str(len(text)) for text in texts)
    return hashlib.sha256(proof.SEPARATOR.join([lengths, *texts]).encode()).digest()


def _text(word: object) -> str:
    """Moments alike, whatever zone they were read in."""
    return word.astimezone(UTC).isoformat() if isinstance(word, datetime) else str(word)
