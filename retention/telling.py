"""Mails whom a destruction list waits for. A mail names no child; a lost one loses nothing."""

from __future__ import annotations

from datetime import date
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from retention.models import DestructionList
from retention.queries.list_people import people_around


def tell_whom_it_waits_for(made: DestructionList, *, on: date) -> None:
    """Once this is stored, mails who must review or approve, each in their language.

    The list also stands on their home page until it is done.
    """
    people = people_around([made], on=on)[made.pk]
    mails = []
    for user in people.to_act:
        if not user.email:
            continue
        with translation.override(user.language):
            words = {"made": made, "state": str(people.state), "site": settings.ADDRESS}
            text = render_to_string("retention/lists/mail/waits.txt", words).strip() + "\n"
            subject = gettext("A destruction list waits for you")
        mails.append(EmailMessage(subject, text, None, [user.email]))
    send_once_stored(mails, about=made)


def send_once_stored(mails: list[EmailMessage], *, about: Model) -> None:
    """Sends mails about a row once it is stored; what can't be sent is told to the server's log."""
    if mails:
        transaction.on_commit(lambda: _send(mails, about), robust=True)


def _send(mails: list[EmailMessage], about: Model) -> None:
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError, ValueError) as error:
        structlog.get_logger("retention").error(
            f"{about._meta.model_name}_not_mailed", key=str(about.pk), reason=type(error).__name__
        )
