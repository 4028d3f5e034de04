"""Who must decide a request to erase is told, and told again; who asked hears what came of it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from access.acting import acting_as
from access.errors import NotAllowed
from access.models import Membership, User
from retention import telling_erasures
from retention.actions.erasures import refuse_erasure, withdraw_erasure
from retention.models import Erasure
from retention.telling_erasures import remind_of_erasures, tell_of_what_is_overdue

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P23")]


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """To whom mails go within, and what they say together; none names anybody."""

    @contextmanager
    def listen():
        mail.outbox.clear()
        heard: list[str] = []
        with django_capture_on_commit_callbacks(execute=True):
            yield heard
        heard += sorted(address.split("@")[0] for one in mail.outbox for address in one.to)
        said = "".join(one.subject + one.body for one in mail.outbox)
        assert not any(
            word in said for word in ("Sur-", "First-", "another pupil", "Demo", "http://e")
        )
        heard.append(said)

    return listen


def test_who_may_decide_hears_of_it_and_again_before_the_thirty_days_are_over_until_decided(
    cast, erasures, told
):
    with told() as heard:
        row = erasures.ask("note", erasures.note().pk, by="privacy_officer")
    assert heard[:-1] == ["board_officer"]
    assert "by 16 December 2026" in heard[-1]
    with told() as heard:
        other = erasures.ask("note", erasures.note().pk)
    assert heard[:-1] == ["board_officer", "privacy_officer"]
    cast.add_person("fg", "board-officer", cast.board.unit)  # who supervises decides nothing
    cast.add_person("parent", "board-officer", cast.board.unit)  # of this very pupil
    ago = {days: row.answer_by - timedelta(days=days) for days in (15, 14, 7, 0, -7)}
    assert [remind_of_erasures(on=day) for day in ago.values()] == [0, 2, 2, 2, 2]
    erasures.approve(other)
    with told() as heard:
        assert remind_of_erasures(on=ago[-7]) == 1
    assert (heard[:-1], "had to answer" in heard[-1]) == (["board_officer"], True)
    User.objects.filter(pk=cast.board_officer.pk).update(language="nl", email=None)
    with told() as heard:
        assert remind_of_erasures(on=ago[7]) == 1
    assert heard == [""]


def test_who_asked_hears_that_it_was_approved_erased_refused_or_taken_back(cast, erasures, told):
    on, officer = cast.today, cast.board_officer
    goes, refused, back = (erasures.ask("note", erasures.note().pk) for _ in range(3))
    with told() as heard:
        erasures.approve(goes)
    assert (heard[0], "erased on 18 November 2026" in heard[-1]) == ("director", True)
    with told() as heard, acting_as(officer, on=on):
        refuse_erasure(erasure=refused, words="The law keeps it", by=officer, on=on)
    assert (heard[0], "It was refused" in heard[-1]) == ("director", True)
    assert "Tell the parent" in heard[-1]
    assert "The law" not in heard[-1]
    with told() as heard:
        assert erasures.run().done == 1
    assert (heard[0], "It is erased now" in heard[-1]) == ("director", True)
    for by, told_too in ((cast.director, []), (cast.deputy, ["director"])):
        with told() as heard, acting_as(by, on=on):
            withdraw_erasure(erasure=back, words="Asked so", by=by, on=on)
        assert heard[:-1] == told_too
        back = erasures.ask("note", back.target)


def test_what_a_family_asked_and_the_board_approved_is_no_colleagues_to_undo(
    cast, erasures, told, sign_in
):
    on, by = cast.today, cast.deputy
    family = erasures.approve(erasures.ask("note", erasures.note().pk), by="board_officer")
    with pytest.raises(NotAllowed), acting_as(by, on=on):
        withdraw_erasure(erasure=family, words="Rather keep it", by=by, on=on)
    ended = {"ended_on": on, "ended_at": timezone.now(), "ended_words": family.words}
    with pytest.raises(DatabaseError, match="who approved it"), transaction.atomic():
        Erasure.objects.filter(pk=family.pk).update(ended="withdrawn", ended_by=by, **ended)
    ours = erasures.approve(erasures.ask("note", erasures.note().pk, asker="school"))
    with told() as heard, acting_as(by, on=on):
        withdraw_erasure(erasure=ours, words="It is right after all", by=by, on=on)
    assert heard[:-1] == ["director", "privacy_officer"]
    who = cast.privacy_officer  # also where who approved it has left
    with acting_as(who, on=on):
        withdraw_erasure(erasure=family, words="The parent said so", by=who, on=on)
    page = sign_in(cast.director).get(reverse("erasure", args=[family.pk])).content.decode()
    assert "Do you still want it?" in page


def test_what_was_approved_and_can_not_be_erased_is_told_to_who_can_mend_it_until_it_is(
    cast, erasures, told, settings, monkeypatch
):
    settings.OPERATORS = ["server@example.org"]
    row = erasures.approve(erasures.ask("note", erasures.note().pk), by="board_officer")
    row.refresh_from_db()
    after = row.begins_on + timedelta(days=1)
    for day, number in ((row.begins_on, 0), (after, 1), (after + timedelta(days=1), 0)):
        assert tell_of_what_is_overdue(on=day) == number
    with told() as heard:
        assert tell_of_what_is_overdue(on=after + timedelta(days=7)) == 1
    assert heard[:-1] == ["board_officer", "privacy_officer", "server"]
    assert f"The request: {row.pk}" in heard[-1]
    monkeypatch.setattr(telling_erasures, "dossier_is_held", lambda key, on: True)
    assert tell_of_what_is_overdue(on=after) == 0
    monkeypatch.undo()
    assert erasures.run().done == 1
    assert tell_of_what_is_overdue(on=after) == 0


def test_once_who_asked_may_not_ask_any_more_who_may_hears_it(cast, erasures, told):
    row = erasures.ask("note", erasures.note().pk, by="deputy")
    Membership.objects.filter(user=cast.deputy).update(ends_on=cast.today - timedelta(days=1))
    with told() as heard:
        erasures.approve(row)
    assert heard[:-1] == ["director", "privacy_officer"]


def test_where_something_came_since_who_decides_hears_that_they_decide_anew(cast, erasures, told):
    note = erasures.note()
    erasures.approve(erasures.ask("note", note.pk))
    erasures.correct(note, "Right now")
    with told() as heard:
        assert erasures.run().waiting == 1
    assert heard[:-1] == ["board_officer", "privacy_officer"]
    assert "asked anew to decide" in heard[-1]


def test_where_nobody_can_decide_who_asked_hears_it_and_the_page_says_it(
    cast, erasures, told, sign_in
):
    Membership.objects.filter(user=cast.board_officer).update(ends_on=cast.today)
    on = cast.today + timedelta(days=1)
    with told() as heard:
        row = erasures.ask("note", erasures.note().pk, by="privacy_officer")
    assert heard[:-1] == ["board_officer"]
    with told() as heard:
        assert remind_of_erasures(on=row.answer_by) == 1
    assert (heard[0], "Nobody of the board can decide" in heard[-1]) == ("privacy_officer", True)
    page = reverse("erasure", args=[row.pk])
    assert "Nobody can decide" not in sign_in(cast.director).get(page).content.decode()
    Membership.objects.filter(user=cast.board_officer).update(ends_on=on - timedelta(days=2))
    assert "Nobody can decide" in sign_in(cast.director).get(page).content.decode()
