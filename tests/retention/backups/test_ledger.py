"""The ledger of destructions: lines bound to one another, in a file outside every copy."""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from retention import ledger
from retention.ledger import BEGINNING, Entry, LedgerDamaged

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def path(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    return settings.LEDGER


def lines(number: int) -> list[Entry]:
    """Consecutive lines, the first of a new ledger."""
    made: list[Entry] = []
    for n in range(number):
        newest = made[-1].head if made else BEGINNING
        keys = {"part": [str(uuid.UUID(int=n)), str(uuid.UUID(int=n + 1000))]}
        item = uuid.UUID(int=n + 1)
        made.append(ledger.next_entry(newest, item=item, keys=keys, at=AT + timedelta(days=n)))
    return made


def written(number: int) -> list[Entry]:
    made = lines(number)
    for entry in made:
        ledger.append(entry)
    return made


def test_what_is_written_is_read_again_and_a_line_twice_stands_once(path):
    made = written(3)
    ledger.append(made[1])
    assert ledger.read() == made
    assert ledger.head() == made[2].head
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_nothing_was_destroyed(path):
    assert ledger.read() == []
    assert ledger.head() == BEGINNING


def test_a_line_that_a_crash_cut_off_never_counted_and_is_written_whole(path):
    made = lines(2)
    ledger.append(made[0])
    with path.open("ab") as file:
        file.write(b'{"number":2,"at"')
    assert ledger.read() == made[:1]
    ledger.append(made[1])
    assert ledger.read() == made


def test_a_line_out_of_order_is_refused_and_so_is_another_one_with_a_number_in_use(path):
    made = lines(3)
    ledger.append(made[0])
    with pytest.raises(LedgerDamaged, match="line 3 does not follow line 1"):
        ledger.append(made[2])
    other = ledger.next_entry(BEGINNING, item=uuid.UUID(int=99), keys={}, at=AT)
    with pytest.raises(LedgerDamaged, match="line 1 says something else"):
        ledger.append(other)
    assert ledger.read() == made[:1]


def _drop_first(text: bytes) -> bytes:
    return b"".join(text.splitlines(keepends=True)[1:])


def _drop_middle(text: bytes) -> bytes:
    first, _middle, last = text.splitlines(keepends=True)
    return first + last


def _swap(text: bytes) -> bytes:
    first, middle, last = text.splitlines(keepends=True)
    return first + last + middle


@pytest.mark.parametrize(
    "change",
    [
        _drop_first,
        _drop_middle,
        _swap,
        lambda text: text.replace(b"2026-11-17", b"2026-11-18"),
        lambda text: text.replace(
            str(uuid.UUID(int=1001)).encode(), str(uuid.UUID(int=5)).encode()
        ),
        lambda text: b"nothing\n" + text,
    ],
    ids=["first_left_out", "middle_left_out", "swapped", "other_day", "other_key", "other_words"],
)
def test_whoever_changes_a_line_is_found(path, change):
    written(3)
    before = path.read_bytes()
    changed = change(before)
    assert changed != before
    path.write_bytes(changed)
    with pytest.raises(LedgerDamaged):
        ledger.read()


def test_nobody_makes_a_line_without_the_master_key(path, settings):
    """A whole ledger with right hashes, by somebody who read how they are made."""
    settings.MASTER_KEY = os.urandom(32)
    written(2)
    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(LedgerDamaged):
        ledger.read()


def test_no_line_counts_that_the_disk_did_not_take_and_none_is_left_unwritten(path, monkeypatch):
    made, asked, flush = lines(2), [], os.fsync
    ledger.append(made[0])

    def fails(_file):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(ledger.os, "fsync", fails)
        with pytest.raises(OSError, match="Input/output"):
            ledger.append(made[1])
    assert ledger.head() == made[0].head  # else the next run would take it for written

    monkeypatch.setattr(ledger.os, "fsync", lambda file: (asked.append(file), flush(file)))
    ledger.append(made[1])
    assert len(asked) == 2, "the file and its folder"
    ledger.append()
    assert len(asked) == 2, "this process waited for it already"
    monkeypatch.setattr(ledger, "_on_disk", {})
    ledger.append()  # another run wrote it, and was killed before it was on disk
    assert len(asked) == 4
    assert ledger.read() == made
