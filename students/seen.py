"""What somebody saw before they changed it: a fingerprint that travels with the form.

Two people who change the same thing at once: the second one's fingerprint no longer fits, so that
person is told and nothing of the first one is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken
from students.models import (
    Enrolment,
    GroupMembership,
    Parent,
    ParentAddress,
    Parenthood,
    Pupil,
    Representative,
)


def fingerprint(values: Iterable[Any]) -> str:
    """A short fingerprint of values in their order."""
    text = "\x1f".join("" if v is None else str(v) for v in values)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def of_fields(thing: Model, *fields: str) -> str:
    """The fingerprint of some fields of one row."""
    return fingerprint(getattr(thing, field) for field in fields)


def of_pupil(pupil: Pupil) -> str:
    """Names and birth date of a pupil."""
    return of_fields(pupil, "first_name", "given_names", "prefix", "surname", "birth_date")


def of_enrolments(pupil: Pupil) -> str:
    """Enrolments and places in groups of a pupil."""
    stays = Enrolment.objects.filter(pupil=pupil).order_by("pk")
    places = GroupMembership.objects.filter(enrolment__pupil=pupil).order_by("pk")
    return fingerprint(
        [
            *stays.values_list("pk", "starts_on", "ends_on", "location"),
            *places.values_list("pk", "group", "starts_on", "ends_on"),
        ]
    )


def of_parenthood(link: Parenthood) -> str:
    """The relation of a parent to a pupil and what is recorded about authority."""
    now = Parenthood.objects.filter(pk=link.pk).values_list("relation", "withdrawn_at").first()
    rows = link.authorities.order_by("pk").values_list("pk", "value", "starts_on", "ends_on")
    return fingerprint([now, *rows])


def of_parent(parent: Parent) -> str:
    """Names, contact data, address and account of a parent."""
    address = ParentAddress.objects.filter(parent=parent).values_list(
        "street", "postcode", "city", "country", "is_secret"
    )
    names = [parent.first_name, parent.prefix, parent.surname, parent.email, parent.phone]
    return fingerprint([*names, parent.user_id, *address])


def of_representatives(pupil: Pupil) -> str:
    """Who represents a pupil, and until when."""
    rows = Representative.objects.filter(pupil=pupil).order_by("pk")
    return fingerprint(rows.values_list("pk", "ends_on"))


def must_be_unchanged(now: str, seen: str) -> None:
    """Raises Overtaken when what holds now is not what the person saw."""
    if now != seen:
        raise Overtaken(
            _(
                "Somebody else changed this while you were busy. Nothing of theirs was"
                " overwritten and nothing of yours was saved. Open the page again to see what"
                " holds now."
            )
        )
