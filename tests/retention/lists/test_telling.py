"""Who hears of a list: whom it waits for, who must name somebody, and who could stop it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from access.errors import Refused
from access.models import Membership, User
from audit.models import LogEntry
from retention.keeping_on import make_all_lists, remind_of_lists
from retention.models import DestructionList
from retention.queries import lists_waiting_for
from tests.retention.lists.conftest import LEFT, MADE, OVERNIGHT
from tests.retention.test_due_in_sql import let_leave

pytestmark = pytest.mark.promise("P9")


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """To whom mails go within, and what they say together; none names a person."""

    @contextmanager
    def listen():
        mail.outbox.clear()
        heard: list[str] = []
        with django_capture_on_commit_callbacks(execute=True):
            yield heard
        heard += sorted(address.split("@")[0] for one in mail.outbox for address in one.to)
        said = "".join(one.subject + one.body for one in mail.outbox)
        assert not any(word in said for word in ("Sur-", "First-", "Demo director", "http://e"))
        heard.append(" ".join(said.split()))

    return listen


def leave(cast, *people: str) -> None:
    """These people hold no role any more."""
    users = [cast.people[one] for one in people]
    Membership.objects.filter(user__in=users).update(ends_on=MADE - timedelta(days=1))


def waiting(cast, person: str, on: date) -> list[DestructionList]:
    return lists_waiting_for(User.objects.get(pk=cast.people[person].pk), on=on)


def test_where_nobody_can_approve_who_names_people_hears_it_and_sees_it_at_home(
    lists, cast, told, sign_in
):
    """A board of one school whose director is its officer."""
    leave(cast, "board_officer", "privacy_officer", "deputy")
    cast.add_person("director", "board-officer", cast.board.unit)
    cast.people["director"] = User.objects.get(pk=cast.director.pk)
    with told() as heard:
        made = lists.make("own")
    assert heard[:-1] == ["director"]
    assert "whether it is destroyed or kept" in heard[-1]
    assert "The board names another board officer" in heard[-1]
    lists.decide(made)
    with told() as heard:
        lists.review(made)
    assert heard[:-1] == ["director"]
    assert "Nobody can approve the list" in heard[-1]
    assert "Approve it" not in heard[-1]
    late = LEFT.replace(year=2026) - timedelta(days=7)
    with told() as heard:
        assert remind_of_lists(on=late) == 1
    assert heard[:-1] == ["director"]
    assert waiting(cast, "director", late) == [made]
    home = sign_in(cast.people["director"]).get(reverse("home")).content.decode()
    assert "one list waits for your next step" in home


def test_where_nobody_can_review_the_board_officers_hear_it(cast, told):
    leave(cast, "director", "deputy")
    let_leave(cast, "own", LEFT)
    with told() as heard:
        assert make_all_lists(by=OVERNIGHT, on=MADE) == 1
    assert heard[:-1] == ["board_officer"]
    assert "No director or deputy of this school can review the list" in heard[-1]
    assert waiting(cast, "board_officer", MADE)
    assert not waiting(cast, "privacy_officer", MADE)
    leave(cast, "board_officer")
    with told() as heard:
        assert remind_of_lists(on=LEFT.replace(year=2026)) == 1
    assert heard[:-1] == ["privacy_officer"]  # who else could


def test_who_could_stop_it_hears_that_it_was_approved_or_cancelled_and_why(lists, cast, told):
    made = lists.make("own")
    lists.decide(made)
    lists.review(made)
    with told() as heard:
        lists.approve(made)
    assert heard[:-1] == ["board_officer", "deputy", "director", "fg"]
    assert "on 2 November 2026" in heard[-1]  # the day after its first item falls due
    with pytest.raises(Refused, match="why"):
        lists.cancel(made, because="somebody's name")
    said = {"cancelled_on": MADE, "cancelled_at": timezone.now(), "cancelled_by": cast.director}
    rows = DestructionList.objects.filter(pk=made.pk)
    for because in ("", "a name"):
        with pytest.raises(DatabaseError, match="with_a_reason"), transaction.atomic():
            rows.update(**said, cancelled_because=because)
    with told() as heard:
        lists.cancel(made, because="keep")
    assert heard[:-1] == ["board_officer", "deputy", "fg", "privacy_officer"]
    assert "was cancelled" in heard[-1]
    assert "Something on it must be kept longer." in heard[-1]
    assert LogEntry.objects.get(event="destruction-list-cancelled").additional_data == {
        "because": "keep"
    }
