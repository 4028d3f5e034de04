"""A message becomes a note with its attachments as files, in one go.

Nothing of a message is kept between reading and saving: its text stands in the form, the file is
still chosen in the browser (static/js/message.js) or is chosen once more.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.errors import NotAllowed, Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from access.uploads import left_out
from dossiers import queries, rules
from dossiers.actions.files import Result, Sent, add_files
from dossiers.actions.notes import write_note
from dossiers.forms.messages import MessageForm, MessageNoteForm, as_note, known_by
from dossiers.models import DossierPart, Note
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.files.adding import is_one_of_several, sentence_of
from dossiers.views.reading import on_ground_of
from dossiers.views.writing import place_of
from files import limits
from files.errors import Unwelcome
from files.mail import Attachment, Mail, read_mail, read_pasted

_LOST_ATTACHMENTS = gettext_lazy(
    "Choose the message once more: its attachments are not kept before you save. Or save the note"
    " without them."
)
_OF_MESSAGE = ("title", "facts", "happened_on", "attachments")


@page(
    Permission.WRITE_NOTE,
    methods=("GET", "POST"),
    shows=Shows.PUPIL,
    uploads=limits.FILE_BYTES,
)
@says_when_unreadable
def add(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """Reads a message into the form of a note, and saves that note with what was attached."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    parts = _parts(request, found.pk)
    asked = request.POST.get("part") or request.GET.get("part", "")
    part = asked if asked in parts else next(iter(parts))
    context = on_ground_of(request, found, part)
    is_sent = request.method == "POST"
    source = MessageForm(request.POST, request.FILES) if is_sent else MessageForm()
    mail = _read(request, source) if is_sent else None
    read_as = known_by(mail) if mail else ""
    if mail and _is_to_save(request) and request.POST.get("was_read", read_as) != read_as:
        source.add_error("message", _("This is another message than you looked over. Read it."))
    attached = mail.attachments if mail else ()
    form = MessageNoteForm(
        data=_filled_in(request.POST, mail, on=request.day) if _is_to_save(request) else None,
        initial={"part": part, "happened_on": request.day, **_as_read(mail, on=request.day)},
        parts=parts,
        on=request.day,
        attached=attached,
    )
    if form.is_bound and source.is_valid() and form.is_valid():
        answer = _save(request, form, attached, context)
        if answer is not None:
            return answer
    context |= {"source": source, "form": form, "mail": mail, "read_as": read_as}
    context["is_answer"] = is_one_of_several(request)
    template = "_message_note.html" if context["is_answer"] else "add_message.html"
    return render(request, f"dossiers/{template}", context)


def _is_to_save(request: PortalRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") != "read"


def _as_read(mail: Mail | None, *, on: date) -> dict[str, Any]:
    return as_note(mail, on=on) if mail else {}


def _parts(request: PortalRequest, dossier_id: uuid.UUID) -> dict[str, DossierPart]:
    rows = queries.parts_writable_by(request.user, on=request.day).filter(dossier=dossier_id)
    kept = {part.kind: part for part in rows}
    parts = {k.value: kept[k] for k in rules.HOLDS_NOTES if k in kept}
    if not parts:
        raise NotAllowed
    return parts


def _read(request: PortalRequest, source: MessageForm) -> Mail | None:
    """The message that was sent; without one, or when it can't be read, the form says why."""
    for missing in left_out(request):
        source.add_error("message", sentence_of(missing))
    if not source.is_valid():
        return None
    upload, pasted = source.cleaned_data["message"], source.cleaned_data["pasted"]
    try:
        if upload is not None:
            return read_mail(upload.read())
    except Unwelcome as refusal:
        source.add_error("message", refusal.sentence)
        return None
    if pasted.strip():
        return read_pasted(pasted)
    if request.POST.getlist("attachments"):
        source.add_error("message", _LOST_ATTACHMENTS)
    elif not request.POST.get("facts"):
        source.add_error("message", _("Choose a message or paste one first."))
    return None


def _filled_in(posted: QueryDict, mail: Mail | None, *, on: date) -> QueryDict:
    """What was typed; what was left empty, without having been read first, as the message says."""
    data = posted.copy()
    if mail is None:
        return data
    of_message = as_note(mail, on=on)
    was_looked_over = "was_read" in posted
    for name in _OF_MESSAGE:
        if name == "attachments":
            if not was_looked_over:
                data.setlist(name, of_message[name])
        elif not data.get(name):
            data[name] = str(of_message[name])
    return data


def _save(
    request: PortalRequest,
    form: MessageNoteForm,
    attached: tuple[Attachment, ...],
    context: dict[str, Any],
) -> HttpResponse | None:
    """Saves the note and its files together; None when the note was refused: the form says why."""
    try:
        note = write_note(
            part=form.part_row,
            text=form.text(),
            happened_on=form.cleaned_data["happened_on"],
            by=request.user,
            on=request.day,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None
    request.page.becomes(Kind.CHANGE)
    results = _add_attached(request, note, form.part_row, form.kept(attached))
    messages.success(request, _("The note is saved. You can still correct it."))
    if not results:
        return redirect(place_of(note))
    return render(
        request, "dossiers/files/added.html", context | {"results": results, "note": note}
    )


def _add_attached(
    request: PortalRequest, note: Note, part: DossierPart, kept: list[Attachment]
) -> list[Result]:
    """Each attachment is a file as any other: kept or refused by itself."""
    sent = [Sent.of(one.name, one.data) for one in kept]
    if not sent:
        return []
    return add_files(part=part, sent=sent, by=request.user, on=request.day, note=note)
