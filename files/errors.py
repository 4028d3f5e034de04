"""Why a file is not taken in, in words for whoever sent it: what is wrong and how to go on."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from files import limits


class Reason(StrEnum):
    """Each reason has its sentence in WORDS."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LARGE_CLEANED = "too_large_cleaned"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    CUT_OFF = "cut_off"
    NOT_A_PICTURE = "not_a_picture"
    ENCRYPTED = "encrypted"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    ADOBE_ONLY = "adobe_only"
    FILE_INSIDE = "file_inside"
    MACROS = "macros"
    OLD_OFFICE = "old_office"
    SAVE_AS_DOCUMENT = "save_as_document"
    RICH_TEXT = "rich_text"
    WEB_PAGE = "web_page"
    ARCHIVE = "archive"
    OUTLOOK_MESSAGE = "outlook_message"
    MAIL_TOO_NESTED = "mail_too_nested"
    INFECTED = "infected"
    NOT_CHECKED = "not_checked"
    BUSY = "busy"


WORDS: dict[Reason, Promise] = {
    Reason.EMPTY: _("This file is empty. Check it on your device and send it again."),
    Reason.TOO_LARGE: _(
        "This file is larger than %(megabytes)s MB. Send it in parts, or save it smaller."
    ),
    Reason.TOO_LARGE_CLEANED: _(
        "Without its hidden data this file would be larger than %(megabytes)s MB. "
        "Save it smaller, a picture as JPEG for example, and send it again."
    ),
    Reason.UNKNOWN: _("This kind of file is not accepted. You can send: %(accepted)s."),
    Reason.UNREADABLE: _(
        "This file is damaged or too complicated to check. Open it on your device, "
        "save it again or print it to PDF, and send that."
    ),
    Reason.CUT_OFF: _(
        "This file stops before its end. Open it on your device to see whether it is whole, "
        "and send it again."
    ),
    Reason.NOT_A_PICTURE: _(
        "Only pictures can become pages of one PDF. Send other files one by one."
    ),
    Reason.ENCRYPTED: _(
        "This file asks for a password, so it can't be checked. "
        "Save it without a password and send it again."
    ),
    Reason.TOO_MANY_PIXELS: _(
        "This picture has more than %(megapixels)s million pixels. "
        "Save it smaller and send it again."
    ),
    Reason.TOO_MANY_PAGES: _("This file has more than %(pages)s pages. Send it in parts."),
    Reason.UNPACKS_TOO_LARGE: _(
        "Unpacked, this file becomes far larger than a document can be. "
        "Print it to PDF and send that."
    ),
    Reason.ADOBE_ONLY: _(
        "This form shows in Adobe Reader only. Open it there, print it to PDF and send that."
    ),
    Reason.FILE_INSIDE: _(
        "Another file is hidden in this file. Print it to PDF and send that, or send both apart."
    ),
    Reason.MACROS: _(
        "This file has macros: small programs that start when it is opened. "
        "Save it without macros (.docx, .xlsx or .pptx) or print it to PDF, and send that."
    ),
    Reason.OLD_OFFICE: _(
        "This is a file of an old version of Office, which can't be checked well enough. "
        "Open it, save it as .docx, .xlsx or .pptx, and send that."
    ),
    Reason.SAVE_AS_DOCUMENT: _(
        "This is a template, a slide show or a document in a form that can't be checked. "
        "Open it, save it as an ordinary document (.docx, .xlsx, .pptx, .odt), and send that."
    ),
    Reason.RICH_TEXT: _(
        "A file of the kind RTF can hide programs, so it is not accepted. "
        "Open it, save it as .docx or print it to PDF, and send that."
    ),
    Reason.WEB_PAGE: _(
        "This is a web page, which can do more than show something. "
        "Open it in a browser, print it to PDF and send that."
    ),
    Reason.ARCHIVE: _("This is an archive of files. Unpack it, and send the files themselves."),
    Reason.OUTLOOK_MESSAGE: _(
        "This is a message as Outlook keeps it (.msg), which can't be checked. "
        "Save it in Outlook as .eml, or copy its text and paste it."
    ),
    Reason.MAIL_TOO_NESTED: _(
        "This message holds more messages or attachments than can be taken in at once. "
        "Save the attachments, and send them as files of their own."
    ),
    Reason.INFECTED: _(
        "The virus scanner found something harmful in this file, so it was not kept. "
        "Tell who sent it to you, and don't open it."
    ),
    Reason.NOT_CHECKED: _(
        "Files can't be checked for viruses right now, so this one was not kept. Try again later."
    ),
    Reason.BUSY: _("Many files are being checked right now. Wait a minute and send it again."),
}


class Unwelcome(ValueError):
    """This file is not taken in; `sentence` says why and how to go on."""

    def __init__(self, reason: Reason, **values: int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.values = values

    @property
    def sentence(self) -> str:
        """For whoever sent it, in their language."""
        from files.kinds import accepted  # which needs nothing of this, but is only asked here

        known = {"megabytes": limits.FILE_BYTES // limits.MEGABYTE, "accepted": accepted()}
        return str(WORDS[self.reason]) % {**known, **self.values}
