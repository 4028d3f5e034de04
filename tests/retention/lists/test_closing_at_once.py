"""Two workers that close lists in the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from retention import finishing
from retention.models import Certificate
from retention.queries import closing
from tests.cast import build_cast
from tests.retention.lists.closing import HEAD, Search, carried_out, finished
from tests.retention.lists.conftest import REVIEWED, Lists


@pytest.mark.promise("P9")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_no_gap_and_no_double(today, settings, tmp_path, monkeypatch):
    settings.LEDGER = tmp_path / "ledger" / "destroyed"
    settings.FILES_DIR = tmp_path / "files"
    for module in (finishing, closing):
        monkeypatch.setattr(module, "newest_head", lambda: HEAD)
    Search().stands_in(monkeypatch)
    cast = build_cast(today)
    lists = Lists(cast)
    first, second = lists.approved("own"), lists.make("other", on=REVIEWED)
    for step in (lists.decide, lists.review, lists.approve):
        step(second)
    for made in (first, second):
        carried_out(made, today)
    made_papers: list[int] = []

    def slow_paper(certificate, said) -> bytes:
        made_papers.append(certificate.number)
        time.sleep(0.3)  # so that the others come while this one is not done
        return f"%PDF-{certificate.pk}".encode()

    monkeypatch.setattr(finishing, "certificate_paper", slow_paper)
    found: list[object] = []

    def work(made) -> None:
        try:
            found.append(finished(made, today))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=[made]) for made in (first, first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2]
    assert sorted(made_papers) == [1, 2], "one paper for each list"
    assert {one.certificate.list_id for one in found} == {first.pk, second.pk}
    assert len(found) == 3
