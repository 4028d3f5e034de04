"""The log says which page it was in words, in the reader's language; never by its code."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.functional import Promise

from access.gate import OPEN_VIEWS
from audit.pages import PAGES, label_of, name_pages
from tests.guards.addresses import all_addresses


def test_every_page_that_a_row_can_name_is_called_something():
    names = {a.name for a in all_addresses() if a.gate or a.is_open}
    assert len(names) > 100
    nameless = sorted(names - PAGES.keys())
    assert not nameless, f"name these in the PAGES of their room (pages.py): {nameless}"
    gone = PAGES.keys() - names - OPEN_VIEWS.keys() - {"unknown"}
    assert not gone, f"take these out of pages.py: {sorted(gone)}"
    assert all(isinstance(label, Promise) and str(label) for label in PAGES.values())


def test_a_page_is_named_by_one_room_only():
    with pytest.raises(RuntimeError, match="home"):
        name_pages({"home": PAGES["home"]})


def test_a_page_that_is_gone_keeps_its_code():
    assert label_of("page_of_before") == "page_of_before"


def test_the_log_and_its_file_show_the_page_in_words(cast, sign_in):
    sign_in(cast.counsellor).get(reverse("dossier_part", args=[cast.dossier("own").pk, "care"]))
    director = sign_in(cast.director)
    for answer in (director.get(reverse("log")), director.post(reverse("log_export"))):
        shown = answer.content.decode()
        assert "dossier_part" not in shown
        assert ">Dossier<" in shown or '"Dossier"' in shown
