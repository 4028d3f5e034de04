"""Checks the log against its seals: whether anything was changed, and whether anything is missing.

The database works out the text of each row and its hash; here the marks, the trees and the chain
are checked, a few thousand rows at a time, so a log of any size takes as much memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, connections
from django.db.models import Q, Sum

from audit import chain, marks, proof, unsealed
from audit.marks import MAC
from audit.models import Seal
from audit.months import begin_of, bounds_of, end_of
from audit.sealing import CHECKING
from audit.verdicts import Period, Trouble, Verdict

BLOCK = 5_000  # rows asked for at once, or one seal
PATIENCE = timedelta(minutes=15)  # so long may a row wait for its seal
# Where in a record stands what (proof.RECORD_AS_SQL).
DIGEST, MARK, TAG, SIGNED = slice(8, 40), slice(40, 60), slice(40, 44), slice(44, 60)

_RECORDS = """
select string_agg(record, ''::bytea) from (
    select {record_as_sql} as record from audit_logentry
    where "timestamp" >= %s and "timestamp" < %s and number > %s and number <= %s
    order by number
) records
"""
_RECORDS = _RECORDS.format(record_as_sql=proof.RECORD_AS_SQL)


@dataclass
class Block:
    """Seals of one month that follow each other, so that their rows are asked for at once."""

    month: date
    after: int
    seals: list[Seal] = field(default_factory=list)
    rows: int = 0


class Check:
    """One check of a period, or of everything."""

    def __init__(self, period: Period, now: datetime, tell: Callable[[int, int], None]) -> None:
        self.period, self.now, self.tell = period, now, tell
        self.verdict = Verdict()
        self.signers = marks.signers()
        self.total = 0
        # Between which numbers a month has seals, as far as the walk is.
        self.covered: dict[date, tuple[int, int]] = {}

    def run(self, head: str) -> Verdict:
        """Everything, in the order in which a failure explains most."""
        walk = chain.Walk(self.verdict, head)
        seals = self._seals()
        self.total = seals.aggregate(rows=Sum("rows"))["rows"] or 0
        for block, records in read_ahead(self._blocks(walk.seals(), walk.left)):
            self._check_block(block, records)
        walk.end(self.now, PATIENCE)
        self._rows_outside(walk.upto)
        self._rows_waiting(walk.upto)
        self._rows_twice()
        if not walk.position:
            self.verdict.finds(Trouble.NO_SEALS)
        elif not self.verdict.seals:
            self.verdict.finds(Trouble.NOTHING)
        return self.verdict

    # --- sealed rows ----------------------------------------------------------------------------

    def _seals(self) -> Any:
        wanted = Q(kind=Seal.Kind.ROWS)
        if self.period.first:
            wanted &= Q(last_at__gte=begin_of(self.period.first))
        if self.period.last:
            wanted &= Q(first_at__lt=end_of(self.period.last))
        return Seal.objects.filter(wanted)

    def _is_asked(self, seal: Seal) -> bool:
        if seal.first_at is None or seal.last_at is None:
            return False
        too_old = self.period.first and seal.last_at < begin_of(self.period.first)
        too_new = self.period.last and seal.first_at >= end_of(self.period.last)
        return not too_old and not too_new

    def _blocks(self, seals: Iterator[Seal], left: dict[date, str]) -> Iterator[Block]:
        """Seals of the period, a few thousand rows at a time; a month that left is passed over."""
        begun: dict[date, Block] = {}
        for seal in seals:
            if seal.kind != Seal.Kind.ROWS or seal.month in left:
                continue
            first, last = self.covered.get(seal.month, (seal.after, seal.after))
            self.covered[seal.month] = (first, seal.upto)
            block = begun.setdefault(seal.month, Block(seal.month, last))
            if self._is_asked(seal):
                block.seals.append(seal)
                block.rows += seal.rows
            if block.rows >= BLOCK or not self._is_asked(seal):
                del begun[seal.month]
                if block.seals:
                    yield block
        yield from begun.values()

    def _check_block(self, block: Block, records: bytes) -> None:
        at = 0
        for seal in block.seals:
            at = self._rows_between(records, at, seal)
            at = self._check_batch(records, at, seal)
        self.verdict.rows += len(records) // proof.RECORD
        self.tell(self.verdict.rows, self.total)

    def _rows_between(self, records: bytes, at: int, seal: Seal) -> int:
        """Rows before this seal and after the one before: they would stand under none."""
        while at < len(records) and _number(records, at) <= seal.after:
            self.verdict.finds(Trouble.ROW_OUTSIDE, **unsealed.row(_number(records, at)))
            at += proof.RECORD
        return at

    def _check_batch(self, records: bytes, at: int, seal: Seal) -> int:
        end = _end_of(records, at, seal)
        found = (end - at) // proof.RECORD
        batch = records[at:end]
        wrong = self._check_marks(batch, seal, may_lack=seal.unmarked)
        leaves = [
            hashlib.sha256(b"\x00" + batch[n : n + proof.RECORD]).digest()
            for n in range(0, len(batch), proof.RECORD)
        ]
        self.verdict.seals += 1
        self._widen(seal)
        if found == seal.rows and proof.root_of(leaves) == bytes(seal.root):
            return end
        where = {"seal": seal.position, "month": f"{seal.month:%Y-%m}"}
        counts = {"sealed": seal.rows, "found": found}
        if found < seal.rows:
            gone = found == 0 and _is_empty(seal.month)
            trouble = Trouble.MONTH_MISSING if gone else Trouble.ROWS_MISSING
            self.verdict.finds(trouble, **where, **counts)
        elif found > seal.rows:
            self.verdict.finds(Trouble.ROWS_ADDED, **where, **counts)
        elif not wrong:
            number = _number(batch, 0) if batch else None
            self.verdict.finds(Trouble.ROWS_DIFFER, number=number, **where)
        return end

    def _widen(self, seal: Seal) -> None:
        if seal.first_at and seal.last_at:
            first, last = seal.first_at.isoformat(), seal.last_at.isoformat()
            self.verdict.first_at = min(self.verdict.first_at or first, first)
            self.verdict.last_at = max(self.verdict.last_at, last)

    def _check_marks(self, batch: bytes, seal: Seal | None, *, may_lack: int) -> int:
        """How many rows of these have a wrong mark; the first one is named."""
        sha, size, wrong, lacking = hashlib.sha256, proof.RECORD, 0, 0
        tag, inner, outer = b"", b"", b""
        for at in range(0, len(batch), size):
            record = batch[at : at + size]
            if record[TAG] != tag:
                signer = self.signers.get(record[TAG])
                if signer is None:
                    is_lacking = record[MARK] == proof.NO_MARK
                    lacking += is_lacking
                    if not is_lacking or lacking > may_lack:
                        wrong += 1
                        self._names(record, seal, is_lacking=is_lacking)
                    continue
                tag, inner, outer = signer.tag, signer.inner, signer.outer
            if sha(outer + sha(inner + record[DIGEST]).digest()).digest()[:MAC] != record[SIGNED]:
                wrong += 1
                self._finds_row(Trouble.ROW_CHANGED, record, seal)
        self.verdict.unmarked += min(lacking, may_lack)
        return wrong

    def _names(self, record: bytes, seal: Seal | None, *, is_lacking: bool) -> None:
        trouble = Trouble.ROW_UNMARKED if is_lacking else Trouble.MARK_UNKNOWN
        self._finds_row(trouble, record, seal)

    def _finds_row(self, trouble: Trouble, record: bytes, seal: Seal | None) -> None:
        where = {} if trouble.side.value in self.verdict.first else unsealed.row(_number(record, 0))
        self.verdict.finds(trouble, seal=seal.position if seal else None, **where)

    # --- rows under no seal ---------------------------------------------------------------------

    def _rows_outside(self, upto: int) -> None:
        for month, number, count in unsealed.outside(self.covered, upto, self.period):
            self.verdict.finds(Trouble.ROW_OUTSIDE, **unsealed.row(number), month=f"{month:%Y-%m}")
            self.verdict.counts[Trouble.ROW_OUTSIDE.value] += count - 1

    def _rows_waiting(self, upto: int) -> None:
        """Rows that have no seal yet: their marks count, and none may wait too long."""
        for rows in unsealed.waiting(upto, self.period):
            self._check_marks(b"".join(record for *_, record in rows), None, may_lack=0)
            for number, moment, _record in rows:
                if moment < self.now - PATIENCE:
                    self.verdict.finds(Trouble.NOT_SEALED, number=number)
            self.verdict.waiting += len(rows)

    def _rows_twice(self) -> None:
        if not unsealed.tables_without_a_key():
            return
        number = unsealed.number_of_a_row_twice()
        self.verdict.finds(Trouble.ROW_TWICE, **(unsealed.row(number) if number else {}))


def verify_log(
    *,
    now: datetime,
    period: Period | None = None,
    head: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Verdict:
    """Checks the rows of a period, or all of them, and the whole chain; changes nothing.

    `head` is a link somebody was mailed or printed: it must be one of the seals. `tell` hears how
    far the work is, in rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock_shared(%s)", [CHECKING])
        try:
            return Check(period or Period(), now, tell).run(head.strip().lower().rpartition(" ")[2])
        finally:
            cursor.execute("select pg_advisory_unlock_shared(%s)", [CHECKING])


