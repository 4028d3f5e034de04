"""Certificates of destruction: one for each list, numbered for each board, frozen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from retention.models.lists import DestructionList
from students.models import Board

_HASH = r"^[0-9a-f]{64}$"


class Certificate(models.Model):
    """What was destroyed by one list, by whom and how. Never changed, never removed.

    It closes the list: the database takes neither without the other. `sealed` holds all that it
    says (no pupil is named); the paper is a sealed blob that `paper_digest` knows again wherever
    the file went. The log holds both hashes too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.OneToOneField(
        DestructionList, on_delete=models.PROTECT, related_name="certificate"
    )
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="certificates")
    number = models.PositiveIntegerField()  # of this board: 1, 2, 3, without gaps
    destroyed = models.PositiveIntegerField()  # items: pupils and kinds
    copies_gone_on = models.DateField(
        null=True
    )  # when the last copy with names ends; none: no copy
    language = models.CharField(max_length=2)
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)  # stands on the certificate itself
    blob = models.UUIDField(unique=True)
    paper_digest = models.CharField(max_length=64, unique=True)  # of the file
    head_number = models.BigIntegerField()
    head_link = models.CharField(max_length=64)
    head_sealed_at = models.DateTimeField()
    ledger_number = models.PositiveIntegerField()
    ledger_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["board", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["board", "number"], name="a_board_gives_each_number_once"
            ),
            models.CheckConstraint(
                name="a_certificate_has_a_number_and_hashes",
                condition=models.Q(
                    number__gte=1,
                    digest__regex=_HASH,
                    paper_digest__regex=_HASH,
                    head_link__regex=_HASH,
                    ledger_hash__regex=_HASH,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed content is bound to."""
        return f"certificate:{self.pk}"

    @property
    def paper_place(self) -> str:
        """What the sealed paper is bound to."""
        return f"certificate-paper:{self.pk}"

    @property
    def frozen_at(self) -> datetime:
        """When it was made."""
        return self.made_at

    @property
    def frozen_by(self) -> None:
        """A job makes it; who reviewed and approved stands on it."""
        return None

    def hashed(self, content: dict[str, Any]) -> dict[str, Any]:
        """All that the hash on the certificate is worked out from."""
        return {
            "certificate": str(self.pk),
            "list": str(self.list_id),
            "number": [str(self.board_id), self.number],
            "said": content,
            "head": [self.head_number, self.head_link],
            "ledger": [self.ledger_number, self.ledger_hash],
            "made": self.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
