"""Until when copies hold what was destroyed, and that no list closes while a key is in one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access.acting import Job
from audit.frozen import content_of
from retention import finishing
from retention.backups import manifest
from retention.backups.places import MANIFEST
from retention.backups.recorded import make_and_record
from retention.queries import closing
from retention.rules.closing import Waiting
from tests.cast import build_cast
from tests.retention.lists.closing import HEAD, Search, carried_out, finished
from tests.retention.lists.conftest import Lists


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
    holds_them = make_and_record(by=Job("backup"), on=today)
    carried_out(made, today)
    assert finished(made, today).waits_for == (Waiting.COPIES,)

    after = make_and_record(by=Job("backup"), on=today)
    one = after.keys.with_suffix(".json")
    whole = one.read_text()
    one.write_text(whole.replace("2026", "2027"))  # a copy that says it is newer is not believed
    assert finished(made, today).waits_for == (Waiting.COPIES,)
    one.write_text(whole)
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
