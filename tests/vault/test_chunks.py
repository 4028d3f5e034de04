"""A sealed file opens as it was sealed, or not at all."""

from __future__ import annotations

import io
import os
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault.chunks import CHUNK, SealedFile, seal_file
from vault.errors import Unreadable
from vault.sealing import Keyring

pytestmark = pytest.mark.promise("P22")

PART, PLACE = uuid.uuid4(), "file-version:one"
KEYS = Keyring({PART: os.urandom(32)})
HEADER = 1 + 1 + 12 + 40 + 16
SEALED_CHUNK = CHUNK + 16
sizes = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])


def sealed(data: bytes, *, place: str = PLACE) -> bytes:
    return b"".join(seal_file(KEYS, PART, place, data))


def opened(blob: bytes, *, keys: Keyring = KEYS, part: uuid.UUID = PART, place: str = PLACE):
    return SealedFile(keys, part, place, io.BytesIO(blob))


def chunk(blob: bytes, number: int) -> bytes:
    return blob[HEADER + number * SEALED_CHUNK : HEADER + (number + 1) * SEALED_CHUNK]


class Counted(io.BytesIO):
    """Counts what is read from it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


@given(size=sizes)
def test_what_was_sealed_opens_again(size):
    data = os.urandom(size)
    file = opened(sealed(data))
    assert file.size == size
    file.check_ends()
    assert file.read_all() == data


@given(data=st.data(), size=sizes)
def test_any_range_gives_exactly_that_range(data, size):
    content = os.urandom(size)
    start = data.draw(st.integers(0, size + 5))
    stop = data.draw(st.integers(0, size + 5))
    assert b"".join(opened(sealed(content)).read(start, stop)) == content[start:stop]


@pytest.mark.parametrize(
    ("start", "stop", "chunks"),
    [(0, 1, 1), (CHUNK - 1, CHUNK + 1, 2), (5 * CHUNK, 5 * CHUNK + 9, 1), (0, 0, 0), (9, 9, 0)],
)
def test_a_range_reads_only_the_chunks_it_lies_in(start, stop, chunks):
    source = Counted(sealed(os.urandom(20 * CHUNK)))
    file = SealedFile(KEYS, PART, PLACE, source)
    before = source.count
    assert len(b"".join(file.read(start, stop))) == stop - start
    assert source.count - before == chunks * SEALED_CHUNK


def test_nothing_of_the_content_stands_in_what_is_sealed():
    data = b"Fenna Voorbeeld " * 10000
    assert b"Fenna" not in sealed(data)
    assert sealed(data) != sealed(data), "the same file twice is two files"


@settings(max_examples=200)
@given(data=st.data(), size=sizes)
def test_a_changed_bit_anywhere_is_seen(data, size):
    blob = bytearray(sealed(os.urandom(size)))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Unreadable):
        opened(bytes(blob)).read_all()


@given(data=st.data(), size=sizes)
def test_a_file_cut_off_anywhere_is_seen(data, size):
    blob = sealed(os.urandom(size))
    with pytest.raises(Unreadable):
        opened(blob[: data.draw(st.integers(0, len(blob) - 1))])


@given(size=sizes, more=st.integers(1, 2 * SEALED_CHUNK))
def test_a_file_added_to_is_seen(size, more):
    with pytest.raises(Unreadable):
        opened(sealed(os.urandom(size)) + os.urandom(more))


def test_a_whole_chunk_left_out_repeated_or_swapped_is_seen():
    blob = sealed(os.urandom(3 * CHUNK))
    head, one, two, three = blob[:HEADER], chunk(blob, 0), chunk(blob, 1), chunk(blob, 2)
    for order in ([one, two], [one, three, two], [two, one, three], [one, one, three]):
        with pytest.raises(Unreadable):
            opened(head + b"".join(order)).read_all()
    assert opened(head + one + two + three).read_all()


def test_a_chunk_of_another_file_of_the_same_part_and_place_is_seen():
    mine, other = sealed(os.urandom(3 * CHUNK)), sealed(os.urandom(3 * CHUNK))
    mixed = mine[:HEADER] + chunk(mine, 0) + chunk(other, 1) + chunk(mine, 2)
    with pytest.raises(Unreadable):
        opened(mixed).read_all()
    with pytest.raises(Unreadable):
        opened(other[:HEADER] + mine[HEADER:]).read_all()


def test_the_last_chunk_is_not_taken_for_one_in_the_middle():
    """Two files of which one is the beginning of the other, with the other's header."""
    file = opened(sealed(os.urandom(2 * CHUNK)))
    file._count = 3
    with pytest.raises(Unreadable):
        file._chunk(1)


def test_another_place_another_part_or_another_key_does_not_open_it():
    blob, other = sealed(b"one"), uuid.uuid4()
    both = Keyring({PART: os.urandom(32), other: os.urandom(32)})
    for wrong in (
        {"place": "file-version:two"},
        {"keys": both},
        {"keys": both, "part": other},
        {"keys": Keyring({}), "part": PART},
    ):
        with pytest.raises(Unreadable):
            opened(blob, **wrong)


@pytest.mark.parametrize(
    "blob",
    [b"", b"\x02", b"\x01" * 500, os.urandom(70)],
    ids=["empty", "short", "another version", "noise"],  # a name that is the same in each process
)
def test_what_is_no_sealed_file_is_refused(blob):
    with pytest.raises(Unreadable):
        opened(blob)


def test_the_ends_are_tried_before_anything_is_sent():
    blob = sealed(os.urandom(3 * CHUNK))
    file = opened(blob[:-1] + bytes([blob[-1] ^ 1]))
    with pytest.raises(Unreadable):
        file.check_ends()
