"""How the log proves itself: needs nothing but Python, so that it goes along with exported rows.

A row is written as one text (`canonical`), its digest is signed with a key outside the database
(audit/marks.py) and becomes a leaf; the leaves of a batch make a Merkle tree as in RFC 6962; each
seal is linked to the one before. Nothing here knows a key: with rows, seals and a head that came
by another way (a mail, a report) anybody can check that nothing was changed: audit/verify.py does,
which goes along too.

`AS_SQL` says in PostgreSQL exactly what `canonical` says in Python: a test compares both.
"""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

VERSION = "portal-log-1"
SEPARATOR = "\x1f"  # stands in no field: audit.actions.write sees to it
COLUMNS = (
    "id",
    "timestamp",
    "event",
    "action",
    "outcome",
    "subjects",
    "actor_id",
    "actor_name",
    "actor_role",
    "ground",
    "unit",
    "content_type_id",
    "object_pk",
    "changes",
    "cid",
    "remote_addr",
    "additional_data",
)
# Every column but these prints itself; none of those that may be null can print an empty text.
_PRINTED = {
    "timestamp": "encode(timestamptz_send(\"timestamp\"), 'hex')",
    "remote_addr": "encode(inet_send(remote_addr), 'hex')",
}
_BETWEEN = f", E'\\x{ord(SEPARATOR):02x}', "
AS_SQL = (
    f"convert_to(concat('{VERSION}'{_BETWEEN}"
    + _BETWEEN.join(_PRINTED.get(column, column) for column in COLUMNS)
    + "), 'UTF8')"
)
DIGEST_AS_SQL = f"sha256({AS_SQL})"
# Number, digest and mark side by side, always as long; a row from before marks has zeros there.
NO_MARK = bytes(20)
RECORD = 8 + 32 + len(NO_MARK)  # bytes
RECORD_AS_SQL = (
    f"int8send(number) || {DIGEST_AS_SQL} || case octet_length(mark) when {len(NO_MARK)} then mark"
    f" else '\\x{NO_MARK.hex()}'::bytea end"
)

_EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017  also for an older Python's script
_FAMILY = {4: b"\x02", 6: b"\x03"}  # as PostgreSQL calls them
HEADER = (
    "position",
    "kind",
    "month",
    "after",
    "upto",
    "rows",
    "unmarked",
    "first_at",
    "last_at",
    "note",
    "key_id",
    "sealed_at",
)
EMPTY = hashlib.sha256(b"").digest()
BEFORE_THE_FIRST = bytes(32)


# --- a row --------------------------------------------------------------------------------------


def canonical(row: Mapping[str, Any]) -> bytes:
    """The text of a row that is signed: the values of COLUMNS as JSON knows them."""
    subjects = ",".join(row["subjects"])
    parts = [
        VERSION,
        row["id"],
        _moment(row["timestamp"]),
        row["event"],
        str(row["action"]),
        row["outcome"],
        f"{{{subjects}}}",
        row["actor_id"] or "",
        row["actor_name"],
        row["actor_role"],
        row["ground"],
        row["unit"] or "",
        "" if row["content_type_id"] is None else str(row["content_type_id"]),
        row["object_pk"],
        _json(row["changes"]),
        row["cid"],
        _address(row["remote_addr"]),
        _json(row["additional_data"]),
    ]
    return SEPARATOR.join(parts).encode()


def _moment(moment: str | datetime) -> str:
    """Microseconds since 2000, as eight bytes in hexadecimal."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    since = when - _EPOCH
    micro = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return micro.to_bytes(8, "big", signed=True).hex()


@functools.lru_cache(maxsize=256)
def _address(address: str | None) -> str:
    if not address:
        return ""
    known = ipaddress.ip_address(address)
    bits = len(known.packed) * 8
    head = _FAMILY[known.version] + bytes([bits, 0, len(known.packed)])
    return (head + known.packed).hex()


def _json(value: Any) -> str:
    """As PostgreSQL prints jsonb: shorter keys first, then by their bytes."""
    return "" if value is None else json.dumps(_sorted(value), ensure_ascii=False)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: _sorted(value[key]) for key in keys}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def digest(row: Mapping[str, Any]) -> bytes:
    """The hash of a row's text."""
    return hashlib.sha256(canonical(row)).digest()


def leaf_of(record: bytes) -> bytes:
    """What stands in the tree for a row: its number, what it says, and its mark."""
    return hashlib.sha256(b"\x00" + record).digest()


def record_of(row: Mapping[str, Any]) -> bytes:
    """Number, digest and mark (in hexadecimal) of a row, side by side."""
    mark = bytes.fromhex(row["mark"]) or NO_MARK
    return int(row["number"]).to_bytes(8, "big") + digest(row) + mark


# --- a tree -------------------------------------------------------------------------------------


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 over these leaves, already hashed."""
    return levels_of(leaves)[-1][0] if leaves else EMPTY


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The whole tree: the leaves, the hashes above them, and so on up to the root."""
    sha = hashlib.sha256
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        level = levels[-1]
        pairs = iter(level)
        above = [sha(b"\x01" + a + b).digest() for a, b in zip(pairs, pairs, strict=False)]
        levels.append([*above, level[-1]] if len(level) % 2 else above)
    return levels


def path_in(levels: Sequence[Sequence[bytes]], place: int) -> list[str]:
    """What one needs to work out the root from one leaf: `L` or `R` and a hash for each step."""
    path = []
    for level in levels[:-1]:
        beside = place ^ 1
        if beside < len(level):
            path.append(("L" if beside < place else "R") + level[beside].hex())
        place //= 2
    return path


def root_by_path(row_leaf: bytes, path: Iterable[str]) -> bytes:
    """The root that this leaf and this path lead to."""
    node = row_leaf
    for step in path:
        beside = bytes.fromhex(step[1:])
        both = beside + node if step[0] == "L" else node + beside
        node = hashlib.sha256(b"\x01" + both).digest()
    return node


# --- a chain ------------------------------------------------------------------------------------


def header(seal: Mapping[str, Any]) -> bytes:
    """What a seal says besides its hashes, as one text."""
    words = [str(seal[name]) for name in HEADER]
    return SEPARATOR.join(["portal-seal-1", *words]).encode()


def link_of(previous_link: bytes, previous_mac: bytes, seal: Mapping[str, Any]) -> bytes:
    """The hash that ties a seal to the one before; `root` in it as hexadecimal."""
    said = header(seal)
    body = previous_link + previous_mac + len(said).to_bytes(4, "big") + said
    return hashlib.sha256(b"\x02" + body + bytes.fromhex(seal["root"])).digest()
