"""What a board sets for a rule, and what the staff section of a school's MR decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.grounds import Ground
from oversight import events
from oversight.models import Assent, FindingSetting, Severity
from oversight.queries.findings_assent import schools_of_assent_ended_by
from oversight.queries.findings_facts import settings_of
from oversight.rules.findings import BY_CODE, Setting
from students.models import Board, School
from vault.sealing import create_keys, keyring

SHORTEST = 5


def must_say(words: str) -> str:
    """The words without spaces around them; Refused when there are hardly any."""
    said = words.strip()
    if len(said) < SHORTEST:
        raise Refused(_("Say it in a few words."))
    return said


@transaction.atomic
def set_rule(*, board: Board, rule: str, setting: Setting, by: User, on: date) -> bool:
    """Sets a rule for the schools of a board, for the days after today; False if it was so.

    Findings that were made keep what they measured. Refused for a number out of bounds.
    """
    if board.pk not in by.units_with(Permission.SET_FINDING_RULES, on):
        raise NotAllowed
    known = BY_CODE[rule]
    if set(setting.limits) != set(known.defaults) or not all(
        limit.least <= setting.limits[limit.name] <= limit.most for limit in known.limits
    ):
        raise Refused(_("One of the numbers is out of bounds."))
    before = settings_of(board.pk)[rule]
    changed = [n for n, number in setting.limits.items() if before.limits[n] != number]
    changed += [n for n in ("is_on", "severity") if getattr(before, n) != getattr(setting, n)]
    if not changed:
        return False
    row = FindingSetting.objects.create(
        board=board,
        rule=rule,
        is_on=setting.is_on,
        severity=Severity(setting.severity),
        limits=dict(setting.limits),
        set_by=by,
    )
    record(
        events.RULE_SET,
        by=by,
        unit=board.pk,
        target=row,
        changed=changed,
        ground=Ground.OVERSIGHT,
        detail={"rule": rule},
    )
    return True


@dataclass(frozen=True)
class Decided:
    """What the staff section decided: when, who says so, and what the minutes say."""

    decided_on: date
    who: str
    minutes: str


@transaction.atomic
def record_assent(*, school: School, decided: Decided, by: User, on: date) -> Assent:
    """Records that the staff section agreed: findings about people are made from the next day on.

    Overtaken when an assent stands already.
    """
    _must_keep(school, by=by, on=on)
    if decided.decided_on > on:
        raise Refused(_("This day is still to come."))
    row = Assent(
        school=school, decided_on=decided.decided_on, recorded_by=by, recorded_at=_moment(on)
    )
    words = {"who": must_say(decided.who), "minutes": must_say(decided.minutes)}
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, words)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise Overtaken(_("The assent was recorded already.")) from twice
    record(events.ASSENT_RECORDED, by=by, unit=school.pk, target=row, ground=Ground.OVERSIGHT)
    return row


@transaction.atomic
def withdraw_assent(*, assent: Assent, reason: str, by: User, on: date) -> Assent:
    """Records that the staff section withdrew it: no findings about people of later days.

    Raises NotAllowed for who directs the school: it would end findings about themselves too.
    """
    if not schools_of_assent_ended_by(by, on=on).filter(pk=assent.school_id).exists():
        raise NotAllowed(_("The board officer records this, who does not direct that school."))
    words = {"words": must_say(reason)}
    sealed = keyring([assent.pk]).seal_json(assent.pk, assent.withdrawing_place, words)
    rows = Assent.objects.filter(pk=assent.pk, withdrawn_at__isnull=True)
    if not rows.update(
        withdrawn_on=on, withdrawn_sealed=sealed, withdrawn_by=by, withdrawn_at=timezone.now()
    ):
        raise Overtaken(_("A colleague recorded this already."))
    record(
        events.ASSENT_WITHDRAWN,
        by=by,
        unit=assent.school_id,
        target=assent,
        changed=["withdrawn_on"],
        ground=Ground.OVERSIGHT,
    )
    return assent


def _moment(on: date) -> datetime:
    """Now; for a day that is over (a demo tells of it) its noon."""
    now = timezone.now()
    if timezone.localtime(now).date() == on:
        return now
    return timezone.make_aware(datetime.combine(on, time(12)))


def _must_keep(school: School, *, by: User, on: date) -> None:
    units = by.units_with(Permission.KEEP_STAFF_ASSENT, on)
    if school.pk not in units and school.board_id not in units:
        raise NotAllowed(_("You do not record this for that school."))
