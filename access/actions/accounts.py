"""What changes on an account itself."""

from __future__ import annotations

import smtplib
import uuid
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import queries
from access.actions.memberships import let_end
from access.endings import tell_membership_ended
from access.errors import NotAllowed, Refused
from access.models import Membership, User
from access.recording import Happening, record
from access.uses import is_used_otherwise

NOT_THE_WHOLE_ACCOUNT = _(
    "This person also uses the account elsewhere, or as a parent. End the roles at your school "
    "instead."
)


@transaction.atomic
def choose_language(*, user: User, language: str, by: User, on: date) -> None:
    """Keeps the language somebody chose for themselves."""
    if by != user:
        raise NotAllowed
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    record(Happening.LANGUAGE_CHOSEN, by=by, target=user, changed=["language"])


@transaction.atomic
def close_account(*, user: User, by: User, on: date) -> None:
    """Ends all roles and sessions of somebody at once; the account opens nothing any more.

    Raises NotAllowed for one's own account, Refused when the person also works, or is a parent,
    where `by` has no say.
    """
    held = _all_manageable(user, by=by, on=on)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise Refused(_("This account was already closed."))
    ended = [end for m in held if (end := let_end(m, first_day_without=on))]
    tell_membership_ended(ended, by=by, on=on)
    end_sessions(user)
    record(
        Happening.ACCOUNT_CLOSED,
        by=by,
        unit=_unit_for_log(user, by, on),
        target=user,
        changed=["is_active"],
        detail={"user": str(user.pk), "roles": len(ended)},
    )


@transaction.atomic
def reopen_account(*, user: User, by: User, on: date) -> None:
    """Lets somebody sign in again; roles that ended stay ended."""
    here = queries.memberships_visible_to(by, on=on).filter(user=user)
    if by == user or not any(queries.may_end(by, m, on=on) for m in here):
        raise NotAllowed
    if user.has_ended:
        raise Refused(_("This account ended. Invite this person anew."))
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise Refused(_("This account is open already."))
    record(
        Happening.ACCOUNT_REOPENED,
        by=by,
        unit=_unit_for_log(user, by, on),
        target=user,
        changed=["is_active"],
        detail={"user": str(user.pk)},
    )


@transaction.atomic
def reset_second_factor(*, user: User, by: User, on: date) -> None:
    """For who lost phone and recovery codes: the next sign-in asks to set up a new factor.

    Ends all sessions of the person and tells them by mail, so that nobody takes a factor away
    unseen. The password stays needed, and stays unknown to `by`. Raises NotAllowed and Refused as
    close_account does, and Refused when the mail can't be sent; then nothing changed.
    """
    _all_manageable(user, by=by, on=on)
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Refused(_("This person has no second factor yet."))
    end_sessions(user)
    record(
        Happening.SECOND_FACTOR_RESET,
        by=by,
        unit=_unit_for_log(user, by, on),
        target=user,
        detail={"user": str(user.pk)},
    )
    _tell_of_reset(user, by=by, on=on)


def _tell_of_reset(user: User, *, by: User, on: date) -> None:
    """One mail in the person's language; who has no address can't be told."""
    if not user.email:
        return
    with translation.override(user.language):
        subject = gettext("Your second factor was taken away")
        body = render_to_string(
            "access/mail/second_factor_reset.txt", {"person_shown": user, "by": by, "on": on}
        )
    try:
        send_mail(subject, body, None, [user.email])
    except (smtplib.SMTPException, OSError) as error:
        raise Refused(
            _("The person could not be told by mail, so nothing was changed. Try again later.")
        ) from error


def end_sessions(user: User) -> None:
    """Signs somebody out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def manages_whole_account(by: User, user: User, *, on: date) -> bool:
    """Whether every role the person holds is one that `by` may end."""
    try:
        _all_manageable(user, by=by, on=on)
    except (NotAllowed, Refused):
        return False
    return True


def _all_manageable(user: User, *, by: User, on: date) -> list[Membership]:
    """The roles that still count, if `by` may end each; an account is of the person, not a role."""
    if by == user:
        raise NotAllowed
    here = queries.memberships_visible_to(by, on=on).filter(user=user)
    if not any(queries.may_end(by, m, on=on) for m in here):
        raise NotAllowed
    all_of_them = Membership.objects.filter(user=user).select_related("unit")
    held = [m for m in all_of_them if m.ends_on is None or m.ends_on >= on]
    if is_used_otherwise(user) or not all(queries.may_end(by, m, on=on) for m in held):
        raise Refused(NOT_THE_WHOLE_ACCOUNT)
    return held


def _unit_for_log(user: User, by: User, on: date) -> uuid.UUID | None:
    newest = (
        queries.memberships_visible_to(by, on=on).filter(user=user).order_by("-starts_on").first()
    )
    return newest.unit_id if newest else None
