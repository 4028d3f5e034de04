"""Seals the log, batch after batch, without making a writer wait (ADR 30).

Which numbers are settled: the sealer reads the last number given out, and then takes the id of a
transaction of its own. Whoever has a number up to there took it in an older transaction
(`audit_next_number`). Once all older transactions have ended, each of these numbers is a row that
we see, or was rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import structlog
from django.db import connection, transaction

from audit import heads, marks, proof
from audit.models import Seal, SealMark

BATCH = 10_000  # rows at most under one seal of one month
PATIENCE = 5.0  # seconds that one run waits for transactions to end; the next run goes on
_PAUSE = 0.05
_TURNS = 2  # what the run before waited for, and what was written since
_LOCK = 20_261_130  # one sealer at a time; the others leave it to that one
CHECKING = 20_261_131  # shared by checks: no month leaves while one looks for its rows

# The oldest transaction that runs, and the one after the newest that ended. One that surely belongs
# to another database of the server has no number of this log, and is not waited for.
_OLDEST_AND_NEXT = """
select least(min(running) filter (where not elsewhere), max(following)), max(following)
from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as following) ended
left join lateral (
    select x::text::bigint as running, exists (
        select from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
          and l.transactionid::text::bigint = x::text::bigint % 4294967296
          and a.datid <> (select oid from pg_database where datname = current_database())
    ) as elsewhere
    from pg_snapshot_xip(pg_current_snapshot()) x
) running on true
"""
_LAST_NUMBER = (
    "select case when is_called then last_value else last_value - 1 end from audit_number"
)
_END_OF_BATCH = """
select count(*), max(number) from (
    select number from audit_logentry where number > %s and number <= %s order by number limit %s
) batch
"""
_MONTHS = """
select date_trunc('month', "timestamp" at time zone 'UTC')::date, count(*),
       count(*) filter (where octet_length(mark) = 0), min("timestamp"), max("timestamp"),
       string_agg({record_as_sql}, ''::bytea order by number)
from audit_logentry where number > %s and number <= %s group by 1 order by 1
"""
_MONTHS = _MONTHS.format(record_as_sql=proof.RECORD_AS_SQL)


@dataclass
class Sealed:
    """What one run did."""

    rows: int = 0
    seals: int = 0
    waits: bool = False  # somebody still writes: the rest is for the next run


def seal_log(*, now: datetime, patience: float = PATIENCE) -> Sealed:
    """Seals every settled row that has no seal yet; call it outside a transaction.

    Each batch is a transaction of its own, so a run that breaks off loses nothing. Each new head
    also goes to the file of heads; what a crash kept from it is made up for first.
    """
    done = Sealed()
    with _alone() as is_alone:
        if not is_alone:
            done.waits = True
            return done
        _make_up_for_a_crash()
        for _turn in range(_TURNS):
            if _last_number() <= _sealed_up_to():
                return done
            upto = _settled_number(now, patience)
            if upto is None:
                done.waits = True
                return done
            _seal_up_to(upto, now, done)
            SealMark.objects.all().delete()
    return done


def hold_still() -> None:
    """Until this transaction ends nobody seals or checks; call it before rows of a month leave."""
    for lock in (CHECKING, _LOCK):
        _ask("select pg_advisory_xact_lock(%s)", [lock])


def seal_departure(month: date, *, decision: str, now: datetime) -> Seal:
    """Says in the chain that all rows of a month left by a signed decision; gives the seal.

    Call it in the transaction in which they leave. `decision` is a key, never a name. Checking
    then looks for none of them, and says since when and by which decision.
    """
    hold_still()
    end, upto = _newest(), _sealed_up_to()
    words = {"kind": Seal.Kind.LEFT, "month": month, "after": upto, "upto": upto, "note": decision}
    return _add_seal(end, words, rows=0, unmarked=0, root=proof.EMPTY, now=now)


def seal_restoration(*, reason: str, now: datetime) -> Seal:
    """Says in the chain that a backup was put back, also after newer seals.

    It names the newest seal that the file of heads knows and that is lost; none where the file is
    away (it is not begun here), or knows of none: who looked at a copy of it knows no more.
    """
    end, lost = _newest(), heads.newest_lost()
    upto = end.upto if end else 0
    named = f"{lost[0]}:{lost[1]}" if lost else ":"
    note = f"{named}:{reason}".replace(proof.SEPARATOR, " ")[:200]
    words = {"kind": Seal.Kind.RESTORED, "month": now.date().replace(day=1), "note": note}
    with transaction.atomic():
        seal = _add_seal(
            end,
            {**words, "after": upto, "upto": upto},
            rows=0,
            unmarked=0,
            root=proof.EMPTY,
            now=now,
        )
        if heads.is_there():  # cut off before the end: a line that is lost, and can be told again
            heads.append(heads.head_of(seal))
    return seal


def _sealed_up_to() -> int:
    end = _newest()
    return end.upto if end else 0


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _settled_number(now: datetime, patience: float) -> int | None:
    """Up to which number every row is settled; none when that takes longer than we wait."""
    limit = time.monotonic() + patience
    mark = SealMark.objects.first() or _take_mark(now)
    while True:
        oldest, following = _ask(_OLDEST_AND_NEXT)
        if mark.transaction > following:  # of another server: a backup was put back
            mark = _take_mark(now)
        elif mark.transaction <= oldest:
            return mark.upto
        if time.monotonic() > limit:
            return None
        time.sleep(_PAUSE)


def _take_mark(now: datetime) -> SealMark:
    """First the number, then, in a later statement, the id of a transaction that has none yet."""
    upto = _last_number()
    with transaction.atomic():
        (own,) = _ask("select pg_current_xact_id()::text::bigint")
        mark, _made = SealMark.objects.update_or_create(
            id=1, defaults={"upto": upto, "transaction": own, "taken_at": now}
        )
    return mark


def _last_number() -> int:
    (number,) = _ask(_LAST_NUMBER)
    return int(number)


def _ask(question: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _seal_up_to(upto: int, now: datetime, done: Sealed) -> None:
    while True:
        end = _newest()
        after = end.upto if end else 0
        rows, last = _ask(_END_OF_BATCH, [after, upto, BATCH])
        if not rows:
            return
        is_last = rows < BATCH
        with transaction.atomic():
            seals = _seal_range(end, after, upto if is_last else last, now)
        _tell(seals[-1])
        done.rows += rows
        done.seals += len(seals)
        if is_last:
            return


def _seal_range(end: Seal | None, after: int, upto: int, now: datetime) -> list[Seal]:
    """One seal for each month that has rows with these numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [after, upto])
        months = cursor.fetchall()
    seals = []
    # Only the first seals cover rows from before marks; a later row without one is found out.
    may_lack = not Seal.objects.filter(kind=Seal.Kind.ROWS, unmarked=0).exists()
    for month, rows, lacking, first, last, records in months:
        unmarked = lacking if may_lack else 0
        root = proof.root_of(leaves_of(bytes(records)))
        words = {"kind": Seal.Kind.ROWS, "month": month, "after": after, "upto": upto}
        words |= {"first_at": first, "last_at": last}
        end = _add_seal(end, words, rows=rows, unmarked=unmarked, root=root, now=now)
        seals.append(end)
    return seals


