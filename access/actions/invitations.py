"""Inviting future staff by mail, and accepting."""

from __future__ import annotations

import hashlib
import secrets
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import queries, rules
from access.acting import Actor, Job
from access.actions.memberships import add_membership, check_may_give, check_period
from access.errors import NotAllowed, Refused
from access.models import Invitation, Membership, Unit, User
from access.recording import Happening, record
from access.typed import tidy

VALID_FOR = timedelta(days=7)
Address = Callable[[str], str]  # the link to put into the mail, from the secret


@dataclass(frozen=True)
class Invited:
    """Whom to invite, as what, where and when."""

    name: str
    email: str
    role: str
    unit: Unit
    starts_on: date
    ends_on: date | None
    language: str


def hash_of(secret: str) -> bytes:
    """What is kept of a secret; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def invite(*, invited: Invited, address: Address, by: User, on: date) -> Invitation:
    """Sends a mail with a link that is good for seven days and for one use.

    Raises NotAllowed when `by` may not give the role there, Refused when the person is invited
    already or the mail can't be sent; then nothing is kept.
    """
    check_may_give(role=invited.role, unit=invited.unit, by=by, on=on)
    check_period(invited.starts_on, invited.ends_on, on=on)
    _check_account(invited, by=by)
    already = queries.open_invitations(Invitation.objects.all(), timezone.now()).filter(
        email__iexact=invited.email, role=invited.role, unit=invited.unit
    )
    if already.exists():
        raise Refused(
            _("This person is invited for this role already. Send that invitation again instead.")
        )
    invitation, secret = _add(invited, by=by)
    _send(invitation, address(secret))
    record(
        Happening.INVITED,
        by=by,
        unit=invited.unit.pk,
        target=invitation,
        detail={"role": invited.role},
    )
    return invitation


@transaction.atomic
def send_invitation_again(
    *, invitation: Invitation, address: Address, by: User, on: date
) -> Invitation:
    """Withdraws an invitation that was not accepted and sends a new link; the old one is dead."""
    check_may_give(role=invitation.role, unit=invitation.unit, by=by, on=on)
    _withdraw(invitation, by=by)
    invited = Invited(
        name=invitation.name,
        email=invitation.email,
        role=invitation.role,
        unit=invitation.unit,
        starts_on=max(invitation.starts_on, on),
        ends_on=invitation.ends_on,
        language=invitation.language,
    )
    check_period(invited.starts_on, invited.ends_on, on=on)
    new, secret = _add(invited, by=by)
    _send(new, address(secret))
    record(
        Happening.INVITATION_SENT_AGAIN,
        by=by,
        unit=invitation.unit_id,
        target=new,
        detail={"role": invitation.role, "instead_of": str(invitation.pk)},
    )
    return new


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, on: date) -> None:
    """The link stops working at once."""
    check_may_give(role=invitation.role, unit=invitation.unit, by=by, on=on)
    _withdraw(invitation, by=by)
    record(
        Happening.INVITATION_WITHDRAWN,
        by=by,
        unit=invitation.unit_id,
        target=invitation,
        changed=["withdrawn_at"],
        detail={"role": invitation.role},
    )


@transaction.atomic
def accept_as_new(*, invitation: Invitation, password: str, on: date) -> User:
    """Makes the account and gives the role. The user name is the e-mail address.

    Raises Refused when the invitation was used, withdrawn or overtaken in the meantime.
    """
    email = invitation.email.lower()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, name=invitation.name, email=email, language=invitation.language
            )
    except IntegrityError as error:
        raise Refused(_("There is an account with this address already. Sign in first.")) from error
    _accept(invitation, user=user, on=on)
    return user


@transaction.atomic
def accept_with_account(*, invitation: Invitation, by: User, on: date) -> Membership:
    """Gives the invited role to somebody who has an account with the invited address."""
    if (by.email or "").lower() != invitation.email.lower():
        raise NotAllowed
    return _accept(invitation, user=by, on=on)


@transaction.atomic
def invite_first_officer(*, invited: Invited, by: Job, on: date) -> tuple[Invitation, str]:
    """The first board officer of a new portal, invited by nobody: gives the secret, once.

    Raises Refused when somebody holds the role at this board, or held it.
    """
    if Membership.objects.filter(role="board-officer", unit=invited.unit).exists():
        raise Refused(_("This board has a board officer already, who can invite others."))
    earlier = Invitation.objects.filter(
        unit=invited.unit, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    earlier.update(withdrawn_at=timezone.now())
    invitation, secret = _add(invited, by=None)
    record(Happening.PORTAL_OPENED, by=by, unit=invited.unit.pk, target=invitation)
    return invitation, secret


def is_still_meant(invitation: Invitation, *, on: date) -> bool:
    """Whether who invited may still give this role there, and its last day is not over."""
    if invitation.ends_on is not None and invitation.ends_on < on:
        return False
    inviter = invitation.invited_by
    if inviter is None:
        return True
    givers = queries.givers_at(inviter, invitation.unit, on=on) if inviter.is_active else []
    return any(rules.may_give(giver, invitation.role) for giver in givers)


def _check_account(invited: Invited, *, by: User) -> None:
    user = queries.account_by_email(invited.email)
    if user == by:
        raise NotAllowed
    if user is not None and not user.is_active:
        raise Refused(_("There is a closed account with this address. Open it again first."))


def _add(invited: Invited, *, by: User | None) -> tuple[Invitation, str]:
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    invitation = Invitation.objects.create(
        email=invited.email.lower(),
        name=tidy(invited.name),
        role=invited.role,
        unit=invited.unit,
        starts_on=invited.starts_on,
        ends_on=invited.ends_on,
        language=invited.language,
        secret_hash=hash_of(secret),
        invited_by=by,
        invited_at=now,
        expires_at=now + VALID_FOR,
    )
    return invitation, secret


def _withdraw(invitation: Invitation, *, by: User) -> None:
    changed = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=timezone.now(), withdrawn_by=by)
    if not changed:
        raise Refused(_("This invitation was accepted or withdrawn already."))


def _accept(invitation: Invitation, *, user: User, on: date) -> Membership:
    now: datetime = timezone.now()
    if not is_still_meant(invitation, on=on):
        raise Refused(_("This invitation is not valid any more."))
    used = queries.open_invitations(Invitation.objects.filter(pk=invitation.pk), now).update(
        accepted_at=now, accepted_by=user
    )
    if not used:
        raise Refused(_("This invitation is not valid any more."))
    membership = add_membership(
        user=user,
        role=invitation.role,
        unit=invitation.unit,
        starts_on=max(invitation.starts_on, on),
        ends_on=invitation.ends_on,
        given_by=invitation.invited_by,
    )
    actor: Actor = user
    record(
        Happening.INVITATION_ACCEPTED,
        by=actor,
        unit=invitation.unit_id,
        target=membership,
        detail={"invitation": str(invitation.pk), "role": invitation.role},
    )
    return membership


def _send(invitation: Invitation, link: str) -> None:
    """One mail in the invitee's language; it tells nothing of any pupil."""
    with translation.override(invitation.language):
        subject = gettext("Your invitation to the privacy portal")
        body = render_to_string(
            "access/mail/invitation.txt", {"invitation": invitation, "link": link}
        )
    try:
        send_mail(subject, body, None, [invitation.email])
    except (smtplib.SMTPException, OSError) as error:
        raise Refused(
            _("The mail could not be sent, so nothing was saved. Check the address and try again.")
        ) from error
