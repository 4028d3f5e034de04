"""An account is opened by somebody who brought a code of the school.

Whether the code is right, that it is used once, and whose account it then is, the room of consent
looks after; here is the account itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import queries as access
from access.actions.accounts import end_sessions
from access.errors import Refused
from access.models import User
from audit.actions import record
from audit.grounds import Ground
from students import events
from students.keepers import locked_parent, locked_pupil
from students.models import Parent, Pupil, School


@dataclass(frozen=True)
class WayIn:
    """How somebody will sign in: a user name, or an address that was shown to be theirs."""

    username: str
    password_hash: str  # never the password itself: it waits while an address is looked at
    language: str
    email: str | None = None


@transaction.atomic
def open_account(*, person: Parent | Pupil, school: School, way_in: WayIn, on: date) -> User:
    """A new account for a parent or pupil, or the one that the office made, now to be entered.

    The action around it proves that the person is here, and links the account to them. Raises
    Refused when they have an account that can be entered already, and when the name is taken.
    """
    now = locked_parent(person) if isinstance(person, Parent) else locked_pupil(person)
    if now.user is not None and now.user.has_usable_password():
        raise Refused(_("There is an account for you already. Sign in instead."))
    try:
        with transaction.atomic():
            user = _entered(now.user, way_in) if now.user else _new(now, way_in)
    except IntegrityError as error:
        raise Refused(_("This user name is taken. Choose another one.")) from error
    record(
        events.ACCOUNT_OPENED,
        by=user,
        unit=school.pk,
        target=user,
        changed=["username", "password"],
        ground=Ground.OWN,
    )
    return user


@transaction.atomic
def renew_password(*, user: User, password_hash: str, school: School, on: date) -> None:
    """A new password for who forgot it and brought a code; ends all sessions of the account.

    The second factor stays as it is. Raises Refused for who also works at a school: a letter of
    the office gives nobody the way into a colleague's account.
    """
    if access.is_colleague(user, on=on):
        raise Refused(
            _("You also work at a school, so a code gives no new password. Ask for a mail instead.")
        )
    user.password = password_hash
    user.save(update_fields=["password"])
    end_sessions(user)
    record(
        events.PASSWORD_RENEWED,
        by=user,
        unit=school.pk,
        target=user,
        changed=["password"],
        ground=Ground.OWN,
    )


def _new(person: Parent | Pupil, way_in: WayIn) -> User:
    return User.objects.create(
        username=way_in.username.strip().lower(),
        password=way_in.password_hash,
        name=person.name[:150],
        email=way_in.email,
        language=way_in.language,
    )


def _entered(user: User, way_in: WayIn) -> User:
    """The account that the office made, which nobody could enter until now."""
    user.username, user.language = way_in.username.strip().lower(), way_in.language
    user.email, user.password = way_in.email, way_in.password_hash
    user.save(update_fields=["username", "language", "email", "password"])
    return user
