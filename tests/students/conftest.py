"""What the tests of the administration share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from access.acting import acting_as
from students.models import Authority, Enrolment, Parent, ParentAddress, Parenthood

LONG_AGO = datetime(2020, 8, 1, tzinfo=UTC)


@pytest.fixture
def stay(cast):
    """Gives the enrolment of a pupil of the cast."""
    return lambda key: Enrolment.objects.get(pupil=cast.pupils[key], ends_on__isnull=True)


@pytest.fixture
def link(cast):
    """Gives the link between a parent of the cast and a pupil."""
    return lambda parent, pupil: Parenthood.objects.get(
        parent__user=cast.people[parent], pupil=cast.pupils[pupil]
    )


@pytest.fixture
def add_relative(cast):
    """Adds a parent without an account to a pupil, with an address of their own."""

    def add(pupil: str, key: str, *, secret: bool = False, authority: str = "yes") -> Parent:
        parent = Parent(board=cast.board, first_name=f"First-{key}", surname=f"Sur-{key}")
        parent.email, parent.phone = f"{key}@example.org", "06 12345678"
        for column, value in parent.name_fields().items():
            setattr(parent, column, value)
        parent.save()
        ParentAddress.objects.create(
            parent=parent, street=f"Street-{key} 1", city=f"City-{key}", is_secret=secret
        )
        link = Parenthood.objects.create(
            parent=parent, pupil=cast.pupils[pupil], relation="father", created_at=LONG_AGO
        )
        Authority.objects.create(
            parenthood=link,
            value=authority,
            starts_on="2020-08-01",
            source="enrolment form",
            recorded_at=LONG_AGO,
        )
        return parent

    return add


@pytest.fixture
def act(cast):
    """Does something as somebody of the cast, in one transaction."""

    def run(verb, *, by="administrator", **details):
        user = cast.people[by]
        with acting_as(user, on=cast.today):
            return verb(**details, by=user, on=cast.today)

    return run
