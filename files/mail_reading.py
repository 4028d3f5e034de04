"""Reads a message (RFC 5322, MIME). Runs inside the sandbox.

Every address, subject and name is made one line without signs that can't be seen; formatted text
becomes plain text. Messages within the message become attachments without attachments, and what
they carried stands beside them, so that each file is looked at by itself. All that the library
would load while it works is loaded here: inside the sandbox nothing can be.
"""

from __future__ import annotations

import email
import email.charset
import email.generator
import email.header
import email.iterators
import email.message
import email.mime.text
import email.parser
import email.quoprimime
import email.utils
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from files import html_text, limits, text
from files.changes import Change
from files.errors import Reason, Unwelcome
from files.kinds import FileType
from files.results import Cleaned

_ENCRYPTED = frozenset(
    {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_NEEDED = ("from", "to", "subject", "date")
_MARKS = frozenset({"message-id", "received", "mime-version", "return-path", "delivered-to"})
_HEAD_BYTES = 65536
_HEADING = re.compile(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\Z")
_YEARS = range(1985, 2101)


@dataclass
class _Found:
    """What is gathered while the message is walked."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    parts: int = 0

    def text(self) -> str:
        """The plain text, or the formatted one as plain text."""
        said = self.plain or [html_text.as_text(html) for html in self.html]
        whole = "\n\n".join(one.strip() for one in said if one.strip())
        return text.plain(whole)[: limits.MAIL_TEXT_SIGNS]

    def attach(self, name: str, data: bytes) -> None:
        """One file more; too many are refused rather than left out."""
        if len(self.attachments) >= limits.MAIL_ATTACHMENTS:
            raise Unwelcome(Reason.MAIL_TOO_NESTED)
        self.attachments.append((name, data))


def is_message(data: bytes) -> bool:
    """Whether the bytes begin with the headings of a message, as a program or a person writes them.

    Programs add marks of their own. Without one each line must be a heading, the sender and whoever
    it went to must have an address, and the date must be one: a text that begins "From: the school,
    To: parents" stays a text.
    """
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf\r\n").replace(b"\r\n", b"\n")
    lines = [line for line in head.partition(b"\n\n")[0].split(b"\n") if line[:1] not in b" \t"]
    said: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            key = name.strip().lower().decode("ascii", "replace")
            said.setdefault(key, value.strip().decode("utf-8", "replace"))
    if "from" not in said or len(said.keys() & set(_NEEDED)) < 2:
        return False
    if said.keys() & _MARKS:
        return True
    only_headings = all(_HEADING.match(line) for line in lines) and b"\n\n" in head
    return only_headings and said.keys() >= set(_NEEDED) and _could_be_sent(said)


def _could_be_sent(said: dict[str, str]) -> bool:
    """From an address, to an address, on a day."""
    people = (email.utils.parseaddr(said[name])[1] for name in ("from", "to"))
    return all(_ADDRESS.match(person) for person in people) and bool(_moment(said["date"]))


def read(sent: memoryview) -> tuple[dict[str, Any], list[bytes]]:
    """What the message says, as the sandbox hands it out: facts, and attachments as bytes."""
    data = bytes(sent)
    if not is_message(data):
        raise Unwelcome(Reason.UNKNOWN)
    message = _parsed(data)
    found = _walked(message)
    facts = {**_headings(message), "text": found.text()}
    facts["names"] = [name for name, _data in found.attachments]
    return facts, [part for _name, part in found.attachments]


def clean(data: bytes, file_type: FileType) -> Cleaned:
    """The message as a file: sender, recipients, date, subject and text, and nothing else."""
    message = _parsed(data)
    found = _walked(message)
    changes = {Change.METADATA_REMOVED}
    if found.attachments:
        changes.add(Change.ATTACHMENTS_REMOVED)
    return Cleaned(_anew(_headings(message), found.text()), file_type, changes=changes)


def _parsed(data: bytes) -> Message:
    try:
        return email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"))
    except (RecursionError, ValueError, LookupError) as error:
        raise Unwelcome(Reason.UNREADABLE) from error


def _walked(message: Message) -> _Found:
    found = _Found()
    _walk(message, found, depth=0)
    return found


def _walk(part: Message, found: _Found, *, depth: int) -> None:
    """One part and those within it, in order; bounded in number and in depth."""
    found.parts += 1
    if depth > limits.MAIL_DEPTH or found.parts > limits.MAIL_PARTS:
        raise Unwelcome(Reason.MAIL_TOO_NESTED)
    kind = part.get_content_type()
    if kind in _ENCRYPTED:
        raise Unwelcome(Reason.ENCRYPTED)
    if kind in _SIGNATURES:
        return
    if kind == "message/rfc822":
        _walk_message_within(part, found, depth=depth)
    elif part.is_multipart():
        for one in _parts(part):
            _walk(one, found, depth=depth + 1)
    elif _is_said(part, kind):
        (found.plain if kind == "text/plain" else found.html).append(_words(part))
    else:
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            found.attach(_name(part), data)


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _walk_message_within(part: Message, found: _Found, *, depth: int) -> None:
    for message in _parts(part):
        inner = _Found(parts=found.parts)
        _walk(message, inner, depth=depth + 1)
        found.parts = inner.parts
        headings = _headings(message)
        name = f"{headings['subject'] or 'message'}.eml"
        found.attach(name, _anew(headings, inner.text()))
        for attachment in inner.attachments:
            found.attach(*attachment)


def _is_said(part: Message, kind: str) -> bool:
    """Whether the part is what the message says, rather than a file that came with it."""
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return False
    return kind in ("text/plain", "text/html")


def _words(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = str(part.get_content_charset("utf-8"))
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def _name(part: Message) -> str:
    named = _decoded(part.get_filename() or "")
    return named or f"attachment.{part.get_content_subtype()}"


def _headings(message: Message) -> dict[str, Any]:
    people = [_header(message, name) for name in ("to", "cc")]
    written = _header(message, "date")
    return {
        "sender": next(iter(_people([_header(message, "from")])), ""),
        "recipients": _people(people)[: limits.MAIL_PARTS],
        "date": _moment(written),
        "subject": _header(message, "subject"),
    }


def _header(message: Message, name: str) -> str:
    return _decoded(str(message.get(name, "")))


def _decoded(value: str) -> str:
    """A heading in letters, in one line. Broken coding stays as it was written."""
    try:
        whole = str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, ValueError):
        whole = value
    seen = whole.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text.plain_line(seen, most=limits.MAIL_HEADER_SIGNS)


def _people(values: list[str]) -> list[str]:
    """Name and address of each; an address that can't be taken apart stays as it was written."""
    found = []
    for value in values:
        pairs = [pair for pair in email.utils.getaddresses([value]) if any(pair)]
        found += [f"{name} <{address}>" if name else address for name, address in pairs]
        if value and not pairs:
            found.append(value)
    return found


def _moment(written: str) -> str:
    try:
        moment = email.utils.parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    aware: datetime = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.isoformat() if aware.year in _YEARS else ""


def _anew(headings: dict[str, Any], said: str) -> bytes:
    """A message of plain text with these headings."""
    message = email.mime.text.MIMEText(said, "plain", "utf-8")
    moment = datetime.fromisoformat(headings["date"]) if headings["date"] else None
    for name, value in (
        ("From", _written([headings["sender"]])),
        ("To", _written(headings["recipients"])),
        ("Date", email.utils.format_datetime(moment) if moment else ""),
        ("Subject", email.header.Header(headings["subject"], "utf-8").encode()),
    ):
        if value or name in ("From", "Subject"):  # by which it is known as a message again
            message[name] = value
    return message.as_bytes()


def _written(people: list[str]) -> str:
    """Names and addresses as a heading has them."""
    pairs = [_name_and_address(one) for one in people if one]
    return ",\n ".join(
        email.utils.formataddr((name, address.encode("ascii", "ignore").decode()))
        for name, address in pairs
    )


def _name_and_address(person: str) -> tuple[str, str]:
    name, bracket, address = person.rpartition(" <")
    return (name, address.removesuffix(">")) if bracket else ("", person)
