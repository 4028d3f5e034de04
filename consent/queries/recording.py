"""Which requests can be answered on paper or in person, and who was named by an address."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from access.models import User
from consent.models import Request
from consent.queries.people import Person, who_of
from consent.queries.texts import texts_in_use
from consent.queries.visible import requests_kept_by
from students.models import Pupil, School


def person_named(slug: str, people: Iterable[Person]) -> Person | None:
    """The person an address names; none for anybody else."""
    return next((person for person in people if person.slug == slug), None)


def requests_to_record(
    pupil: Pupil,
    school: School,
    person: Person,
    user: User,
    *,
    people: Iterable[Person],
    on: date,
) -> list[Request]:
    """What a person can still answer, of what counts today or later, in the order of its texts.

    Asked twice about the same text for the same days, the request that counts soonest stands for
    both.
    """
    known = list(people)
    rows = requests_kept_by(user, on=on).filter(
        Q(counts_until__isnull=True) | Q(counts_until__gte=on),
        pupil=pupil,
        school=school,
        party="",
    )
    found: dict[tuple[uuid.UUID, date | None], Request] = {}
    for row in rows.order_by("counts_from", "asked_at", "pk"):
        if who_of(row, known) == person.who:
            found.setdefault((row.text_id, row.counts_until), row)
    in_use = {
        day: {text.pk for text in texts_in_use(school.board_id, day)}
        for day in {max(on, row.counts_from) for row in found.values()}
    }
    current = [row for row in found.values() if row.text_id in in_use[max(on, row.counts_from)]]
    return sorted(current, key=lambda row: (row.counts_from > on, row.purpose.code, str(row.pk)))
