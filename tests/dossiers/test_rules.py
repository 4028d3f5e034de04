"""Decisions about dossiers, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from dossiers import rules
from dossiers.kinds import AssignmentKind, Part
from dossiers.rules import Passage, Review

plain_texts = st.text(alphabet=st.characters(exclude_characters="[]", codec="utf-8"))
marked_texts = st.lists(st.one_of(plain_texts, st.sampled_from(["[[", "]]", "[", "]"]))).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Reads well.", "Reads well."),
        ("Plays with [[Sem]] a lot.", "Plays with […] a lot."),
        ("[[All about Sem]]", "[…]"),
        ("Opened [[and never closed", "Opened […]"),
        ("[[outer [[inner]] still outer]] rest", "[…] rest"),
        ("a stray ]] stays", "a stray ]] stays"),
        ("[single] brackets stay", "[single] brackets stay"),
        ("[[one]] and [[two]]", "[…] and […]"),
        ("over\n[[two\n\nparagraphs]]\nend", "over\n[…]\nend"),
    ],
)
@pytest.mark.promise("P24")
def test_passages_about_others_are_left_out(text, shown):
    assert rules.without_passages_about_others(text) == shown


@given(before=plain_texts, secret=plain_texts.filter(bool), after=plain_texts)
def test_nothing_between_marks_is_ever_shown(before, secret, after):
    shown = rules.without_passages_about_others(f"{before}[[{secret}]]{after}")
    assert shown == f"{before}[…]{after}"


@given(before=plain_texts, rest=plain_texts.filter(bool))
def test_what_was_not_closed_is_withheld_to_the_end(before, rest):
    assert rules.without_passages_about_others(f"{before}[[{rest}") == f"{before}[…]"


@given(marked_texts)
def test_leaving_out_twice_leaves_out_nothing_more(text):
    once = rules.without_passages_about_others(text, instead="")
    if rules.marks_are_paired(text):
        assert rules.without_passages_about_others(once, instead="") == once


@given(marked_texts)
def test_no_letter_is_lost_in_cutting(text):
    letters = "".join(p.text for p in rules.passages(text))
    assert sorted(letters.replace("[", "").replace("]", "")) == sorted(
        text.replace("[", "").replace("]", "")
    )


@given(marked_texts)
def test_what_is_about_others_stays_so_in_paragraphs_and_lists(text):
    withheld = {p.text for p in rules.passages(text) if not p.about_others}
    for block in rules.blocks(text):
        for passage in (p for line in block.lines for p in line if not p.about_others):
            assert any(passage.text in kept for kept in withheld) or block.is_list


@pytest.mark.parametrize(
    ("text", "paired"),
    [
        ("", True),
        ("[[a]] b [[c]]", True),
        ("[[a", False),
        ("a]]", False),
        ("[[a [[b]] c]]", False),
        ("]] [[", False),
    ],
)
def test_marks_come_in_pairs(text, paired):
    assert rules.marks_are_paired(text) is paired


def test_paragraphs_and_lists_are_told_apart():
    found = rules.blocks("One\nline two\n\n- first\n- second [[Sem]]\nafter")
    assert [b.is_list for b in found] == [False, True, False]
    assert [len(b.lines) for b in found] == [2, 2, 1]
    assert found[1].lines[1] == [Passage("second ", False), Passage("Sem", True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bsn 111222333", True),
        ("bsn 1112.22.333", True),
        ("bsn 111 222 333.", True),
        ("bsn 111222334", False),  # fails the eleven test
        ("06 11122233", False),
        ("0611122233", False),
        ("+31 111222333", False),
        ("+31111222333", False),
        ("room 12, 4 March 2026", False),
        ("order 1112223331", False),
        ("", False),
    ],
)
@pytest.mark.promise("P24")
def test_a_citizen_service_number_is_recognised(text, found):
    assert rules.holds_bsn(text) is found


@given(st.integers(10_000_000, 99_999_999), plain_texts.filter(lambda t: not t[-1:].isdigit()))
def test_every_valid_number_is_found_among_words(number, words):
    base = f"{number:08d}"
    for last in "0123456789":
        if bsn.is_valid(base + last):
            assert rules.holds_bsn(f"{words} {base}{last} and on")


@pytest.mark.parametrize("kind", AssignmentKind)
@pytest.mark.promise("P6")
def test_the_medical_part_is_reached_by_medical_assignments_only(kind):
    assert (Part.MEDICAL in rules.REACHES[kind]) is (kind is AssignmentKind.MEDICAL)
    assert rules.may_write(kind) is (kind is not AssignmentKind.EMERGENCY)


def test_each_part_knows_what_reaches_it():
    for part in Part:
        for kind in AssignmentKind:
            assert (kind in rules.reached_by(part)) is (part in rules.REACHES[kind])


DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("days", "review"),
    [
        (None, Review.NEVER),
        (-1, Review.OVERDUE),
        (0, Review.TODAY),
        (1, Review.COMING),
        (rules.COMING_DAYS, Review.COMING),
        (rules.COMING_DAYS + 1, Review.LATER),
    ],
)
def test_an_agreement_asks_to_be_looked_at(days, review):
    review_on = None if days is None else DAY + timedelta(days=days)
    assert rules.review_of(review_on, on=DAY) is review
