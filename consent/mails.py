"""Mails that tell somebody what they are asked. No mail names a child, or anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import forbid_multi_line_headers, sanitize_address
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from consent.codes import link_of

BOTH = ("nl", "en")


class NotAnAddress(RuntimeError):
    """What stands where an address should is none, or hides another line of the mail."""


@dataclass(frozen=True)
class Mail:
    """To which address, from which school, in which language (empty: both), and what for."""

    to: str
    school: str
    language: str
    is_reminder: bool = False
    code: str = ""  # empty: the person signs in
    code_until: date | None = None


def mail_of(mail: Mail) -> EmailMessage:
    """The mail in the receiver's language, or in Dutch and English when that is not known.

    Raises NotAnAddress before anything is sent.
    """
    _must_be_an_address(mail.to)
    languages = (mail.language,) if mail.language else BOTH
    texts, subjects = [], []
    for language in languages:
        with translation.override(language):
            subjects.append(_subject(mail))
            texts.append(render_to_string("consent/mail/asked.txt", _context(mail)).strip())
    return EmailMessage(" / ".join(subjects), "\n\n---\n\n".join(texts) + "\n", None, [mail.to])


def _must_be_an_address(to: str) -> None:
    try:
        forbid_multi_line_headers("To", to, "utf-8")
        sanitize_address(to, "utf-8")
    except ValueError as error:
        raise NotAnAddress from error


def _subject(mail: Mail) -> str:
    if mail.is_reminder:
        return gettext("Your answers are not complete yet")
    return gettext("Your school asks for your consent")


def _context(mail: Mail) -> dict[str, object]:
    return {
        "mail": mail,
        "site": settings.ADDRESS,
        "link": link_of(mail.code) if mail.code else settings.ADDRESS,
    }
