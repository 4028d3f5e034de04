"""A message, pasted or as a file, that becomes a note with its attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from dossiers.forms.notes import NoteForm
from dossiers.models import DossierPart
from files.mail import Attachment, Mail

LONGEST_PASTED = 200_000  # characters: more than a note holds, to be shortened by who adds it


class MessageForm(forms.Form):
    """The message itself: a file, or its text."""

    message = forms.FileField(
        label=_("The message as a file"),
        help_text=_("In your mail program, save the message as a file (.eml) or drag it here."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".eml,message/rfc822"}),
    )
    pasted = forms.CharField(
        label=_("Or paste it"),
        help_text=_("With its headings, such as From, Date and Subject, if you can."),
        required=False,
        validators=[MaxLengthValidator(LONGEST_PASTED)],
        widget=forms.Textarea,
    )


class MessageNoteForm(NoteForm):
    """The note that a message becomes: to look over, to shorten, to leave attachments out."""

    use_required_attribute = False  # what is left empty is taken from the message

    attachments = forms.MultipleChoiceField(
        label=_("Attachments to keep as files with the note"),
        help_text=_("Leave out pictures of a signature and what guidance does not need."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        parts: dict[str, DossierPart],
        on: date,
        attached: Sequence[Attachment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, parts=parts, on=on, **kwargs)
        field = self.fields["attachments"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (str(place), one.name or _now("File")) for place, one in enumerate(attached)
        ]
        if not attached:
            del self.fields["attachments"]

    def kept(self, attached: Sequence[Attachment]) -> list[Attachment]:
        """The attachments that were left in."""
        chosen = set(self.cleaned_data.get("attachments", []))
        return [one for place, one in enumerate(attached) if str(place) in chosen]


def known_by(mail: Mail) -> str:
    """The same for the same message, so that nothing of another one is saved unseen."""
    said = [mail.sender, str(mail.date), mail.subject, mail.text]
    names = [f"{one.name} {len(one.data)}" for one in mail.attachments]
    return hashlib.sha256("\n".join([*said, *names]).encode()).hexdigest()


def as_note(mail: Mail, *, on: date) -> dict[str, Any]:
    """What a message says, as the fields of a note. Its day is never one that has yet to come."""
    sent = (
        timezone.localtime(mail.date) if mail.date and timezone.is_aware(mail.date) else mail.date
    )
    headings = [
        (pgettext("mail", "From"), mail.sender),
        (_now("To"), ", ".join(mail.recipients)),
        (_now("Sent"), date_format(sent, "j F Y, H:i") if sent else ""),
    ]
    above = "\n".join(f"{name}: {value}" for name, value in headings if value)
    title = mail.subject or _now("Message")
    return {
        "title": title if len(title) <= 120 else f"{title[:119]}…",
        "facts": "\n\n".join(part for part in (above, mail.text.strip()) if part),
        "happened_on": min(sent.date(), on) if sent else on,
        "attachments": [str(place) for place in range(len(mail.attachments))],
    }
