"""Marks are found however they are written down, and nothing else is."""

from __future__ import annotations

import base64
import json
import pickle
import uuid
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy_portal import settings as plain
from retention.searching.allowed import ALLOWED, KEYS_ALLOWED, NO_WORDS, NOT_READ, OF_OTHERS
from retention.searching.findings import is_said_elsewhere
from retention.searching.folders import READ
from retention.searching.sieve import FIELD, ROW, Hit, Keys, Sieve

KEY = uuid.UUID("0b5f8c1e-77aa-4c3d-9b21-d2f3a4b5c6d7")
ZERO = uuid.UUID("000f8c1e-77aa-4c3d-9b21-d2f3a4b5c6d7")  # begins with nothing
DIGEST = "ab" * 31 + "01"


@pytest.fixture(scope="module")
def sieve() -> Sieve:
    made = Sieve()
    for key in (KEY, ZERO):
        made.add_key(key.bytes)
    made.add_digest(DIGEST)
    made.add_word("s.de-vries@example.org")
    made.add_word("LL-100234")
    made.add_name("Zoë Maria", "de Vries-Ünal")
    return made


def _in_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        ("key", str(KEY)),
        ("key", KEY.hex),
        ("key", str(KEY).upper()),
        ("key", f"/dossiers/{KEY}/notes/"),
        ("key", "{" + str(KEY) + "}"),
        ("key", r"\x" + KEY.bytes.hex()),
        ("key", r"\x00ff" + KEY.bytes.hex() + "aa"),
        ("key", r"\x" + str(KEY).encode().hex()),
        ("key", r"\x" + str(KEY).encode("utf-16-le").hex()),
        ("key", _in_base64(json.dumps({"of": str(KEY)}).encode())),
        ("key", "." + _in_base64(zlib.compress(json.dumps({"of": str(KEY)}).encode())) + ":1:x"),
        ("key", base64.b64encode(pickle.dumps({"of": KEY, "and": "more of it"})).decode()),
        ("key", base64.b64encode(pickle.dumps({"of": ZERO, "and": "more of it"})).decode()),
        ("digest", f"sha256:{DIGEST}"),
        ("digest", r"\x" + DIGEST),
        ("word", "to: <S.de-Vries@Example.org>, "),
        ("word", '{"key": "ll-100234"}'),
        ("name", "Zoë Maria de Vries-Ünal"),
        ("name", "zoe maria DE VRIES-UNAL"),
        ("name", "De Vries-Ünal, Zoë Maria"),
        ("name", f"Zoë Maria{FIELD}{FIELD}de Vries-Ünal"),
        ("name", json.dumps({"first": "Zoë Maria", "last": "de Vries-Ünal"})),
    ],
)
def test_a_mark_is_found_however_it_is_written(sieve, sort, text):
    assert {hit.sort for hit in sieve.in_text(text)} == {sort}


@pytest.mark.parametrize(
    "text",
    [
        "",
        str(uuid.UUID(int=KEY.int + 1)),
        "Zoë Maria",
        "de Vries-Ünal",
        "Zoë de Vries-Ünal",  # not all of the first name: another one
        f"Zoë Maria{ROW}de Vries-Ünal",  # two rows
        f"Zoë Maria {'x ' * 80} de Vries-Ünal",  # far apart
        "xs.de-vries@example.org",
        "LL-1002345",
        DIGEST + "ab",
    ],
)
def test_what_only_looks_like_it_is_not(sieve, text):
    assert list(sieve.in_text(text)) == []


def test_row_and_column_are_named(sieve):
    text = ROW.join(["a" + FIELD + "b", "c" + FIELD + "Ü" + FIELD + f"of {KEY}"])
    assert list(sieve.in_text(text)) == [Hit("key", KEY.hex, 1, 2)]


def test_what_says_nothing_by_itself_is_not_looked_for():
    made = Sieve()
    made.add_word("123")
    made.add_name("", "de Vries")
    made.add_name("Zoë", "")
    made.add_digest("ab")
    assert made.number == 0


@settings(max_examples=40)
@given(
    st.lists(st.binary(min_size=16, max_size=16), max_size=30), st.binary(min_size=16, max_size=16)
)
def test_a_set_of_keys_knows_exactly_its_own(keys, other):
    made = Keys()
    for key in keys:
        made.add(key)
    assert all(key in made for key in keys)
    assert (other in made) == (other in keys)


def test_whatever_may_stay_says_why():
    for reason in (
        *ALLOWED.values(),
        *KEYS_ALLOWED.values(),
        *NO_WORDS.values(),
        *NOT_READ.values(),
    ):
        assert len(reason) > 20
    assert not OF_OTHERS & set(ALLOWED)
    assert set(NO_WORDS) <= set(READ)


def test_each_folder_of_the_settings_is_read_or_says_why_not():
    named = {name for name in dir(plain) if isinstance(getattr(plain, name), Path)}
    named |= {name for name in dir(plain) if name.endswith("_DIR")} | {"EMAIL_FILE_PATH"}
    assert named - {"BASE_DIR", "PG_BIN"} == set(READ) | set(NOT_READ)
    assert not set(NOT_READ) & set(READ)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("parent", True),
        ("groep8", True),
        ("moeder-van-noor", True),
        ("123456", True),  # a count, a moment, a piece of a key
        ("LL-123456", False),
        ("ouder2031", False),
        ("ouder@school.example", False),
    ],
)
def test_a_word_like_others_and_digits_alone_wait_for_judgement(mark, expected):
    assert is_said_elsewhere(mark) is expected
