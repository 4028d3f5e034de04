"""Messages: an `.eml` file or a pasted text becomes sender, date, subject, text, attachments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from files import clamd, limits, pasted, sandbox
from files.errors import Reason, Unwelcome


@dataclass(frozen=True)
class Attachment:
    """A file of a message as it was sent: to be given to `take_in`, never kept as it is."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """What a message says. What is not known is empty: whoever pastes it fills that in."""

    sender: str = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)
    date: datetime | None
    subject: str = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


def read_mail(data: bytes) -> Mail:
    """The message in these bytes; raises Unwelcome when it is none or can't be read.

    Messages within it are attachments of their own, and so is what they carry. Formatted text
    becomes plain text: nothing of it is ever shown as a page.
    """
    if not data:
        raise Unwelcome(Reason.EMPTY)
    if len(data) > limits.FILE_BYTES:
        raise Unwelcome(Reason.TOO_LARGE)
    clamd.ask(data)
    return read_kept(data)


def read_kept(data: bytes) -> Mail:
    """The same of a message that was taken in before: the scanner is not asked again."""
    outcome = sandbox.run("files.mail_reading:read", data)
    try:
        return _said(outcome)
    except (KeyError, TypeError, ValueError):  # a process that a file has taken over says anything
        raise Unwelcome(Reason.UNREADABLE) from None


def read_pasted(text: str) -> Mail:
    """The message in a pasted text, with its headings in Dutch or English when they are there."""
    found = pasted.read(text)
    return Mail(
        sender=found.sender,
        recipients=found.recipients,
        date=found.date,
        subject=found.subject,
        text=found.text,
    )


def _said(outcome: sandbox.Outcome) -> Mail:
    facts = outcome.facts
    return Mail(
        sender=facts["sender"],
        recipients=tuple(facts["recipients"]),
        date=datetime.fromisoformat(facts["date"]) if facts["date"] else None,
        subject=facts["subject"],
        text=facts["text"],
        attachments=tuple(
            Attachment(name, part) for name, part in zip(facts["names"], outcome.parts, strict=True)
        ),
    )
