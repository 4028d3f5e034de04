"""A search that a test decides about, and a list that waits for nothing but its certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from access.acting import Job
from audit.heads import Head
from retention import searching
from retention.carrying_out import carry_out
from retention.finishing import Closing, finish
from retention.models import DestructionList, SearchPass
from retention.searching import Summary

NIGHT = Job("carry out lists")
HEAD = Head(41, "ab" * 32, datetime(2200, 1, 1, tzinfo=UTC))  # after whatever a test destroys


class Search:
    """Stands in for the search: clean once it looked, unless a test says otherwise."""

    def __init__(self) -> None:
        self.finds: set[str] = set()
        self.looked: list[object] = []
        self.found: dict[object, int] = {}
        self.forgotten: list[object] = []

    def is_clean(self, made: DestructionList) -> bool:
        return self.found.get(made.pk) == 0

    def needs_search(self, made: DestructionList) -> bool:
        return not self.is_clean(made)

    def summary(self, made: DestructionList) -> object:
        numbers = dict.fromkeys(("columns", "rows", "files", "jobs", "marks"), 1)
        found = Summary(HEAD.sealed_at, **numbers, hits=len(self.finds), names_judged=0)
        return found if made.pk in self.looked else None

    def search(self, *, made: DestructionList, by: Job, on: object) -> None:
        self.looked.append(made.pk)
        self.found[made.pk] = len(self.finds)
        moment = timezone.now() + timedelta(seconds=len(self.looked))  # clocks of tests stand still
        row = SearchPass(list=made, begun_at=moment, finished_at=moment, hits=len(self.finds))
        row.columns = row.rows = row.marks = 1
        row.save(force_insert=True)

    def forget(self, *, made: DestructionList) -> None:
        self.forgotten.append(made.pk)

    def stands_in(self, monkeypatch) -> None:
        for name in ("is_clean", "needs_search", "summary", "search", "forget"):
            monkeypatch.setattr(searching, name, getattr(self, name))


def carried_out(made: DestructionList, on: object) -> DestructionList:
    """Everything on it is destroyed."""
    assert carry_out(made=made, by=NIGHT, on=on).failed == []
    made.refresh_from_db()
    return made


def finished(made: DestructionList, on: object) -> Closing:
    return finish(made=made, by=NIGHT, on=on)
