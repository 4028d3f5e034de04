"""Marks of what was destroyed, and where they occur in a text or in bytes; knows no database.

Thousands of marks are looked for at once. Keys have a shape, so whatever has it is looked up.
Numbers, addresses and names consist of words, so each is looked up by its longest word and then
compared. So a text is read once, however many marks there are.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

ROW, FIELD = "\x1e", "\x1f"  # between rows, and between the columns of one
SHORTEST = 6  # characters: a shorter number stands everywhere
_NEAR = 60  # characters between a first name and a surname
_DEEPEST = 3  # something packed in something packed
_UNPACKED = 8 * 1024 * 1024  # bytes

_KEY = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_WORD = re.compile(r"[^\W_]+")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PACKED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}")  # base64, of either alphabet
_DIGITS = re.compile(r"x?[0-9a-f]+")  # a hash, of any length: no base64 consists of these alone
_BYTES = re.compile(r"\\x((?:[0-9a-f]{2})+)")  # as PostgreSQL writes them
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")  # as JSON does
_ACCENTS = re.compile("[\u0300-\u036f]")
# A random key has these bits wherever it stands.
_RAW_KEY = re.compile(rb"(?s)(?=(.{6}[\x40-\x4f].[\x80-\xbf].{7}))")
# Python's pickle writes a key as a number, the last byte first, without the zeros it begins with.
_PICKLED = re.compile(rb"(?s)\x8a([\x08-\x0f])(?=(.{8,15}))")


@dataclass(frozen=True, slots=True)
class Hit:
    """One mark in one place: of what sort, what it is, in which row and column of the text."""

    sort: str
    mark: str
    row: int = 0
    field: int = 0


class _Places:
    """In which row and column of a text something stands; counted once it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _begins(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(ROW, self._text))]

    def hit(self, sort: str, mark: str, at: int) -> Hit:
        """What stands at this place of the text."""
        row = bisect_right(self._begins, at) - 1
        return Hit(sort, mark, row, self._text.count(FIELD, self._begins[row], at))


@dataclass(frozen=True, slots=True)
class _Phrase:
    sort: str
    mark: str
    words: tuple[str, ...]
    near: tuple[str, ...] = ()  # words that stand near, before or after


def folded(text: str) -> str:
    """Without capitals and accents, and without what JSON escapes; separators stay."""
    if "\\u" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return text.casefold()


class Keys:
    """A set of keys of 16 bytes, in little more than those bytes; first filled, then asked."""

    def __init__(self) -> None:
        self._coming: list[bytearray] | None = [bytearray() for _ in range(256)]
        self._sorted = bytearray()
        self._begins = array("L", [0])  # of the keys with the same first two bytes
        self._may_be = bytearray(1 << 21)  # a bit for each beginning of three bytes

    def add(self, key: bytes) -> None:
        """Takes one in. Not once the set was asked."""
        assert self._coming is not None
        self._coming[key[0]] += key
        begins = int.from_bytes(key[:3])
        self._may_be[begins >> 3] |= 1 << (begins & 7)

    def among(self, keys: Iterable[str]) -> set[str]:
        """Which of these are in the set; in hexadecimal digits, with or without hyphens."""
        may_be = self._may_be
        return {
            key
            for key in keys
            if may_be[(begins := int(key[:6], 16)) >> 3] >> (begins & 7) & 1
            and bytes.fromhex(key.replace("-", "")) in self
        }

    def __contains__(self, key: bytes) -> bool:
        if self._coming is not None:
            self._sort(self._coming)
        first = key[0] << 8 | key[1]
        begins, ends = self._begins[first], self._begins[first + 1]
        at = self._sorted.find(key, begins, ends)
        while at > 0 and at % 16:  # the end of one and the beginning of the next
            at = self._sorted.find(key, at + 1, ends)
        return at >= 0

    def _sort(self, coming: list[bytearray]) -> None:
        """Bit by bit, so that never two copies of all of them are there."""
        self._coming = None
        made = bytearray()
        for first, bucket in enumerate(coming):
            keys = sorted({bytes(bucket[at : at + 16]) for at in range(0, len(bucket), 16)})
            coming[first] = bytearray()
            counted = [0] * 256
            for key in keys:
                counted[key[1]] += 16
            for number in counted:
                self._begins.append(self._begins[-1] + number)
            made += b"".join(keys)
        self._sorted = made


