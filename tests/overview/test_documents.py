"""The papers that come from the code are fresh, and each promise said to be kept has its proof."""

from __future__ import annotations

import re
from functools import cache

import pytest
from django.conf import settings
from django.core.management import call_command

from overview import documents
from overview.promises import PROMISES, State


@cache
def proofs() -> dict[str, list[str]]:
    """Read when a test asks: each program that only collects tests would wait for it."""
    return documents.proofs_in(settings.BASE_DIR / "tests")


def test_the_papers_say_what_the_code_says():
    call_command("write_docs", check=True)


def test_there_are_twenty_four_promises_in_their_order():
    assert [promise.code for promise in PROMISES] == [f"P{n}" for n in range(1, 25)]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p.code)
def test_a_promise_is_only_called_kept_with_code_and_tests_that_prove_it(promise):
    if promise.state is State.NOT_YET:
        assert not promise.how
        assert not promise.kept_by
        return
    assert promise.how
    assert proofs().get(promise.code), f"no test is marked with {promise.code}"
    for path in promise.kept_by:
        assert (settings.BASE_DIR / path).exists(), path


def test_tests_prove_known_promises_only():
    known = {promise.code for promise in PROMISES}
    assert not set(proofs()) - known


def test_the_paper_on_roles_names_every_page():
    text = documents.who_may_do_what()
    for name, route, _gate in documents.gated_pages():
        assert f"`/{route}` {name} " in text
    assert not re.search(r"\bNone\b", text)
