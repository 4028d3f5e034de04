"""Where others get to see it is publishing, whatever the board's text says of itself."""

from __future__ import annotations

import pytest

from access.errors import Refused
from consent.actions import matters
from consent.actions.checking import check_consent
from consent.actions.matters import About
from consent.actions.purposes import end_purpose, write_text
from consent.models import Request
from consent.rules import Reason
from tests.consent.conftest import text

pytestmark = [pytest.mark.promise("P5"), pytest.mark.promise("P13")]
FREE = {"is_free": True, "is_promised": False, "free_ground": "Demo ground"}


@pytest.mark.parametrize("channel", ["press", "class-app", "filming", "contact-list"])
def test_a_safety_block_reaches_every_publication_whatever_its_text_says(asked, channel):
    asked.add("shown", channel, is_publication=False)
    asked.ask("own")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True, "shown")
    assert asked.holds("own", "shown").is_allowed
    about = About(pupil=asked.cast.pupils["own"], school=asked.cast.school, words="A threat")
    asked.act(matters.place_safety_block, by="administrator", about=about)
    assert asked.holds("own", "shown").reason is Reason.SAFETY_BLOCK


@pytest.mark.parametrize("channel", ["website", "social", "press", "contact-list", "other"])
def test_no_publication_is_declared_free_of_consent(asked, channel):
    asked.add("shown", channel)
    for settings in ({}, {"is_publication": False}):
        with pytest.raises(Refused, match="publish"):
            asked.act(
                write_text,
                by="board_officer",
                purpose=asked.purposes["shown"],
                data=text("free", **FREE, **settings),
            )


@pytest.mark.parametrize("channel", ["pictures", "recording", "filming"])
def test_making_pictures_may_be_declared_free(asked, channel):
    asked.add("made", channel, **FREE)
    assert asked.holds("own", "made").reason is Reason.FREE


def test_nobody_checks_or_says_yes_to_what_is_asked_no_more(asked):
    asked.ask("own")
    asked.says("parent", "own", True)
    asked.act(end_purpose, by="board_officer", purpose=asked.purposes["website"])
    cast = asked.cast
    with pytest.raises(Refused):
        asked.act(
            check_consent,
            by="counsellor",
            school=cast.school,
            text=asked.texts["website"],
            pupils=[cast.pupils["own"].pk],
            day=cast.today,
        )
    with pytest.raises(Refused):
        asked.says("parent_teacher", "own", True)
    assert asked.says("parent", "own", False).said == "withdrawn"
    assert Request.objects.exists()
