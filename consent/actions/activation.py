"""With a code somebody makes their account; `use_code` adds a child to one that is there."""

from __future__ import annotations

import smtplib
from datetime import date

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from consent.actions.codes import try_code, use_code
from consent.models import Code
from students.actions.activation import WayIn, open_account, renew_password
from students.models import Parent, Pupil


def owner_of(code: Code) -> Parent | Pupil:
    """Whose code it is: a parent's about one child, or a pupil's own."""
    return code.parent or code.pupil


@transaction.atomic
def activate(*, typed: str, way_in: WayIn, on: date) -> User | None:
    """Opens the account of whoever the code is of, and uses the code; none when it opens nothing.

    Raises Refused when there is an account that can be entered already, or the name is taken:
    then the code is not used up.
    """
    code = try_code(typed=typed, by=None, on=on)
    if code is None:
        return None
    user = open_account(person=owner_of(code), school=code.school, way_in=way_in, on=on)
    if use_code(typed=typed, by=user, on=on) is None:
        raise Overtaken(_("This code was used a moment ago."))
    return user


@transaction.atomic
def renew(*, typed: str, password_hash: str, on: date) -> User | None:
    """Uses the code of somebody who forgot the password, which it replaces; none as `activate`.

    Tells the account's owner by mail, where there is an address. Raises Refused for who also works
    at a school, and when that mail can't be sent: then nothing changed.
    """
    code = try_code(typed=typed, by=None, on=on)
    user = owner_of(code).user if code else None
    if code is None or user is None:
        return None
    renew_password(user=user, password_hash=password_hash, school=code.school, on=on)
    if use_code(typed=typed, by=user, on=on) is None:
        raise Overtaken(_("This code was used a moment ago."))
    _tell(user)
    return user


def _tell(user: User) -> None:
    if not user.email:
        return
    with translation.override(user.language):
        subject = gettext("Your password was changed")
        body = render_to_string("consent/mail/password_renewed.txt")
    try:
        send_mail(subject, body, None, [user.email])
    except (smtplib.SMTPException, OSError) as error:
        raise Refused(_("The mail about it could not be sent. Try again later.")) from error
