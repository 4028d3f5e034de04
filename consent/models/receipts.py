"""Receipts: what somebody signed at one moment, and the paper of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Receipt(models.Model):
    """One signature: the answers somebody gave at one moment, with a code that fits only those.

    Never changed. The answers point here; a change or a withdrawal is another receipt.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Worked out from everything that was signed (consent/receipts.py); stands on page and paper.
    code = models.CharField(max_length=24, unique=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(default=timezone.now, editable=False)
    language = models.CharField(max_length=2)

    def __str__(self) -> str:
        return f"receipt {str(self.pk)[:8]}"


class ReceiptPaper(models.Model):
    """The PDF of a receipt, made when it was first opened, and never made again.

    Sealed under a key of its own. `digest` knows the file again, wherever it went.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="paper")
    sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"paper {str(self.pk)[:8]} of a receipt"

    @property
    def place(self) -> str:
        """To what its sealed bytes are bound."""
        return f"receipt-paper:{self.receipt_id}"
