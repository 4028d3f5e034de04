"""Until when copies hold what was destroyed, and that no list closes while a key is in one."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from access.acting import Job
from audit.frozen import content_of
from retention import finishing
from retention.backups import making, manifest, recorded
from retention.backups.places import MANIFEST
from retention.backups.recorded import make_and_record
from retention.queries import closing
from retention.rules.closing import Waiting
from tests.cast import build_cast
from tests.retention.lists.closing import HEAD, Search, carried_out, finished
from tests.retention.lists.conftest import Lists


def clock(hours):
    """One that does not go right."""
    return SimpleNamespace(now=lambda: timezone.now() + timedelta(hours=hours))


Ahead, Behind = clock(2), clock(-2)


@pytest.mark.django_db
def test_web_can_not_say_that_there_is_a_copy():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role portal_web")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("insert into retention_backup values (gen_random_uuid(), now(), now())")
        transaction.set_rollback(True)


@pytest.mark.promise("P9")
@pytest.mark.django_db(transaction=True)
def test_a_list_closes_once_no_copy_opens_what_it_destroyed_and_says_when_names_go(
    places, today, settings, monkeypatch
):
    settings.BACKUP_DAYS = 35
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    monkeypatch.setattr(finishing, "certificate_paper", lambda *a: b"%PDF-quick")
    Search().stands_in(monkeypatch)
    made = Lists(build_cast(today)).approved("own")
    with monkeypatch.context() as clock:  # that of the server is ahead
        clock.setattr(making, "timezone", Ahead)
        clock.setattr(recorded, "timezone", Ahead)
        holds_them = make_and_record(by=Job("backup"), on=today)
    carried_out(made, today)
    assert finished(made, today).waits_for == (Waiting.COPIES,)  # whatever the hours say

    with monkeypatch.context() as clock:
        clock.setattr(making, "timezone", Behind)
        after = make_and_record(by=Job("backup"), on=today)
    one = after.keys.with_suffix(".json")
    whole = one.read_text()
    one.write_text(whole.replace("2026", "2027"))  # what it says of itself is not changed
    assert finished(made, today).waits_for == (Waiting.COPIES,)
    one.write_text(whole)
    sealed = after.keys.read_bytes()
    after.keys.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))  # a copy that rots is no copy
    assert finished(made, today).waits_for == (Waiting.COPIES,)
    after.keys.write_bytes(sealed)
    one = holds_them.content / MANIFEST
    whole = one.read_text()
    one.write_text(whole.replace("content", "keys"))
    assert finished(made, today).waits_for == (Waiting.COPIES,)
    one.write_text(whole)

    certificate = finished(made, today).certificate
    begun = datetime.fromisoformat(manifest.read(holds_them.content / MANIFEST).begun_at)
    ends = timezone.localtime(begun + timedelta(days=36)).date()
    assert certificate.copies_gone_on == ends
    said = content_of(certificate)
    assert said["last_copy"]
    assert said["keys_copied"]
    assert said["makes_copies"] is True
