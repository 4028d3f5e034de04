"""A new master key: everything stays readable, and the old one opens nothing that stands here."""

from __future__ import annotations

import os

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.core.management import CommandError, call_command

from access import seals
from access.acting import acting_as
from audit.models import LogEntry
from consent import codes
from dossiers.actions.notes import NoteText, write_note
from dossiers.models import NoteVersion
from retention.events import MASTER_KEY_CHANGED
from vault import derived
from vault.errors import Unreadable
from vault.models import PartKey
from vault.sealing import keyring

pytestmark = pytest.mark.promise("P22")
OLD, NEW = os.urandom(32), os.urandom(32)


def facts(version: NoteVersion) -> str:
    keys = keyring([version.part_id])
    return keys.open_json(version.part_id, version.place, version.sealed)["facts"]


@pytest.mark.django_db
def test_what_was_wrapped_by_the_old_key_is_wrapped_by_the_new_one(cast, settings):
    with acting_as(cast.counsellor, on=cast.today):
        note = write_note(
            part=cast.part("own"),
            text=NoteText("Title", "Facts before", ""),
            happened_on=cast.today,
            by=cast.counsellor,
            on=cast.today,
        )
    version = note.versions.get()
    before = settings.MASTER_KEY
    secret = seals.seal("the app's secret")
    Authenticator.objects.create(user=cast.counsellor, type="totp", data={"secret": secret})

    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = NEW, [before]
    assert facts(version) == "Facts before"
    assert seals.unseal(secret) == "the app's secret"
    call_command("rotate_master_key")

    settings.OLD_MASTER_KEYS = []
    assert facts(version) == "Facts before"
    sealed = Authenticator.objects.get(user=cast.counsellor, type="totp").data["secret"]
    assert seals.unseal(sealed) == "the app's secret"
    with pytest.raises(InvalidTag):
        seals.unseal(secret)
    (row,) = LogEntry.objects.filter(event=MASTER_KEY_CHANGED.code)
    assert row.additional_data["keys"] == PartKey.objects.count()

    settings.MASTER_KEY = before
    with pytest.raises(Unreadable):
        facts(version)
    settings.MASTER_KEY = NEW
    call_command("rotate_master_key")
    again = LogEntry.objects.filter(event=MASTER_KEY_CHANGED.code).latest("number")
    assert again.additional_data == {"keys": 0, "second_factors": 0}

    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(CommandError, match="opens with no master key"):
        call_command("rotate_master_key")


def test_codes_and_receipts_of_before_are_still_ours_while_the_old_key_is_listed(settings):
    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = OLD, []
    code = codes.new_code()
    stored, address = code.hashed, codes.hashed_address("a@school.example")
    tag = derived.tag_of(b"receipts", b"whole")
    settings.MASTER_KEY = NEW
    assert not codes.fits(code, stored)
    settings.OLD_MASTER_KEYS = [OLD]
    assert codes.fits(code, stored)
    assert codes.is_address(address, "A@school.example ")
    assert not codes.is_address(address, "b@school.example")
    assert derived.is_tag_of(tag, b"receipts", b"whole")
    assert not derived.is_tag_of(tag, b"others", b"whole")
    assert code.hashed != stored
