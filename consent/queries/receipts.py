"""Receipts of one's own, and what stands on them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from access.models import User
from access.visibility import visibility_of
from consent.models import Answer, PurposeText, Receipt
from consent.receipts import Signed, codes_of


@visibility_of(lambda: Receipt.objects.select_related("signed_by"))
def receipts_visible_to(rows: QuerySet[Receipt], user: User, day: date) -> QuerySet[Receipt]:
    """What `user` signed, also about a child that is grown up by now. Nobody else sees it."""
    return rows.filter(signed_by=user)


def answers_on(receipt: Receipt) -> list[Answer]:
    """The answers of a receipt, child after child, in the order in which they were asked."""
    rows = receipt.answers.select_related("pupil", "school__unit", "text", "purpose", "parent")
    return list(rows.order_by("pupil__sort_name", "pupil_id", "counts_from", "purpose__code", "pk"))


def signed(row: Answer, text: PurposeText, language: str) -> Signed:
    """An answer with the very words that were shown."""
    is_english = language == "en"
    return Signed(
        answer=row.pk,
        pupil=row.pupil_id,
        school=row.school_id,
        answers_as=row.answers_as,
        said=row.said,
        counts_from=row.counts_from,
        counts_until=row.counts_until,
        version=text.number,
        title=text.title_en if is_english else text.title_nl,
        text=text.text_en if is_english else text.text_nl,
    )


@dataclass(frozen=True)
class KnownReceipt:
    """A receipt as a file is compared with it: its code, and whether its rows still fit that."""

    code: str
    fits: bool
    digest: bytes | None


def receipts_to_verify(codes: list[str], digest: bytes) -> list[KnownReceipt]:
    """Receipts that a file may be of. Only a command learns them; the web's login gets none."""
    with connection.cursor() as cursor:
        cursor.execute("select * from receipts_to_verify(%s, %s)", [codes, digest])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    found: dict[uuid.UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return [_known(lines) for lines in found.values()]


def _known(lines: list[tuple[Any, ...]]) -> KnownReceipt:
    key, code, by, at, language, digest, *_first = lines[0]
    answers = [Signed(*line[6:]) for line in lines if line[6] is not None]
    fits = code in codes_of(key, by, at, language, answers)
    return KnownReceipt(code, fits, bytes(digest) if digest else None)
