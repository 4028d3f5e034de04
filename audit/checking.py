"""Having the log checked: asked for by who supervises it, or each night; kept, and told by mail."""

from __future__ import annotations

import smtplib
import uuid
from datetime import date, datetime
from time import monotonic

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from access.acting import Job, acting_as
from access.models import Membership, Unit, User
from access.roles import DataProtectionOfficer, PrivacyOfficer
from audit import events, heads
from audit.actions import record
from audit.events import Outcome
from audit.grounds import Ground
from audit.models import LogCheck
from audit.verdicts import Period
from audit.verifying import verify_log

_TOLD_EVERY = 1.0  # seconds between two notes of how far a check is
_TOLD = (PrivacyOfficer.code, DataProtectionOfficer.code)
_NOT_SENT = (smtplib.SMTPException, OSError, ValueError)


@transaction.atomic
def ask_check(*, first: date | None, last: date | None, head: str, by: User, on: date) -> LogCheck:
    """Adds a check for the worker to carry out; call it inside the door."""
    check = LogCheck.objects.create(first_day=first, last_day=last, head=head, asked_by=by)
    record(events.LOG_CHECK_ASKED, by=by, target=check, ground=Ground.OVERSIGHT)
    return check


def carry_out_check(check_id: uuid.UUID, *, now: datetime, on: date) -> LogCheck:
    """Checks what was asked, notes now and then how far it is, and keeps what it found.

    Call it outside a transaction and outside the door: only the worker's own login may write here.
    """
    check = LogCheck.objects.get(pk=check_id)
    verdict = verify_log(
        now=now,
        period=Period(check.first_day, check.last_day),
        head=check.head,
        tell=_Teller(check_id).hear,
    )
    check.found, check.is_good, check.finished_at = verdict.as_json(), verdict.is_good, now
    check.done = check.total = verdict.rows
    check.save(update_fields=["found", "is_good", "finished_at", "done", "total"])
    job = Job("check_log")
    with acting_as(job, on=on):
        outcome = Outcome.SUCCESS if verdict.is_good else Outcome.FAILED
        detail = {"rows": verdict.rows, "seals": verdict.seals, "found": dict(verdict.counts)}
        record(events.LOG_CHECKED, by=job, target=check, outcome=outcome, detail=detail)
    if not verdict.is_good:
        structlog.get_logger("audit").error("log_not_as_sealed", found=dict(verdict.counts))
    return check


class _Teller:
    """Writes down how far a check is, once a second at most."""

    def __init__(self, check_id: uuid.UUID) -> None:
        self.check_id, self.told = check_id, monotonic()

    def hear(self, done: int, total: int) -> None:
        if monotonic() - self.told > _TOLD_EVERY:
            LogCheck.objects.filter(pk=self.check_id).update(done=done, total=total)
            self.told = monotonic()


def check_by_itself(*, now: datetime, on: date) -> LogCheck:
    """The night's check of everything; the result and the newest head go out by mail."""
    check = carry_out_check(LogCheck.objects.create().pk, now=now, on=on)
    mail_head(check, on=on)
    return check


def mail_head(check: LogCheck, *, on: date) -> int:
    """Mails the newest head to each board's privacy officer and FG, in their language.

    With these mails somebody outside holds what a log written anew can't lead to. Names nobody.
    Gives how many went.
    """
    head = heads.newest_head()
    if head is None:
        return 0
    connection, sent = get_connection(), 0
    for user in _officers(on):
        with translation.override(user.language):
            words = {"head": head, "check": check, "site": settings.ADDRESS}
            text = render_to_string("audit/mail/head.txt", words).strip() + "\n"
            subject = (
                gettext("The log's head of today")
                if check.is_good
                else gettext("The log is not as it was sealed")
            )
        try:
            connection.send_messages([EmailMessage(subject, text, None, [str(user.email)])])
            sent += 1
        except _NOT_SENT as problem:
            structlog.get_logger("audit").error("head_not_mailed", reason=type(problem).__name__)
    job = Job("mail_head")
    with acting_as(job, on=on):
        detail = {"head": head.number, "mails": sent}
        record(events.HEAD_MAILED, by=job, ground=Ground.SYSTEM, detail=detail)
    return sent


def _officers(on: date) -> list[User]:
    """Everybody with an address who looks after privacy for a board today, once each."""
    held = Membership.objects.filter(
        role__in=_TOLD, unit__kind=Unit.Kind.BOARD, user__is_active=True, user__email__gt=""
    ).select_related("user")
    found = {one.user_id: one.user for one in held.order_by("user_id") if one.counts_on(on)}
    return list(found.values())