def read_ahead(blocks: Iterator[Block]) -> Iterator[tuple[Block, bytes]]:
    """Each block with its records; the database works on the next one while this one is checked.

    Within a transaction (tests) one after the other, as another connection would not see it.
    """
    if connection.in_atomic_block:
        yield from ((block, _records(block)) for block in blocks)
        return
    with ThreadPoolExecutor(1) as reader:
        before: tuple[Block, Future[bytes]] | None = None
        try:
            for block in blocks:
                asked = reader.submit(_records, block)
                if before is not None:
                    yield before[0], before[1].result()
                before = block, asked
            if before is not None:
                yield before[0], before[1].result()
        finally:
            reader.submit(connections.close_all).result()  # the reader's own


def _records(block: Block) -> bytes:
    upto = block.seals[-1].upto
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [*bounds_of(block.month), block.after, upto])
        (records,) = cursor.fetchone()
    return bytes(records or b"")


def _number(records: bytes, at: int) -> int:
    return int.from_bytes(records[at : at + 8], "big")


def _end_of(records: bytes, at: int, seal: Seal) -> int:
    """Where the rows of this seal end: usually as many rows further as it says."""
    size = proof.RECORD
    end = min(at + seal.rows * size, len(records))
    while end > at and _number(records, end - size) > seal.upto:
        end -= size
    while end < len(records) and _number(records, end) <= seal.upto:
        end += size
    return end


def _is_empty(month: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            'select not exists (select from audit_logentry where "timestamp" >= %s'
            ' and "timestamp" < %s)',
            bounds_of(month),
        )
        (answer,) = cursor.fetchone()
    return bool(answer)
