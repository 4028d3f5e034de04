"""One address that can't be one stops nobody else's mail; one shared since is not taken over."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import sanitize_address

from access.acting import acting_as
from access.errors import Refused
from consent.actions.codes import try_code
from consent.actions.sending import send_code
from consent.models import Code, Sending
from consent.views.mailed import address_of
from students.models import Parent
from tests.consent.asking.test_sending import parent_of, reached, tell

pytestmark = pytest.mark.promise("P13")
__all__ = ["reached"]


@pytest.mark.parametrize(
    "address", ["sam@example..org", "a:b@example.org", "a@example.org\nBcc: b@example.org"]
)
def test_an_address_that_is_none_stops_nobody_elses_mail(reached, address, monkeypatch):
    def send(backend, messages):
        for message in messages:  # a real mail server's backend looks at each address, this one not
            sanitize_address(message.to[0], "utf-8")
        return locmem(backend, messages)

    locmem = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    spoilt = parent_of(reached.cast, "mailed")
    Parent.objects.filter(pk=spoilt.pk).update(email=address)
    batch = tell(reached)
    spoilt.refresh_from_db()
    assert batch.failed == 1
    assert batch.sent == len(mail.outbox) > 0
    assert not Sending.objects.filter(parent=spoilt).exists()
    assert not Code.objects.filter(parent=spoilt).exists()
    with pytest.raises(Refused, match="Check the address"):
        reached.act(
            send_code,
            by="administrator",
            pupil=reached.cast.pupils["own"],
            parent=spoilt,
            school=reached.cast.school,
        )


def test_a_mistake_of_our_own_is_not_taken_for_a_mail_that_did_not_go(reached, monkeypatch):
    def mistaken(*_what, **_how):
        raise ValueError("a mistake")

    monkeypatch.setattr("consent.actions.sending.keep_sending", mistaken)
    with pytest.raises(ValueError, match="a mistake"):
        tell(reached)


def test_an_address_that_somebody_else_has_since_is_not_taken_for_the_owners(reached):
    cast = reached.cast
    tell(reached)
    code = Code.objects.get(parent=parent_of(cast, "mailed"))
    assert address_of(code) == "mailed@example.org"
    Parent.objects.filter(pk=parent_of(cast, "unreached").pk).update(email="Mailed@example.org")
    assert address_of(code) == ""


def test_a_code_that_was_mailed_to_an_address_corrected_since_opens_nothing(reached):
    tell(reached)
    parent = parent_of(reached.cast, "mailed")
    (mailed,) = [message for message in mail.outbox if message.to == [parent.email]]
    words = re.search(r"/activate/#(\S+)", mailed.body)[1]
    with acting_as(None, on=reached.cast.today):
        assert try_code(typed=words, by=None, on=reached.cast.today)
    Parent.objects.filter(pk=parent.pk).update(email="corrected@example.org")
    with acting_as(None, on=reached.cast.today):
        assert try_code(typed=words, by=None, on=reached.cast.today) is None
    Parent.objects.filter(pk=parent.pk).update(email="Mailed@example.org")
    with acting_as(None, on=reached.cast.today):
        assert try_code(typed=words, by=None, on=reached.cast.today), "capitals don't matter"