class Sieve:
    """What is looked for, and how it is found."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._digests: set[str] = set()
        self._phrases: dict[str, set[_Phrase]] = {}
        self.number = 0

    def add_key(self, key: bytes) -> None:
        """A random key of 16 bytes."""
        self._keys.add(key)
        self.number += 1

    def add_digest(self, digest: str) -> None:
        """A hash of 32 bytes, in hexadecimal digits; another length is no hash of a file."""
        if len(digest) == 64:
            self._digests.add(digest)
            self.number += 1

    def add_word(self, value: str) -> None:
        """A number, a user name or an e-mail address; a very short one says nothing."""
        words = tuple(_WORD.findall(folded(value)))
        if len(value) >= SHORTEST and words:
            self._add(_Phrase("word", value, words))

    def add_name(self, first: str, surname: str) -> None:
        """A first name and a surname, near each other; one alone says nothing."""
        before, words = (tuple(_WORD.findall(folded(part))) for part in (first, surname))
        if before and words:
            self._add(_Phrase("name", f"{first} {surname}", words, before))

    def _add(self, phrase: _Phrase) -> None:
        anchor = max(phrase.words, key=len)
        self._phrases.setdefault(anchor, set()).add(phrase)
        self.number += 1

    def in_text(self, text: str, depth: int = 0) -> Iterator[Hit]:
        """Every mark in rows of a text, also written as bytes or packed within it."""
        plain = folded(text)
        at = _Places(plain)
        known = self._keys.among(set(_KEY.findall(plain)))
        if known:
            for match in _KEY.finditer(plain):
                if match[0] in known:
                    yield at.hit("key", match[0].replace("-", ""), match.start())
        if self._digests:
            for match in _DIGEST.finditer(plain):
                if match[0] in self._digests:
                    yield at.hit("digest", match[0], match.start())
        if self._phrases and not self._phrases.keys().isdisjoint(_WORD.findall(plain)):
            yield from self._phrases_in(plain, at)
        if depth < _DEEPEST:
            yield from self._within(text, depth)

    def _phrases_in(self, plain: str, at: _Places) -> Iterator[Hit]:
        for match in _WORD.finditer(plain):
            for phrase in self._phrases.get(match[0], ()):
                if _stands(phrase, plain, match.start(), match.end()):
                    yield at.hit(phrase.sort, phrase.mark, match.start())

    def _within(self, text: str, depth: int) -> Iterator[Hit]:
        """What stands in bytes that are written down, or in base64."""
        at = _Places(text)
        for match in _BYTES.finditer(text):
            for found in self.in_bytes(bytes.fromhex(match[1]), depth + 1):
                yield at.hit(found.sort, found.mark, match.start())
        for match in _PACKED.finditer(text):
            if _DIGITS.fullmatch(match[0]):
                continue
            for found in self.in_bytes(_unpacked(match[0]), depth + 1):
                yield at.hit(found.sort, found.mark, match.start())

    def in_bytes(self, data: bytes, depth: int = 0) -> Iterator[Hit]:
        """Every mark in bytes: as text, as the bytes of a key in either order, or compressed."""
        for one in (data, data[::-1]):
            for match in _RAW_KEY.finditer(one):
                if match[1] in self._keys:
                    yield Hit("key", match[1].hex())
        for match in _PICKLED.finditer(data):
            key = match[2][: match[1][0]][::-1].rjust(16, b"\0")
            if key in self._keys:
                yield Hit("key", key.hex())
        if len(data) == 32 and data.hex() in self._digests:
            yield Hit("digest", data.hex())
        yield from self.in_text(data.decode("utf-8", "replace"), depth)
        if data.count(0) * 4 > len(data):
            yield from self.in_text(data.decode("utf-16-le", "replace"), depth)
        if depth < _DEEPEST and data[:1] in (b"\x78", b"\x1f"):
            yield from self.in_bytes(_inflated(data), depth + 1)


def _stands(phrase: _Phrase, plain: str, begins: int, ends: int) -> bool:
    """Whether the whole phrase stands around one of its words, in one row."""
    reach = _NEAR if phrase.near else len(phrase.mark)
    first = max(plain.rfind(ROW, 0, begins) + 1, begins - reach)
    last = plain.find(ROW, ends)
    last = min(len(plain) if last < 0 else last, ends + reach)
    words = tuple(_WORD.findall(plain[first:last]))
    return _is_within(phrase.words, words) and _is_within(phrase.near, words)


def _is_within(some: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(some)
    return any(words[at : at + size] == some for at in range(len(words) - size + 1))


def _unpacked(word: str) -> bytes:
    """The bytes that a word of base64 stands for; none when it is something else."""
    plain = word.translate({ord("-"): "+", ord("_"): "/"})
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def _inflated(data: bytes) -> bytes:
    """The bytes before they were compressed; none when they were not."""
    try:
        return zlib.decompressobj(wbits=47).decompress(data, _UNPACKED)
    except zlib.error:
        return b""
