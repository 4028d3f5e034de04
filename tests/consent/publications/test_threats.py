"""Somebody is in danger: what had a week is taken down within a day."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from access.acting import acting_as
from consent.models import TakeDown
from tests.consent.publications.test_taking_down import DAY, is_threatened, refuses

pytestmark = pytest.mark.promise("P13")


def test_a_threat_leaves_a_day_also_where_somebody_had_a_week_already(pictures, published):
    refuses(pictures)
    is_threatened(pictures)
    (task,) = pictures.tasks()
    assert task.due_on == pictures.cast.today + DAY
    with pytest.raises(DatabaseError, match="sooner"), transaction.atomic():
        TakeDown.objects.filter(pk=task.pk).update(due_on=task.due_on + DAY)


def test_the_database_tells_no_stranger_that_a_picture_must_go(pictures, published):
    refuses(pictures)

    def seen(who: str) -> int:
        with acting_as(pictures.cast.people[who], on=pictures.cast.today, read_only=True):
            return TakeDown.objects.count()

    assert [seen(who) for who in ("counsellor", "director", "parent")] == [1, 1, 1]
    strangers = ("parent_of_other", "other_director", "pupil_sixteen", "fg", "board_officer")
    assert [seen(who) for who in strangers] == [0] * len(strangers)