def leaves_of(records: bytes) -> list[bytes]:
    """The leaves of a batch from its records, side by side."""
    size = proof.RECORD
    return [proof.leaf_of(records[at : at + size]) for at in range(0, len(records), size)]


def _add_seal(end: Seal | None, words: dict[str, Any], *, now: datetime, **hashes: Any) -> Seal:
    key_id = marks.newest_key_id()
    signer = marks.seal_signer(key_id)
    if signer is None:
        raise RuntimeError("the newest key is not among the keys")
    seal = Seal(**words, **hashes, key_id=key_id, sealed_at=now.astimezone(UTC))
    seal.position = end.position + 1 if end else 1
    before = (bytes(end.link), bytes(end.mac)) if end else (proof.BEFORE_THE_FIRST, b"")
    seal.link = proof.link_of(*before, words_of(seal))
    seal.mac = signer.sign(seal.link)
    seal.save(force_insert=True)
    return seal


def words_of(seal: Seal) -> dict[str, Any]:
    """A seal's values as JSON knows them: what `proof.link_of` takes."""
    values: dict[str, Any] = {name: getattr(seal, name) for name in proof.HEADER}
    for name in ("first_at", "last_at", "sealed_at"):
        moment = values[name]
        values[name] = moment.astimezone(UTC).isoformat() if moment else ""
    values["month"] = seal.month.isoformat()
    values["kind"] = str(seal.kind)
    for name in ("root", "link", "mac"):
        values[name] = bytes(getattr(seal, name) or b"").hex()
    return values


def _newest() -> Seal | None:
    return Seal.objects.order_by("-position").first()


def _make_up_for_a_crash() -> None:
    """A seal that was committed and never reached the file of heads is written there now.

    A file that is missing, or knows other seals than the database, stays as it is: it is what a
    check finds the loss with.
    """
    end = _newest()
    if end is None:
        heads.begin()
        return
    known = heads.last_line() if heads.is_there() else (0, "")
    if known is None or (known[0] < end.position and _is_known(known)):
        heads.append(heads.head_of(end))


def _tell(seal: Seal) -> None:
    """Writes a head outside the database. Without the file sealing goes on, and checks fail."""
    try:
        heads.append(heads.head_of(seal))
    except heads.HeadsMissing:
        structlog.get_logger("audit").error("log_heads_missing")


def _is_known(line: tuple[int, str]) -> bool:
    """Whether this head is one of our seals."""
    seal = Seal.objects.filter(position=line[0]).first()
    return seal is not None and bytes(seal.link).hex() == line[1]
