"""Telling people what they are asked: to whom a mail goes, what it says, and what it never says."""

from __future__ import annotations

import re
import smtplib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError

from access.acting import Job, acting_as
from access.errors import NotAllowed, Refused
from access.models import User
from audit.models import LogEntry
from consent.actions.codes import try_code
from consent.actions.matters import About, decide_unreachable
from consent.actions.sending import send_code, tell_next
from consent.models import Code, Sending
from consent.queries.reaching import Reach, people_to_tell
from consent.rules import PUPIL, Kind
from students.models import Parent, Representative

pytestmark = pytest.mark.promise("P13")
DAY = timedelta(days=1)


@pytest.fixture
def reached(asked):
    """Three parents of "own" with authority: with an account; with an address alone; with none."""
    cast = asked.cast
    for key, address in (("mailed", "mailed@example.org"), ("unreached", None)):
        parent = cast.add_parent(key, "own")
        Parent.objects.filter(pk=parent.pk).update(user=None, email=address)
        User.objects.filter(pk=cast.people[key].pk).update(email=None)
    asked.ask("own", "eleven", "twelve", "fifteen")
    return asked


def parent_of(cast, key: str) -> Parent:
    return Parent.objects.get(first_name=f"First-{key}")


def told(asked, on: date | None = None):
    day = on or asked.cast.today
    with acting_as(asked.cast.administrator, on=day, read_only=True):
        return people_to_tell(asked.cast.school, on=day)


def tell(asked, *, on: date | None = None, skip: int = 0):
    job, day = Job("test"), on or asked.cast.today
    with acting_as(job, on=day):
        return tell_next(school=asked.cast.school, skip=skip, by=job, on=day)


def code_in(text: str) -> str:
    return re.search(r"/activate/#(\S+)", text)[1]


def send(asked, key: str | None, *, by: str = "administrator", pupil: str = "own") -> Code:
    parent = parent_of(asked.cast, key) if key else None
    return asked.act(
        send_code, by=by, pupil=asked.cast.pupils[pupil], parent=parent, school=asked.cast.school
    )


def test_each_who_must_answer_stands_once_with_how_they_are_told(reached):
    def name(one):
        return one.parent.first_name if one.parent else one.pupils[0].first_name

    assert {(name(one), one.reach, one.has_way_in) for one in told(reached)} == {
        ("First-parent", Reach.MAIL, True),
        ("First-parent_teacher", Reach.MAIL, True),
        ("First-mailed", Reach.MAIL, False),
        ("First-unreached", Reach.LETTER, False),
        ("First-eleven", Reach.LETTER, False),  # its voogd
        ("First-twelve", Reach.MAIL, True),
        ("First-fifteen", Reach.MAIL, True),
    }


def test_who_answered_lost_authority_or_can_not_be_reached_is_told_nothing(reached):
    cast = reached.cast
    reached.says("parent", "own", True)
    reached.says("pupil_fifteen", "fifteen", False)
    about = About(cast.pupils["own"], cast.school, "Letters came back three times.")
    reached.act(
        decide_unreachable, by="director", about=about, parent=parent_of(cast, "unreached"),
        until=None,
    )  # fmt: skip
    parent_of(cast, "mailed").children.get().authorities.update(ends_on=cast.today - DAY)
    Representative.objects.update(ends_on=cast.today - DAY)
    left = told(reached)
    assert {(one.who.kind, one.pupils[0].first_name) for one in left} == {
        (Kind.PARENT, "First-own"),
        (PUPIL.kind, "First-twelve"),
    }


def test_the_people_of_a_school_come_in_a_fixed_number_of_queries(
    reached, django_assert_max_num_queries
):
    cast = reached.cast
    with acting_as(cast.administrator, on=cast.today, read_only=True):
        with django_assert_max_num_queries(20) as few:
            people_to_tell(cast.school, on=cast.today)
    for n in range(4):
        cast.add_pupil(f"more{n}")
        cast.add_parent(f"parent_more{n}", f"more{n}")
        reached.ask(f"more{n}")
    with acting_as(cast.administrator, on=cast.today, read_only=True):
        with django_assert_max_num_queries(len(few)):
            assert len(people_to_tell(cast.school, on=cast.today)) == 11


