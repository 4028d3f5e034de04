"""What the board asks: its purposes, each with its versions, drafts, and putting one in use."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from access.attempts import attempt
from access.errors import Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from consent.actions import purposes as actions
from consent.actions.purposes import TextData, fingerprint_of
from consent.forms.previewing import card_of
from consent.forms.purposes import InUseForm, PurposeForm, TextForm
from consent.models import Purpose, PurposeText
from consent.queries import purposes as queries
from consent.tasks import let_ask_anew
from students.models import Board


@page(Permission.SET_PURPOSES, kind=Kind.LIST)
def purposes(request: PortalRequest) -> HttpResponse:
    """Everything the board asks or asked, and what waits for a decision."""
    rows = queries.purposes_visible_to(request.user, on=request.day)
    asked = [queries.asked_of(row, on=request.day) for row in rows.order_by("code", "pk")]
    boards = queries.boards_that_ask_visible_to(request.user, on=request.day)
    context = {
        "asked": [one for one in asked if not one.is_ended],
        "ended": [one for one in asked if one.is_ended],
        "boards": list(boards.order_by("unit__name")),
    }
    return render(request, "consent/purposes/list.html", context)


@page(Permission.SET_PURPOSES)
def purpose(request: PortalRequest, purpose_id: uuid.UUID) -> HttpResponse:
    """One purpose: its versions, Dutch and English beside each other."""
    asked = queries.asked_of(_purpose(request, purpose_id), on=request.day)
    return render(request, "consent/purposes/purpose.html", {"asked": asked})


@page(Permission.SET_PURPOSES, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_purpose(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """A purpose with a name of its own, and at once the draft of its text."""
    boards = queries.boards_that_ask_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards, pk=board_id)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = attempt(form, lambda: _add(request, board, form))
        if added is not None:
            messages.success(request, _("The purpose is added. Now write what you ask."))
            return redirect("write_purpose_text", added.pk)
    return render(request, "consent/purposes/add.html", {"form": form})


def _add(request: PortalRequest, board: Board, form: PurposeForm) -> Purpose:
    by, on = request.user, request.day
    code = queries.code_for(board, form.cleaned_data["title_nl"])
    channel = form.cleaned_data["channel"]
    row = actions.add_purpose(board=board, code=code, channel=channel, by=by, on=on)
    actions.write_text(purpose=row, data=form.text_data(), by=by, on=on)
    return row


@page(Permission.SET_PURPOSES, methods=("GET", "POST"), kind=Kind.CHANGE)
def write_purpose_text(request: PortalRequest, purpose_id: uuid.UUID) -> HttpResponse:
    """The one draft: changed, or begun from what is asked now."""
    asked = queries.asked_of(_purpose(request, purpose_id), on=request.day)
    if asked.is_ended:
        messages.info(request, _("This is asked no more. Add it as a new purpose."))
        return redirect("purpose", purpose_id)
    base = asked.draft or (asked.texts[0] if asked.texts else None)
    initial = _data_of(base) | {"seen": fingerprint_of(asked.draft)}
    form = TextForm(request.POST or None, channel=asked.purpose.channel, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.text_data()
        if asked.draft is None and base is not None and asdict(data) == _data_of(base):
            messages.info(request, _("Nothing was different, so nothing was changed."))
            return redirect("purpose", purpose_id)
        written = attempt(form, lambda: _write(request, asked.purpose, data, form))
        if written is not None:
            messages.success(request, _("The draft is saved. Nobody is asked before it is in use."))
            return redirect("purpose", purpose_id)
    return render(request, "consent/purposes/write.html", {"form": form, "asked": asked})


def _data_of(text: PurposeText | None) -> dict[str, Any]:
    """What a text says and asks, as a draft begins from it."""
    data = TextData("", "", "", "")
    return {name: getattr(text, name) if text else value for name, value in asdict(data).items()}


def _write(request: PortalRequest, row: Purpose, data: TextData, form: TextForm) -> PurposeText:
    return actions.write_text(
        purpose=row,
        data=data,
        seen_before=form.cleaned_data["seen"],
        by=request.user,
        on=request.day,
    )


@page(Permission.SET_PURPOSES)
def preview_purpose_text(request: PortalRequest, text_id: uuid.UUID) -> HttpResponse:
    """A version exactly as a parent meets it on a phone, in both languages."""
    text = _text(request, text_id)
    stages = queries.asked_of(_purpose(request, text.purpose_id), on=request.day).stages
    languages = [_as_parent(text, code, str(name)) for code, name in settings.LANGUAGES]
    context = {"text": text, "staged": stages[text.number], "languages": languages}
    return render(request, "consent/purposes/preview.html", context)


def _as_parent(text: PurposeText, code: str, name: str) -> dict[str, str]:
    """The question in one language, as the pages of families show it."""
    with override(code):
        shown = render_to_string(
            "consent/purposes/_as_parent.html", {"text": text, "card": card_of(text)}
        )
    return {"code": code, "name": name, "shown": shown}


@page(Permission.SET_PURPOSES, methods=("GET", "POST"), kind=Kind.CHANGE)
def put_text_in_use(request: PortalRequest, text_id: uuid.UUID) -> HttpResponse:
    """Says from a day how many are asked anew; a POST puts the draft in use and asks them."""
    text = _text(request, text_id)
    shown = {"from_day": request.GET.get("from_day") or request.day, "seen": fingerprint_of(text)}
    form = InUseForm(request.POST or shown)
    is_valid = form.is_valid()
    if request.method == "POST" and is_valid:
        done = attempt(form, lambda: _put_in_use(request, text, form))
        if done is not None:
            messages.success(request, _in_use_words(done, request.day))
            return redirect("purpose", text.purpose_id)
    if text.in_use_from is not None:
        messages.info(request, _("This text was put in use already."))
        return redirect("purpose", text.purpose_id)
    day = form.cleaned_data.get("from_day")
    context = {
        "form": form,
        "text": text,
        "day": day if day and day >= request.day else None,
        "today": request.day,
        "before": queries.asked_before(text.purpose, from_day=day or request.day),
        "is_first": not any(one.in_use_from for one in text.purpose.texts.all()),
    }
    return render(request, "consent/purposes/put_in_use.html", context)


def _put_in_use(request: PortalRequest, text: PurposeText, form: InUseForm) -> PurposeText:
    done = actions.put_in_use(
        text=text,
        from_day=form.cleaned_data["from_day"],
        seen_before=form.cleaned_data["seen"],
        by=request.user,
        on=request.day,
    )
    if not done.is_free:
        let_ask_anew(done, by=request.user, on=request.day)
    return done


def _in_use_words(text: PurposeText, on: date) -> str:
    if text.is_free:
        return _("The text is put in use. Nobody is asked; families read the ground.")
    if text.in_use_from is not None and text.in_use_from > on:
        return _("The text comes in use by itself on its day. Then people are asked anew.")
    return _("The text is in use. Who was asked before is asked anew.")


@page(Permission.SET_PURPOSES, methods=("GET", "POST"), kind=Kind.CHANGE)
def end_purpose(request: PortalRequest, purpose_id: uuid.UUID) -> HttpResponse:
    """Asks once more, and says what it means that something is asked no more."""
    asked = queries.asked_of(_purpose(request, purpose_id), on=request.day)
    if request.method == "POST":
        try:
            actions.end_purpose(purpose=asked.purpose, by=request.user, on=request.day)
            messages.success(request, _("This is asked no more, and nothing may be done on it."))
        except Refused as refused:
            messages.info(request, str(refused.sentence))
        return redirect("purpose", purpose_id)
    if asked.is_ended:
        return redirect("purpose", purpose_id)
    before = queries.asked_before(asked.purpose, from_day=request.day)
    return render(request, "consent/purposes/end.html", {"asked": asked, "before": before})


def _purpose(request: PortalRequest, purpose_id: uuid.UUID) -> Purpose:
    rows = queries.purposes_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=purpose_id)


def _text(request: PortalRequest, text_id: uuid.UUID) -> PurposeText:
    rows = queries.texts_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=text_id)
