"""Codes: of one person, a few tries, one use, an end; and nothing readable of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from access.errors import NotAllowed, Refused
from audit.models import LogEntry
from consent import codes
from consent.actions.codes import make_code, try_code, use_code
from consent.models import Code
from students.models import Parent

pytestmark = pytest.mark.promise("P5")
DAY = timedelta(days=1)


@pytest.fixture
def make(asked):
    """Makes a code of a parent of the cast about a pupil."""

    def code(parent: str | None = "parent", pupil: str = "own", *, by: str = "administrator"):
        return asked.act(
            make_code,
            by=by,
            pupil=asked.cast.pupils[pupil],
            parent=Parent.objects.get(user=asked.cast.people[parent]) if parent else None,
            school=asked.cast.school,
            route="letter",
        )

    return code


def wrong(words: str) -> str:
    """The same number with another secret."""
    return words[:-1] + ("a" if words[-1] != "a" else "b")


@given(st.integers(0, 3), st.booleans())
def test_a_code_is_read_however_it_is_typed(spaces, capitals):
    code = codes.new_code()
    typed = code.written.replace("-", " " * spaces)
    assert codes.read(typed.upper() if capitals else typed) == code
    assert codes.fits(code, code.hashed)


@pytest.mark.parametrize("typed", ["", "abc", "abcde-fghj", "abcde-fghj-km0l", "é" * 13])
def test_what_is_no_code_is_none(typed):
    assert codes.read(typed) is None


def test_only_a_hash_is_kept_and_the_log_holds_no_code(make):
    row, words = make()
    stored = bytes(Code.objects.get().secret_hash)
    assert len(stored) == 32
    assert words.encode() not in stored
    entry = LogEntry.objects.get(event="consent-code-made")
    assert words not in f"{entry.additional_data} {entry.changes} {entry.object_pk}"
    assert row.expires_on > row.made_at.date()


def test_a_code_is_used_once_by_its_own_person(asked, make):
    _row, words = make()
    with pytest.raises(NotAllowed):
        asked.act(use_code, by="parent_teacher", typed=words)
    assert asked.act(use_code, by="parent", typed=words.upper()).used_by == asked.cast.parent
    assert asked.act(use_code, by="parent", typed=words) is None
    assert LogEntry.objects.filter(event="consent-code-used").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update consent_code set used_at = null, used_by_id = null")


def test_after_five_wrong_secrets_the_right_one_opens_nothing(asked, make):
    _row, words = make()
    for _try in range(4):
        assert asked.act(try_code, by="parent", typed=wrong(words)) is None
    assert asked.act(try_code, by="parent", typed=words) is not None
    assert asked.act(try_code, by="parent", typed=wrong(words)) is None
    assert asked.act(try_code, by="parent", typed=words) is None
    refused = LogEntry.objects.filter(event="consent-code-refused")
    assert {entry.outcome for entry in refused} == {"refused"}
    assert refused.count() == 5


def test_a_new_code_ends_the_one_before(asked, make):
    _first, old = make()
    _second, new = make()
    assert asked.act(try_code, by="parent", typed=old) is None
    assert asked.act(try_code, by="parent", typed=new) is not None


def test_a_code_ends_by_itself(asked, make):
    row, words = make()
    last = row.expires_on
    assert asked.act(try_code, by="parent", typed=words, on=last) is not None
    assert asked.act(try_code, by="parent", typed=words, on=last + DAY) is None


def test_a_pupil_gets_a_code_from_12_and_nobody_one_for_a_strangers_child(asked, make):
    with pytest.raises(Refused):
        make(None, "eleven")
    assert make(None, "twelve")[0].parent is None
    with pytest.raises(Refused):
        make("parent", "other")


@pytest.mark.parametrize("by", ["counsellor", "other_director", "board_officer", "parent"])
def test_only_the_administration_of_the_school_makes_codes(asked, make, by):
    with pytest.raises(NotAllowed):
        make(by=by)


def test_nobody_makes_a_code_about_an_own_child(asked, make):
    asked.cast.add_person("parent_teacher", "administrator", asked.cast.school.unit)
    for parent in ("parent", "parent_teacher"):
        with pytest.raises(NotAllowed):
            make(parent, by="parent_teacher")