def test_a_mail_brings_a_code_to_who_has_no_account_and_a_way_to_sign_in_to_who_has(reached):
    cast = reached.cast
    assert tell(reached).sent == 5
    by_address = {message.to[0]: message for message in mail.outbox}
    assert set(by_address) == {
        "mailed@example.org", "parent@example.org", "parent_teacher@example.org",
        "pupil_twelve@example.org", "pupil_fifteen@example.org",
    }  # fmt: skip
    words = code_in(by_address["mailed@example.org"].body)
    with acting_as(None, on=cast.today):
        assert try_code(typed=words, by=None, on=cast.today).parent == parent_of(cast, "mailed")
    assert "activate" not in by_address["parent@example.org"].body
    assert Code.objects.get().made_by is None
    entry = LogEntry.objects.get(event="consent-told")
    assert entry.additional_data == {"mails": 5, "failed": 0, "kind": "asked"}
    assert words not in str(LogEntry.objects.values_list("additional_data", "changes"))


def test_no_mail_names_a_child_a_parent_or_anything_of_the_other_parent(reached):
    assert tell(reached).sent == 5
    for message in mail.outbox:
        said = f"{message.subject} {message.body}"
        for word in ("First-", "Sur-", "Street-", "@example.org", "Demo "):
            assert word not in said
        assert "De Demobongerd" in said


def test_a_mail_speaks_the_language_of_its_reader_or_both(reached):
    User.objects.filter(pk=reached.cast.parent.pk).update(language="nl")
    tell(reached)
    body = {message.to[0]: message.body for message in mail.outbox}
    assert body["mailed@example.org"].count("/activate/#") == 2
    assert "\n---\n" in body["mailed@example.org"]
    assert "\n---\n" not in body["parent@example.org"]


def test_who_was_told_is_told_again_only_when_more_is_asked(reached):
    assert tell(reached).sent == 5
    assert tell(reached, on=reached.cast.today + DAY).tried == 0
    reached.add("press", "press")
    reached.ask("own")
    assert tell(reached).tried == 0  # once a day
    assert tell(reached, on=reached.cast.today + DAY).sent == 3


def test_a_mail_that_does_not_go_leaves_no_code_and_stops_nobody(reached, monkeypatch):
    usual = EmailBackend.send_messages

    def fails(self, messages):
        if messages[0].to == ["mailed@example.org"]:
            raise smtplib.SMTPRecipientsRefused({})
        return usual(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fails)
    batch = tell(reached)
    assert (batch.tried, batch.sent, Code.objects.count()) == (5, 4, 0)
    assert Sending.objects.count() == len(mail.outbox) == 4
    assert tell(reached, skip=batch.failed).tried == 0


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (None, "at school, on paper"),
        ("parent", "has an account"),
        ("unreached", "No e-mail address"),
        ("shared", "same e-mail address"),
        ("taken", "same e-mail address"),
    ],
)
def test_a_code_is_mailed_to_a_parents_own_address_alone(reached, key, why):
    cast = reached.cast
    for name, address in (("shared", "Mailed@example.org"), ("taken", "director@example.org")):
        parent = cast.add_parent(name, "own")
        Parent.objects.filter(pk=parent.pk).update(user=None, email=address)
        User.objects.filter(pk=cast.people[name].pk).update(email=None)
    with pytest.raises(Refused, match=why):
        send(reached, key)
    assert not mail.outbox
    assert not Code.objects.exists()


def test_a_code_sent_by_hand_is_recorded_and_only_by_the_administration_of_the_school(reached):
    row = send(reached, "mailed")
    assert (row.route, row.made_by) == ("mail", reached.cast.administrator)
    assert len(mail.outbox) == 1
    assert LogEntry.objects.filter(event="consent-code-sent").count() == 1
    assert Sending.objects.get().code == row
    for by in ("counsellor", "other_director", "board_officer", "parent"):
        with pytest.raises(NotAllowed):
            send(reached, "mailed", by=by)


def test_when_the_mail_can_not_be_sent_nothing_is_kept(reached, monkeypatch):
    def fails(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", fails)
    with pytest.raises(Refused, match="could not be sent"):
        send(reached, "mailed")
    assert not Code.objects.exists()


def test_what_was_sent_is_never_changed_and_hidden_from_the_other_parent(reached):
    cast = reached.cast
    tell(reached)
    cast.add_person("parent_teacher", "administrator", cast.school.unit)
    seen = {}
    for who in ("administrator", "parent", "parent_teacher", "counsellor", "other_director"):
        with acting_as(cast.people[who], on=cast.today, read_only=True):
            seen[who] = Sending.objects.count()
    assert seen == {
        "administrator": 5, "parent": 1, "parent_teacher": 3, "counsellor": 0, "other_director": 0
    }  # fmt: skip
    with pytest.raises(DatabaseError), acting_as(cast.administrator, on=cast.today):
        Sending.objects.update(sent_on=cast.today - DAY)
