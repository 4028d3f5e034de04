"""Codes: of one person, a few tries, one use, an end; and nothing readable of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from access.acting import Work, acting_as
from access.errors import NotAllowed, Refused
from access.models import Membership
from audit.models import LogEntry
from consent import codes, limits
from consent.actions.asking import ask_about
from consent.actions.codes import make_code, try_code, use_code
from consent.models import Code
from students.models import Parent, Parenthood, Pupil

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
    with pytest.raises(Refused):
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


def test_a_wrong_code_counts_also_when_the_page_around_it_fails(asked, make):
    """The page may raise after the try: nothing of it stays but the try."""
    row, words = make()

    def page(*, by, on):
        try_code(typed=wrong(words), by=by, on=on)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked.act(page, by="parent")
    row.refresh_from_db()
    assert row.tries == 1
    assert LogEntry.objects.filter(event="consent-code-refused").count() == 1


def test_an_account_that_types_many_wrong_codes_has_to_wait_and_another_one_has_not(asked, make):
    _row, words = make()
    for _try in range(limits.MOST_OF_ACCOUNT):
        assert asked.act(try_code, by="pupil_sixteen", typed="abcde-fghj-km23") is None
    with pytest.raises(Refused, match="Too many"):
        asked.act(try_code, by="pupil_sixteen", typed=words)
    assert asked.act(try_code, by="parent", typed=words) is not None


def test_an_address_from_which_many_wrong_codes_come_has_to_wait(asked, make):
    _row, words = make()
    cast, address = asked.cast, "203.0.113.7"

    def visit(typed: str, address: str):
        work = Work(by=None, on=cast.today, remote_addr=address)
        with acting_as(None, on=cast.today, work=work):
            return try_code(typed=typed, by=None, on=cast.today)

    for _try in range(limits.MOST_OF_ADDRESS):
        assert visit("abcde-fghj-km23", address) is None
    with pytest.raises(Refused, match="Too many"):
        visit(words, address)
    assert visit(words, "203.0.113.8") is not None


def test_a_code_opens_nothing_once_its_owner_is_no_parent_of_the_child(asked, make):
    _row, words = make()
    link = Parenthood.objects.get(parent__user=asked.cast.parent)
    link.withdrawn_at, link.withdrawn_by = timezone.now(), asked.cast.director
    link.save()
    assert asked.act(try_code, by="parent", typed=words) is None
    assert asked.act(use_code, by="parent", typed=words) is None


@pytest.fixture
def unknown_parent(asked):
    """A parent of the pupil "own" without an account; gives the words of their code."""
    asked.cast.add_parent("newcomer", "own")
    Parent.objects.filter(user=asked.cast.newcomer).update(user=None)
    parent = Parent.objects.get(first_name="First-newcomer")
    _row, words = asked.act(
        make_code, by="administrator", pupil=asked.cast.pupils["own"], parent=parent,
        school=asked.cast.school, route="letter",
    )  # fmt: skip
    return parent, words


def test_a_code_makes_the_account_that_of_the_parent_with_the_role(asked, unknown_parent):
    parent, words = unknown_parent
    user = asked.cast.add_person("somebody", "mr-parent", asked.cast.school.unit)
    assert asked.act(use_code, by="somebody", typed=words).used_by == user
    parent.refresh_from_db()
    assert parent.user == user
    held = Membership.objects.get(user=user, role="parent")
    assert (held.unit_id, held.starts_on) == (asked.cast.school.pk, asked.cast.today)


@pytest.mark.parametrize(
    "who",
    [
        "parent",  # another parent of the same child
        "parent_teacher",
        "pupil_fifteen",  # a pupil
        "counsellor",  # works here: the director says so
        "administrator",
    ],
)
def test_who_is_not_free_to_be_that_parent_uses_no_code_of_it(asked, unknown_parent, who):
    parent, words = unknown_parent
    with pytest.raises(Refused):
        asked.act(use_code, by=who, typed=words)
    parent.refresh_from_db()
    assert parent.user is None
    assert Code.objects.get().used_at is None


def test_a_parent_who_is_known_twice_adds_the_other_child_by_its_code(asked):
    """At another school the office wrote the same person down anew: never merged by name."""
    cast = asked.cast
    twin = cast.add_parent("twin", "foreign")
    Parent.objects.filter(pk=twin.pk).update(user=None)
    cast.add_person("other_administrator", "administrator", cast.other_school.unit)
    _row, words = asked.act(
        make_code, by="other_administrator", pupil=cast.pupils["foreign"], parent=twin,
        school=cast.other_school, route="letter",
    )  # fmt: skip
    asked.act(use_code, by="parent", typed=words)
    assert cast.parent.known_as_parent.count() == 2
    asked.act(
        ask_about, by="other_administrator", pupil=cast.pupils["foreign"],
        school=cast.other_school, occasion="single",
    )  # fmt: skip
    assert asked.says("parent", "foreign", True).parent == twin


def test_a_pupils_code_is_used_by_no_parent_and_no_other_pupil(asked, make):
    Pupil.objects.filter(pk=asked.cast.pupils["twelve"].pk).update(user=None)
    _row, words = make(None, "twelve")
    for who in ("parent", "pupil_fifteen", "counsellor"):
        with pytest.raises(Refused):
            asked.act(use_code, by=who, typed=words)
    assert asked.act(use_code, by="pupil_twelve", typed=words) is not None
    assert Pupil.objects.get(user=asked.cast.pupil_twelve) == asked.cast.pupils["twelve"]


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


def test_wrong_codes_are_remembered_for_a_quarter_of_an_hour_and_no_longer(asked):
    guesser = asked.cast.people["pupil_sixteen"]
    with time_machine.travel("2026-11-16 10:00:00+00:00", tick=False) as clock:
        for _try in range(limits.MOST_OF_ACCOUNT):
            clock.shift(timedelta(seconds=10))
            limits.count_wrong(guesser)
        clock.shift(timedelta(minutes=13))
        assert limits.is_exhausted(guesser)
        clock.shift(timedelta(minutes=1))
        assert not limits.is_exhausted(guesser)


def test_many_addresses_push_no_count_out_of_the_shared_memory():
    # Django's own measure of 300 would forget counts as soon as a guesser has that many addresses.
    assert caches["default"]._max_entries >= 100_000
