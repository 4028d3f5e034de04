"""A picture of `own` that was published with both parents' yes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from consent.actions.checking import check_consent
from consent.actions.publishing import Published, record_publication
from consent.models import Check, Publication, TakeDown
from files.intake import Clean
from files.kinds import Kind
from tests.consent.conftest import Asked

DAY = timedelta(days=1)


def clean_file(data: bytes = b"%PDF proof-marker", *, name: str = "Proof-marker.pdf") -> Clean:
    """A file as the room `files` gives it, without waiting for its sandbox."""
    return Clean(
        content=data, kind=Kind.PDF, media_type="application/pdf", extension="pdf", name=name,
        pages=1, changes=(),
    )  # fmt: skip


@dataclass
class Pictures:
    """Short ways to check and publish."""

    asked: Asked

    @property
    def cast(self):
        return self.asked.cast

    def check(self, *pupils: str, by: str = "counsellor", code: str = "website") -> Check:
        """A photo check of these pupils for today."""
        return self.asked.act(
            check_consent,
            by=by,
            school=self.cast.school,
            text=self.asked.texts[code],
            pupils=[self.cast.pupils[pupil].pk for pupil in pupils],
            day=self.cast.today,
        )

    def what(self, *pupils: str, on: date | None = None, key: uuid.UUID | None = None):
        """What was published where."""
        return Published(
            key or uuid.uuid4(),
            "https://example.org/news",
            on or self.cast.today,
            frozenset(self.cast.pupils[pupil].pk for pupil in pupils),
        )

    def publish(self, *pupils: str, by: str = "counsellor", check: Check | None = None, **more):
        """Checks, and records the publication."""
        return self.asked.act(
            record_publication,
            by=by,
            check=check or self.check(*pupils, by=by),
            what=self.what(*pupils, **more),
        )

    def tasks(self) -> list[TakeDown]:
        """The open tasks."""
        return list(TakeDown.objects.filter(closed_at__isnull=True).order_by("asked_at"))


@pytest.fixture
def pictures(asked) -> Pictures:
    """Both parents of `own` said yes to the website, and the parent of `other`."""
    asked.cast.add_parent("parent_of_other", "other")
    asked.ask("own", "other")
    for parent in ("parent", "parent_teacher"):
        asked.says(parent, "own", True)
    asked.says("parent_of_other", "other", True)
    return Pictures(asked)


@pytest.fixture
def published(pictures) -> Publication:
    """A picture of `own` and `other` on the website, published by the counsellor."""
    return pictures.publish("own", "other")
