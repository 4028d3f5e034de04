"""The code of a receipt: what it is worked out from, and how it is read. No database.

It is a keyed hash of all that was signed: by whom, when, in which language, each answer, and the
very text. Nobody without the portal's master key can make one that fits, and a row that was
changed afterwards no longer fits its code.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from vault.derived import tag_of, tags_of

_PURPOSE = b"portal consent receipts"
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
_GROUPS, _OF = 5, 4  # twenty signs: 99 bits
_CODE = re.compile(rf"(?<![{_SIGNS}])(?:[{_SIGNS}]{{4}}-){{4}}[{_SIGNS}]{{4}}(?![{_SIGNS}])")


@dataclass(frozen=True)
class Signed:
    """One answer as it was signed, with the very words it was an answer to."""

    answer: uuid.UUID
    pupil: uuid.UUID
    school: uuid.UUID
    answers_as: str
    said: str
    counts_from: date
    counts_until: date | None
    version: int
    title: str
    text: str


def code_of(
    receipt: uuid.UUID,
    signed_by: uuid.UUID,
    signed_at: datetime,
    language: str,
    answers: Iterable[Signed],
) -> str:
    """The code of a receipt, in five groups of four signs: `k7md-2f9x-...`."""
    return _written(tag_of(_PURPOSE, _whole(receipt, signed_by, signed_at, language, answers)))


def codes_of(
    receipt: uuid.UUID,
    signed_by: uuid.UUID,
    signed_at: datetime,
    language: str,
    answers: Iterable[Signed],
) -> list[str]:
    """What `code_of` gives with each master key there was: an old receipt stays genuine."""
    whole = _whole(receipt, signed_by, signed_at, language, answers)
    return [_written(tag) for tag in tags_of(_PURPOSE, whole)]


def _whole(
    receipt: uuid.UUID,
    signed_by: uuid.UUID,
    signed_at: datetime,
    language: str,
    answers: Iterable[Signed],
) -> bytes:
    lines = sorted((vars(one) for one in answers), key=lambda one: str(one["answer"]))
    whole = {
        "receipt": receipt,
        "by": signed_by,
        "at": signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "language": language,
        "answers": lines,
    }
    return json.dumps(whole, default=str, sort_keys=True, ensure_ascii=False).encode()


def _written(digest: bytes) -> str:
    number = int.from_bytes(digest, "big")
    signs = ""
    for _sign in range(_GROUPS * _OF):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return "-".join(signs[start : start + _OF] for start in range(0, len(signs), _OF))


def codes_in(text: str) -> list[str]:
    """What looks like a code of a receipt, in the order in which it stands there, each once."""
    return list(dict.fromkeys(_CODE.findall(text.lower())))


def digest_of(paper: bytes) -> bytes:
    """By what the file of a paper is known again."""
    return hashlib.sha256(paper).digest()
