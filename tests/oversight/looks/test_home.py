"""The way to who looked, and what waits because of it, on the home pages and in the footer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from access.acting import acting_as
from oversight.actions.questions import ask_why
from oversight.rules.looks import SHOWN
from tests.oversight.looks.made import look


def home(client) -> str:
    return client.get(reverse("home")).content.decode()


def test_a_family_finds_who_looked_on_its_home_and_in_the_footer(cast, sign_in):
    there = reverse("who_looked", args=[cast.pupils["own"].pk])
    page = home(sign_in(cast.parent))
    assert there in page
    assert "See who looked" in page
    page = home(sign_in(cast.parent_without))
    assert there not in page
    assert "you do not see who looked" in page
    itself = reverse("who_looked", args=[cast.pupils["twelve"].pk])
    assert itself in home(sign_in(cast.pupil_twelve))
    assert "See who looked" not in home(sign_in(cast.counsellor))


def test_what_waits_stands_on_the_home_of_who_answers_and_late_also_of_the_privacy_officer(
    cast, sign_in
):
    row = look(cast, cast.counsellor)
    with acting_as(cast.parent, on=cast.today):
        ask_why(
            pupil=cast.pupils["own"],
            look=row.pk,
            words="Why was it?",
            by=cast.parent,
            on=cast.today,
        )
    assert "answer by 16 December" in home(sign_in(cast.director))
    assert "waits too long" not in home(sign_in(cast.privacy_officer))
    assert "question waits" not in home(sign_in(cast.board_officer))
    with time_machine.travel(cast.today + timedelta(days=31)):
        assert "1 too late" in home(sign_in(cast.director))
        page = home(sign_in(cast.privacy_officer))
        assert "1 question waits too long" in page
        assert cast.pupils["own"].name not in page
        assert "1 too late" in home(sign_in(cast.board_officer))


@pytest.mark.parametrize(
    ("person", "name", "pupil"),
    [("counsellor", "dossier", True), ("counsellor", "my_pupils", False)],
)
def test_the_record_line_says_that_parents_see_it_where_they_do(cast, sign_in, person, name, pupil):
    keys = [cast.dossier("own").pk] if pupil else []
    page = sign_in(cast.people[person]).get(reverse(name, args=keys)).content.decode()
    assert ("parents can see it" in page) is (name in SHOWN)
    assert "This was recorded at" in page
