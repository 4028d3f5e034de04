"""Authority (gezag) of a parent over a pupil: a new row closes the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students import events, rules, seen
from students.keepers import locked_pupil, must_manage
from students.models import Authority, Parenthood


@dataclass(frozen=True)
class AuthorityData:
    """What is known about authority, since when, and from which paper."""

    value: str
    starts_on: date
    source: str = ""


@transaction.atomic
def record_authority(
    *, link: Parenthood, data: AuthorityData, seen_before: str, by: User, on: date
) -> Authority:
    """Records what holds from a day on; what held before ends the day before and stays (P5).

    Raises Refused without a source, or when the dates would overlap; Overtaken when somebody
    else recorded something after `seen_before`.
    """
    school = must_manage(by, link.pupil, on)
    locked_pupil(link.pupil)
    seen.must_be_unchanged(seen.of_parenthood(link), seen_before)
    closes = closing_day(link, data)
    row = add_authority(link=link, data=data, by=by, on=on, closes=closes)
    record(
        events.AUTHORITY_RECORDED,
        by=by,
        subjects=[link.pupil.log_key],
        unit=school,
        target=row,
        changed=["authority"],
        ground=Ground.ADMINISTRATION,
    )
    return row


def closing_day(link: Parenthood, data: AuthorityData) -> date | None:
    """On which day the running row closes for this one; Refused when the dates would overlap."""
    _must_name_a_source(data)
    try:
        return rules.closing_day(link.authorities.all(), data.starts_on)
    except ValueError as overlap:
        raise Refused(
            _("For this day something else is recorded already. Choose a later day.")
        ) from overlap


def add_authority(
    *, link: Parenthood, data: AuthorityData, by: User, on: date, closes: date | None = None
) -> Authority:
    """Adds a row, after closing the running one; the action around it records the event.

    `on` is the day it is recorded: authority may begin long before or after it.
    """
    _must_name_a_source(data)
    if closes is not None:
        Authority.objects.filter(parenthood=link, ends_on__isnull=True).update(ends_on=closes)
    return Authority.objects.create(
        parenthood=link,
        value=data.value,
        starts_on=data.starts_on,
        source=data.source,
        recorded_by=by,
    )


def _must_name_a_source(data: AuthorityData) -> None:
    if data.value != Authority.Value.UNKNOWN and not data.source:
        raise Refused(_("Say which paper shows this, for example the authority register."))
