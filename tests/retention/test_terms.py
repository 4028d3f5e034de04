"""The table of kinds of record: every model with personal data has its line, and each its words."""

from __future__ import annotations

import pytest
from django.db import connection

from dossiers.models.dossiers import PartKind
from retention.terms import KINDS, OF_PUPILS, in_order, kind_of_part, labels_of_models
from tests.guards.personal_data import PERSONAL


@pytest.mark.promise("P9")
def test_every_model_that_holds_personal_data_has_its_line_in_the_terms():
    known = labels_of_models()
    missing = sorted(set(PERSONAL) - set(known))
    assert not missing, (
        f"{missing}: add each to the `models` of the kind with which it ends in retention/terms.py"
    )
    assert not sorted(set(known) - set(PERSONAL)), "no model with personal data is called so"
    listed = [label for kind in KINDS.values() for label in kind.models]
    assert len(listed) == len(set(listed)), "a model ends with one kind"


def test_each_kind_says_in_words_when_on_which_ground_and_what():
    for kind in KINDS.values():
        for words in (kind.label, kind.starts, kind.source, kind.destroys):
            assert len(str(words)) >= 5, kind.code
        assert set(kind.after) <= set(KINDS)


def test_what_a_kind_comes_after_is_destroyed_before_it():
    order = [kind.code for kind in OF_PUPILS]
    for kind in OF_PUPILS:
        assert all(order.index(code) < order.index(kind.code) for code in kind.after)
    assert [kind.code for kind in OF_PUPILS if kind.is_last] == [order[-1]]
    assert [kind.code for kind in in_order({order[2], order[0]})] == [order[0], order[2]]


def test_each_part_of_a_dossier_ends_with_one_kind_and_the_database_agrees(db):
    with connection.cursor() as cursor:
        for part in PartKind.values:
            cursor.execute("select retention_kind_of(%s)", [part])
            assert cursor.fetchone() == (kind_of_part(part).code,)
