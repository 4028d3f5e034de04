"""Telling the keepers of the dossiers by e-mail that something waits for them: never whose."""

from __future__ import annotations

from datetime import date
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from access.models import User
from dossiers.models import KeeperNotice
from dossiers.queries import keepers_of


def tell_keepers(notice: KeeperNotice, *, on: date) -> None:
    """Mails director and deputies of the school, except who caused it, once all is stored.

    The notice itself stands on their home page, so a mail server that is down loses nothing.
    """
    keepers = [k for k in keepers_of(notice.school, on=on) if k.email and k != notice.caused_by]
    messages = [_message(keeper) for keeper in keepers]
    transaction.on_commit(lambda: _send(messages, str(notice.pk)), robust=True)


def _send(messages: list[EmailMessage], notice: str) -> None:
    try:
        get_connection().send_messages(messages)
    except (SMTPException, OSError) as error:
        structlog.get_logger("dossiers").error(
            "keepers_not_mailed", notice=notice, reason=type(error).__name__
        )


def _message(keeper: User) -> EmailMessage:
    with translation.override(keeper.language):
        return EmailMessage(
            subject=_("A colleague opened an emergency card"),
            body=_(
                "A colleague at your school opened the emergency card of a pupil today, with a"
                " reason.\n\nSign in to the privacy portal to see who, whose and why. This message"
                " names nobody on purpose.\n"
            ),
            to=[keeper.email or ""],
        )
