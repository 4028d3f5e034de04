"""The demo fills itself through the real actions, and is the same every time."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from access.acting import acting_as
from access.models import User
from demo import people
from demo.filling import Filling
from dossiers import queries
from dossiers.models import Dossier


@pytest.fixture
def filled(db, today) -> Filling:
    filling = Filling(today, lambda step: None)
    filling.fill()
    return filling


def test_everybody_on_the_start_page_has_an_account_with_a_role(filled, today):
    for person in people.CAST:
        assert User.objects.get(username=person.username).roles_on(today), person.username


def test_the_teacher_sees_the_own_group_and_the_director_nothing(filled, today):
    for username, least in (("joost", 12), ("karin", 0), ("greet", 0)):
        user = User.objects.get(username=username)
        with acting_as(user, on=today):
            seen = queries.dossiers_visible_to(user, on=today).count()
        assert seen >= least
        assert least or not seen


def test_every_pupil_has_a_dossier(filled):
    assert Dossier.objects.count() >= 6 * 11 + 4


def test_the_demo_refuses_to_fill_anything_but_a_demo():
    with pytest.raises((CommandError, Exception), match=r"fill_demo|PORTAL_DEMO"):
        call_command("fill_demo")
