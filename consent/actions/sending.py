"""Telling people what they are asked: a code by mail, and mails to everybody who was asked."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent import events
from consent.actions.codes import new_code, wait_for_codes
from consent.actions.holding import must_hold, must_hold_at
from consent.mails import Mail, NotAnAddress, mail_of
from consent.models import Code, LetterFile, Round, Sending
from consent.queries.mailboxes import shared_address
from consent.queries.reaching import Reach, ToTell, people_to_tell
from students.models import Parent, Pupil, School

MAILS_AT_ONCE = 40  # a transaction and a row in the log


# Why a mail does not go; a mistake of our own is none of these.
NOT_SENT = (smtplib.SMTPException, OSError, NotAnAddress)


@dataclass(frozen=True)
class Occasion:
    """Where and why mails are sent."""

    school: School
    kind: str
    round: Round | None = None

    @property
    def event(self) -> Event:
        """What the log calls it."""
        return events.TOLD if self.kind == Sending.Kind.ASKED else events.REMINDED


@transaction.atomic
def send_code(*, pupil: Pupil, parent: Parent | None, school: School, by: User, on: date) -> Code:
    """Mails a parent a new code about one child; the words of the code stand in that mail alone.

    Raises NotAllowed as `make_code` does. Refused, with how to go on: for a pupil, who gets it at
    school; for a parent without an address of their own, who gets a letter; for one who signs in
    already; and when the mail can't be sent. Then nothing changed.
    """
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    if parent is None:
        raise Refused(_("A pupil gets the code at school, on paper. Make a slip."))
    if parent.user is not None and parent.user.is_active and parent.user.has_usable_password():
        raise Refused(_("This parent has an account already, and needs no code."))
    if not parent.email:
        raise Refused(_("No e-mail address is known of this parent. Make a letter."))
    if shared_address(parent):
        raise Refused(
            _("Somebody else has the same e-mail address, and would read the code. Make a letter.")
        )
    row, words = new_code(
        pupil=pupil, parent=parent, school=school, route=Code.Route.MAIL, by=by, on=on
    )
    Sending.objects.create(
        school=school, parent=parent, kind=Sending.Kind.ASKED, route=Code.Route.MAIL,
        sent_on=on, sent_by=by, code=row,
    )  # fmt: skip
    mail = Mail(parent.email, school.name, "", code=words, code_until=row.expires_on)
    try:
        mail_of(mail).send()
    except NOT_SENT as error:
        raise Refused(
            _("The mail could not be sent, so nothing was saved. Check the address and try again.")
        ) from error
    record(
        events.CODE_SENT,
        by=by,
        subjects=[pupil.log_key],
        unit=school.pk,
        target=row,
        ground=Ground.ADMINISTRATION,
    )
    return row


@dataclass(frozen=True)
class Batch:
    """How many people were tried, and how many mails went out."""

    tried: int = 0
    sent: int = 0

    @property
    def failed(self) -> int:
        """Whose mail did not go: they come first again, and are passed over with `skip`."""
        return self.tried - self.sent


@transaction.atomic
def tell_next(*, school: School, skip: int = 0, by: Actor, on: date) -> Batch:
    """Mails the next people who were asked and not told yet.

    Who has no account gets a code with it. A mail that can't be sent leaves nothing, and is tried
    again on another day. Ask again, skipping those that failed, until nobody was tried.
    """
    must_hold_at(Permission.RECORD_CONSENT, unit_id=school.pk, by=by, on=on)
    wait_for_turn(school.pk)
    waiting = [
        one
        for one in people_to_tell(school, on=on)
        if one.reach is Reach.MAIL and not one.is_told and one.told_on != on
    ]
    batch = waiting[skip : skip + MAILS_AT_ONCE]
    return mail_all(batch, Occasion(school, Sending.Kind.ASKED), by=by, on=on)


@transaction.atomic
def mail_all(people: Sequence[ToTell], occasion: Occasion, *, by: Actor, on: date) -> Batch:
    """Mails each of these people over one connection. Raises Refused when none can be sent."""
    if not people:
        return Batch()
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise Refused(_("No mail can be sent right now. Try again later.")) from error
    try:
        wait_for_codes(one.pupils[0] for one in people if not one.has_way_in)
        sent = [one for one in people if _mailed(one, occasion, connection, by=by, on=on)]
    finally:
        connection.close()
    if sent:
        record(
            occasion.event,
            by=by,
            subjects=dict.fromkeys(pupil.log_key for one in sent for pupil in one.pupils),
            unit=occasion.school.pk,
            target=occasion.round,
            ground=Ground.ADMINISTRATION,
            detail={"mails": len(sent), "failed": len(people) - len(sent), "kind": occasion.kind},
        )
    return Batch(len(people), len(sent))


def _mailed(
    one: ToTell, occasion: Occasion, connection: BaseEmailBackend, *, by: Actor, on: date
) -> bool:
    """One mail with its row and its code; neither stays when the mail does not go."""
    try:
        with transaction.atomic():
            code, words = code_for(one, occasion.school, Code.Route.MAIL, by=by, on=on)
            keep_sending(one, occasion, Code.Route.MAIL, code=code, by=by, on=on)
            mail = Mail(
                to=one.address,
                school=occasion.school.name,
                language=one.language,
                is_reminder=occasion.kind != Sending.Kind.ASKED,
                code=words,
                code_until=code.expires_on if code else None,
            )
            connection.send_messages([mail_of(mail)])
    except (*NOT_SENT, IntegrityError):
        return False  # the last: another school reminded this person today
    return True


def code_for(
    one: ToTell, school: School, route: str, *, by: Actor, on: date
) -> tuple[Code | None, str]:
    """A new code for who needs one to come in, about one of the children; and its words."""
    if one.has_way_in or one.representative is not None:
        return None, ""
    return new_code(
        pupil=one.pupils[0], parent=one.parent, school=school, route=route, by=by, on=on
    )


def keep_sending(
    one: ToTell,
    occasion: Occasion,
    route: str,
    *,
    code: Code | None,
    letters: LetterFile | None = None,
    by: Actor,
    on: date,
) -> Sending:
    """The row that says this person was told; the action around it records it."""
    return Sending.objects.create(
        school=occasion.school,
        round=occasion.round,
        parent=one.parent,
        representative=one.representative,
        pupil=None if one.parent or one.representative else one.pupils[0],
        kind=occasion.kind,
        route=route,
        sent_on=on,
        sent_by=by if isinstance(by, User) else None,
        code=code,
        letters_id=letters.pk if letters else None,  # the file itself is kept a moment later
    )
