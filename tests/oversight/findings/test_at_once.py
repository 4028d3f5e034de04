"""Two workers at the same night's work, with real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from oversight.models import Finding, FindingDay, FindingRow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P22")]
WAIT = 60  # seconds


def test_a_day_looked_at_by_two_workers_at_once_is_found_once(days):
    days.assent()
    days.refusals("counsellor", 6)
    barrier = Barrier(2)

    def worker() -> bool:
        try:
            barrier.wait(WAIT)
            return days.look().was_done
        finally:
            connections.close_all()

    acts: list[Callable[[], bool]] = [worker, worker]
    with ThreadPoolExecutor(2) as pool:
        results = [one.result(WAIT) for one in [pool.submit(act) for act in acts]]
    assert sorted(results) == [False, True]
    assert (Finding.objects.count(), FindingRow.objects.count()) == (1, 6)
    assert FindingDay.objects.count() == 1
