"""The paper of a receipt: kept once, sealed under a key of its own, never made again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from access.errors import NotAllowed
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.damage import noticing
from audit.grounds import Ground
from consent import events
from consent.models import Receipt, ReceiptPaper
from consent.queries import answers_on
from consent.queries.damage import damage_of_paper
from consent.receipts import digest_of
from vault.sealing import create_keys, keyring


@transaction.atomic
def keep_paper(*, receipt: Receipt, data: bytes, by: User, on: date) -> bytes:
    """Keeps the paper of one's own receipt and gives it back; who was first made it."""
    if receipt.signed_by_id != by.pk:
        raise NotAllowed
    wait_for_turn(receipt.pk)
    kept = ReceiptPaper.objects.filter(receipt=receipt).first()
    if kept is not None:
        return _opened(kept)
    paper = ReceiptPaper(receipt=receipt, digest=digest_of(data))
    create_keys([paper.pk])
    paper.sealed = keyring([paper.pk]).seal(paper.pk, paper.place, data)
    paper.save(force_insert=True)
    rows = answers_on(receipt)
    record(
        events.RECEIPT_KEPT,
        by=by,
        subjects=list(dict.fromkeys(row.pupil.log_key for row in rows)),
        unit=rows[0].school_id if rows else None,
        target=receipt,
        ground=Ground.OWN,
    )
    return data


def paper_of(receipt: Receipt) -> bytes:
    """The paper that was kept. Raises Unreadable when it was changed, or its key is gone."""
    return _opened(receipt.paper)


def _opened(paper: ReceiptPaper) -> bytes:
    with noticing(lambda: damage_of_paper(paper)):
        return keyring([paper.pk]).open(paper.pk, paper.place, paper.sealed)
