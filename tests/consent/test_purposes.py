"""What a board asks: drafts, texts in use that never change, and being free of consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from access.errors import NotAllowed, Overtaken, Refused
from audit.models import LogEntry
from consent.actions.purposes import add_purpose, end_purpose, put_in_use, write_text
from consent.models import PurposeText
from consent.queries import texts_in_use
from tests.consent.conftest import text

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.mark.parametrize("by", ["director", "administrator", "privacy_officer", "parent"])
def test_only_the_board_officer_sets_what_is_asked(asked, by):
    purpose, board = asked.purposes["website"], asked.cast.board
    with pytest.raises(NotAllowed):
        asked.act(add_purpose, by=by, board=board, code="press", channel="press")
    with pytest.raises(NotAllowed):
        asked.act(write_text, by=by, purpose=purpose, data=text("x"))
    with pytest.raises(NotAllowed):
        asked.act(end_purpose, by=by, purpose=purpose)


def test_a_draft_changes_and_a_text_in_use_gets_another_version(asked):
    purpose = asked.purposes["website"]
    one = asked.act(write_text, by="board_officer", purpose=purpose, data=text("one"))
    two = asked.act(write_text, by="board_officer", purpose=purpose, data=text("two"))
    assert (one.pk, two.number, two.text_en) == (two.pk, 2, "May two?")
    assert asked.texts["website"].number == 1
    entry = LogEntry.objects.get(event="consent-text-changed")
    assert set(entry.changes) == {"title_nl", "title_en", "text_nl", "text_en"}
    used = asked.act(put_in_use, by="board_officer", text=two, from_day=asked.cast.today + DAY)
    three = asked.act(write_text, by="board_officer", purpose=purpose, data=text("three"))
    assert three.number == 3
    for day, number in ((asked.cast.today, 1), (asked.cast.today + DAY, used.number)):
        assert [t.number for t in texts_in_use(asked.cast.board.pk, day)] == [number]


@pytest.mark.parametrize("login", ["portal_owner", "portal_web"])
def test_a_used_text_is_what_people_signed_and_never_changes(asked, login):
    verb = "update consent_purposetext set text_en = 'Another' where number = 1"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local role {login}; {verb}")
    asked.texts["website"].refresh_from_db()
    assert asked.texts["website"].text_en == "May website?"


def test_a_text_is_put_in_use_once_not_in_the_past_and_in_both_languages(asked):
    purpose, today = asked.purposes["website"], asked.cast.today
    data = text("half", needs="one")
    draft = asked.act(write_text, by="board_officer", purpose=purpose, data=data)
    with pytest.raises(Refused):
        asked.act(put_in_use, by="board_officer", text=draft, from_day=today - DAY)
    PurposeText.objects.filter(pk=draft.pk).update(text_en="")
    with pytest.raises(Refused):
        asked.act(put_in_use, by="board_officer", text=draft, from_day=today)
    asked.act(write_text, by="board_officer", purpose=purpose, data=data)
    asked.act(put_in_use, by="board_officer", text=draft, from_day=today + 5 * DAY)
    with pytest.raises(Overtaken):
        asked.act(put_in_use, by="board_officer", text=draft, from_day=today + 5 * DAY)
    early = asked.act(write_text, by="board_officer", purpose=purpose, data=text("early"))
    with pytest.raises(Refused):
        asked.act(put_in_use, by="board_officer", text=early, from_day=today)


def test_a_purpose_is_free_only_with_a_ground_and_never_against_a_written_promise(asked):
    asked.add("made", "pictures")
    purpose = asked.purposes["made"]
    for settings in (
        {"is_free": True, "is_promised": False},
        {"is_free": True, "is_promised": True, "free_ground": "Demo ground"},
    ):
        data = text("free", **settings)
        with pytest.raises(Refused):
            asked.act(write_text, by="board_officer", purpose=purpose, data=data)
        with pytest.raises(IntegrityError), transaction.atomic():
            PurposeText.objects.create(
                purpose=purpose, number=9, written_by=asked.cast.board_officer, **vars(data)
            )


def test_what_ended_is_asked_no_more_and_allows_nothing(asked):
    asked.act(end_purpose, by="board_officer", purpose=asked.purposes["website"])
    assert not texts_in_use(asked.cast.board.pk, asked.cast.today)
    with pytest.raises(Overtaken):
        asked.act(end_purpose, by="board_officer", purpose=asked.purposes["website"])
    board = asked.cast.board
    with pytest.raises(Refused):
        asked.act(add_purpose, by="board_officer", board=board, code="website", channel="website")


def test_a_draft_that_may_no_longer_be_free_of_consent_is_not_put_in_use(asked):
    """A draft can be older than what is refused now: it is asked again when put in use."""
    purpose, today = asked.purposes["website"], asked.cast.today
    draft = asked.act(write_text, by="board_officer", purpose=purpose, data=text("free"))
    PurposeText.objects.filter(pk=draft.pk).update(
        is_free=True, is_promised=False, free_ground="Demo ground"
    )
    with pytest.raises(Refused, match="Nobody may publish without consent"):
        asked.act(put_in_use, by="board_officer", text=draft, from_day=today)
