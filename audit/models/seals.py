"""Seals over the log's rows (ADR 30): the web login reads them, only the worker adds one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Seal(models.Model):
    """One batch of rows of one month, and its link to the seal before. Never changed or removed.

    A batch is every row of `month` (UTC) with a number above `after`, up to `upto`. Several months
    with rows in the same range of numbers have a seal each, with the same range.
    """

    class Kind(models.TextChoices):
        """What a seal says."""

        ROWS = "rows"  # these rows were here
        LEFT = "left"  # the rows of this month left, all together, by a signed decision
        RESTORED = "restored"  # a backup was put back: what came after this was lost

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ROWS)
    month = models.DateField()
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    rows = models.IntegerField()
    unmarked = models.IntegerField(default=0)  # written before rows had a mark
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)  # the key of a decision; never a name
    key_id = models.CharField(max_length=40)
    sealed_at = models.DateTimeField()
    root = models.BinaryField()
    link = models.BinaryField()
    mac = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [
            models.Index(fields=["month", "position"], name="seals_of_a_month"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["after", "month"],
                condition=models.Q(kind="rows"),
                name="a_row_is_sealed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(upto__gte=models.F("after"), position__gt=0, rows__gte=0),
                name="a_seal_covers_numbers_that_run_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"seal {self.position}"


class SealMark(models.Model):
    """Up to which number rows can be sealed once the transactions of that moment have ended.

    At most one row: it is taken, waited for, and replaced (audit/sealing.py).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    upto = models.BigIntegerField()
    transaction = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_mark_at_a_time")
        ]

    def __str__(self) -> str:
        return f"mark at {self.upto}"
