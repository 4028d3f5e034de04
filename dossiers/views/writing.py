"""Writing a note, correcting one, and taking one out of the wrong dossier."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access.attempts import attempt, attempt_and_tell
from access.errors import NotAllowed, Overtaken, Refused
from access.gate import PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from dossiers import queries, rules
from dossiers.actions.notes import correct_note, withdraw_note, withdraw_note_as_keeper, write_note
from dossiers.forms.notes import CorrectionForm, NoteForm
from dossiers.models import Dossier, Note, NoteVersion
from dossiers.views.damaged import says_when_unreadable
from dossiers.views.reading import on_ground_of
from vault.sealing import keyring


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def write(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """A new note in one of the parts that I may add to."""
    found = get_object_or_404(
        queries.dossiers_visible_to(request.user, on=request.day), pk=dossier_id
    )
    rows = queries.parts_writable_by(request.user, on=request.day).filter(dossier=found)
    kept = {part.kind: part for part in rows}
    parts = {k.value: kept[k] for k in rules.HOLDS_NOTES if k in kept}
    if not parts:
        raise NotAllowed
    asked = request.GET.get("part", "")
    part = asked if asked in parts else next(iter(parts))
    first = {"part": part, "happened_on": request.day}
    form = NoteForm(request.POST or None, initial=first, parts=parts, on=request.day)
    chosen = str(form["part"].value())
    context = on_ground_of(request, found, chosen if chosen in parts else part)
    if request.method == "POST" and form.is_valid():
        note = attempt(
            form,
            lambda: write_note(
                part=form.part_row,
                text=form.text(),
                happened_on=form.cleaned_data["happened_on"],
                by=request.user,
                on=request.day,
            ),
        )
        if note is not None:
            messages.success(request, _("The note is saved. You can still correct it."))
            return redirect(place_of(note))
    return render(request, "dossiers/write_note.html", context | {"form": form})


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
@says_when_unreadable
def correct(request: PortalRequest, note_id: uuid.UUID) -> HttpResponse:
    """A correction: a new version; the old one is kept."""
    note = get_object_or_404(queries.notes_changeable_by(request.user, on=request.day), pk=note_id)
    context = on_ground_of(request, note.part.dossier, note.part.kind) | {"note": note}
    newest, text = _newest(request, note)
    first = {**text, "reason": "", "seen": newest.number}
    form = CorrectionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _correct(request, note, form)
        except Overtaken:
            return _overtaken(request, note, context)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The correction is saved. The earlier version is kept."))
            return redirect("note", note.pk)
    return render(request, "dossiers/correct_note.html", context | {"form": form})


def _correct(request: PortalRequest, note: Note, form: CorrectionForm) -> None:
    correct_note(
        note=note,
        text=form.text(),
        reason=form.cleaned_data["reason"],
        seen_number=form.cleaned_data["seen"],
        by=request.user,
        on=request.day,
    )


def _overtaken(request: PortalRequest, note: Note, context: dict[str, Any]) -> HttpResponse:
    """Somebody else was first: shows their text beside what was typed, which stays in the form."""
    newest, text = _newest(request, note)
    typed = request.POST.copy()
    typed["seen"] = str(newest.number)
    context |= {"form": CorrectionForm(typed), "other": newest, "other_text": text}
    return render(request, "dossiers/correct_note.html", context, status=409)


@page(Permission.WRITE_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
def withdraw(request: PortalRequest, note_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes an own note out of sight."""
    note = get_object_or_404(queries.notes_changeable_by(request.user, on=request.day), pk=note_id)
    context = on_ground_of(request, note.part.dossier, note.part.kind) | {"note": note}
    if note.author_id != request.user.pk:
        raise NotAllowed
    if request.method == "POST":
        attempt_and_tell(
            request,
            lambda: withdraw_note(note=note, by=request.user, on=request.day),
            done=_("The note is withdrawn. Nobody sees it any more."),
        )
        return redirect("dossier_part", note.part.dossier_id, note.part.kind)
    back = reverse("note", args=[note.pk])
    return render(request, "dossiers/withdraw_note.html", context | {"back": back})


@page(Permission.WITHDRAW_NOTE, shows=Shows.PUPIL)
def note_headers(request: PortalRequest, dossier_id: uuid.UUID) -> HttpResponse:
    """For the keeper: which notes there are, by whom and when, without what they say."""
    found = kept_dossier(request, dossier_id)
    context = as_keeper(request, found) | {
        "headers": queries.note_headers(found),
        "file_headers": queries.file_headers(found),
    }
    return render(request, "dossiers/note_headers.html", context)


@page(Permission.WITHDRAW_NOTE, methods=("GET", "POST"), shows=Shows.PUPIL)
def withdraw_as_keeper(
    request: PortalRequest, dossier_id: uuid.UUID, note_id: uuid.UUID
) -> HttpResponse:
    """Asks once more, then takes somebody's note out of the wrong dossier, as its keeper."""
    found = kept_dossier(request, dossier_id)
    context = as_keeper(request, found)
    header = next((h for h in queries.note_headers(found) if h.id == note_id), None)
    if header is None:
        raise Http404
    return once_more_as_keeper(
        request,
        found,
        lambda: withdraw_note_as_keeper(
            dossier=found, note_id=note_id, by=request.user, on=request.day
        ),
        done=_("The note is withdrawn. Nobody sees it any more."),
        shown=("dossiers/withdraw_note.html", context | {"note": header}),
    )


def once_more_as_keeper(
    request: PortalRequest,
    found: Dossier,
    withdraw: Callable[[], None],
    *,
    done: str,
    shown: tuple[str, dict[str, Any]],
) -> HttpResponse:
    """Asks the keeper once more with the page `shown`, then withdraws what they never saw."""
    if request.method == "POST":
        attempt_and_tell(request, withdraw, done=done)
        return redirect("note_headers", found.pk)
    template, context = shown
    back = reverse("note_headers", args=[found.pk])
    return render(request, template, context | {"back": back})


def kept_dossier(request: PortalRequest, dossier_id: uuid.UUID) -> Dossier:
    """The header of a dossier in my care; never that of my own child."""
    found = get_object_or_404(queries.dossiers_kept_by(request.user, on=request.day), pk=dossier_id)
    if queries.is_own_child(request.user, found):
        raise NotAllowed
    return found


def as_keeper(request: PortalRequest, found: Dossier) -> dict[str, Any]:
    """Names whose dossier the page is about, and that it is seen as its keeper."""
    request.page.names(found, ground=Ground.CUSTODIAN, unit=found.school_id)
    return {"dossier": found, "ground": Ground.CUSTODIAN.label, "as_keeper": True}


def _newest(request: PortalRequest, note: Note) -> tuple[NoteVersion, dict[str, str]]:
    """The newest version of a note, opened."""
    version = queries.newest_versions(request.user, [note], on=request.day)[note.pk]
    return version, queries.opened_text(version, keyring([version.part_id]))


def place_of(note: Note) -> str:
    """Where a note stands on the page of its part."""
    address = reverse("dossier_part", args=[note.part.dossier_id, note.part.kind])
    return f"{address}#note-{note.pk}"
