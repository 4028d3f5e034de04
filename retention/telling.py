"""Mails whom a destruction list waits for. A mail names no child; a lost one loses nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Min, Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from retention.closing_words import why_stopped
from retention.list_words import MISSING
from retention.models import DestructionList
from retention.queries.list_people import people_around
from retention.rules.lists import begins_on

Reader = tuple[str | None, str]  # an address, where there is one, and a language
_MAILS = "retention/lists/mail"


def tell_whom_it_waits_for(made: DestructionList, *, on: date) -> None:
    """Once this is stored, mails who must review or approve, or name who can, in their language.

    The list also stands on their home page until it is done.
    """
    people = people_around([made], on=on)[made.pk]
    mails = []
    for user in people.waited_for:
        words = {
            "state": str(people.state) if user in people.to_act else "",
            "missing": MISSING[people.missing] if people.missing and user in people.to_name else "",
        }
        subject = _("A destruction list waits for you")
        mails += mails_to(readers([user]), f"{_MAILS}/waits", subject, made=made, **words)
    send_once_stored(mails, about=made)


def tell_that_it_is_decided(made: DestructionList, *, by: User, on: date) -> None:
    """Once this is stored, mails that a list was approved or cancelled: who handles it, and the FG.

    Not who did it. The days of cooling off protect only if somebody knows that they run.
    """
    people = people_around([made], on=on)[made.pk]
    first = made.items.exclude(decision="keep").aggregate(first=Min("due_on"))["first"]
    words = {
        "state": str(made.state_on(on)),
        "begins_on": begins_on(made.approved_on, first) if made.approved_on else None,
        "because": DestructionList.Because(made.cancelled_because).label
        if made.cancelled_because
        else "",
    }
    subject = (
        _("A destruction list was cancelled")
        if made.cancelled_on
        else _("A destruction list was approved")
    )
    to = readers(user for user in people.around if user != by)
    mails = mails_to(to, f"{_MAILS}/decided", subject, made=made, **words)
    send_once_stored(mails, about=made)


def tell_that_it_was_put_back(made: DestructionList, *, on: date) -> None:
    """Once this is stored, mails who handles the list, and the FG, that its approval was lost."""
    people = people_around([made], on=on)[made.pk]
    subject = (
        _("A destruction list was not carried out to its end")
        if made.begun_at
        else _("A destruction list must be approved anew")
    )
    mails = mails_to(readers(people.around), f"{_MAILS}/restored", subject, made=made)
    send_once_stored(mails, about=made)


def tell_that_it_stopped(made: DestructionList, *, on: date) -> None:
    """Once this is stored, mails who handles the list, and who looks after the server.

    Of one that may be forged the FG hears too.

    It says what stopped, since when, and what to do; the page of the list says the same.
    """
    people = people_around([made], on=on)[made.pk]
    subject, because = _("A destruction list has stopped"), why_stopped(made)
    is_forged = because is not None and because.is_for_people
    handle = people.around if is_forged else (*people.reviewers, *people.approvers)
    to = dict((*operators(), *readers(handle)))  # one mail an address
    mails = mails_to(to.items(), f"{_MAILS}/stopped", subject, made=made, because=because)
    send_once_stored(mails, about=made)


def readers(people: Iterable[User]) -> list[Reader]:
    """Of these people."""
    return [(user.email, user.language) for user in people]


def operators() -> list[Reader]:
    """Who looks after the server."""
    return [(address, settings.LANGUAGE_CODE) for address in settings.OPERATORS]


def mails_to(
    to: Iterable[Reader], paper: str, subject: Promise, **words: object
) -> list[EmailMessage]:
    """One for each who has an address, in their language; `paper`: the template without ending."""
    mails = []
    for address, language in to:
        if address:
            with translation.override(language):
                said = {"site": settings.ADDRESS, **words}
                text = render_to_string(f"{paper}.txt", said).strip() + "\n"
                mails.append(EmailMessage(str(subject), text, None, [address]))
    return mails


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
