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
from files.previews import page_picture, text_of
from vault.sealing import keyring


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


def test_files_of_each_kind_stand_in_a_dossier_and_can_be_shown(filled, today):
    joost = User.objects.get(username="joost")
    with acting_as(joost, on=today):
        files = list(queries.files_visible_to(joost, on=today))
        versions = queries.newest_file_versions(joost, files, on=today)
        keys = keyring(file.part_id for file in files)
        shown = queries.opened_files(files, versions, keys)
    assert {one.what.kind: one.what.pages for one in shown} == {
        "pdf": 3,
        "picture": 1,
        "text": None,
    }
    for one in shown:
        with queries.content_of(one.version, keys) as content:
            data = content.read_all()
        if one.what.has_pages:
            assert page_picture(data, one.what.kind, page=1, width=400)
        else:
            assert "(demo)" in text_of(data)


def test_every_pupil_has_a_dossier(filled):
    assert Dossier.objects.count() >= 6 * 11 + 4


def test_the_demo_refuses_to_fill_anything_but_a_demo():
    with pytest.raises((CommandError, Exception), match=r"fill_demo|PORTAL_DEMO"):
        call_command("fill_demo")
