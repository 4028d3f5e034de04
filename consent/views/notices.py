"""The yearly notice on publishing pictures of others (P16): written, read, and who has not."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.errors import Overtaken, Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.notices import (
    confirm_notice,
    record_confirmations,
    use_notice,
    write_notice,
)
from consent.forms.notices import NoticeForm, OnPaperForm
from consent.models import PictureNotice
from consent.queries.purposes import boards_that_ask_visible_to
from students.models import Group


@page(Permission.ANSWER_CONSENT)
def picture_notice(request: PortalRequest) -> HttpResponse:
    """The notice as a parent reads it, with one button to confirm it."""
    _must_be_a_parent(request)
    mine = queries.own_notices(request.user, on=request.day)
    context = {"notices": [(one, _in_words(one.notice)) for one in mine]}
    return render(request, "consent/notices/notice.html", context)


def _must_be_a_parent(request: PortalRequest) -> None:
    """403 for a pupil, and for a parent whose children all left."""
    if not queries.is_parent_at_a_school(request.user, on=request.day):
        raise PermissionDenied


def _in_words(notice: PictureNotice) -> str:
    return notice.text_en if get_language() == "en" else notice.text_nl


@page(Permission.ANSWER_CONSENT, methods=("POST",))
def confirm_picture_notice(request: PortalRequest, notice_id: uuid.UUID) -> HttpResponse:
    """A parent read this version and confirms it for this school year."""
    _must_be_a_parent(request)
    rows = queries.notices_to_confirm_visible_to(request.user, on=request.day)
    notice = get_object_or_404(rows, pk=notice_id)
    language = "en" if get_language() == "en" else "nl"
    try:
        confirm_notice(notice_id=notice.pk, language=language, by=request.user, on=request.day)
        messages.success(request, _("Thank you. This is recorded."))
    except Overtaken as overtaken:
        messages.warning(request, str(overtaken.sentence))
    return redirect("picture_notice")


@page(Permission.SET_PURPOSES, methods=("GET", "POST"))
def picture_notice_texts(request: PortalRequest, board_id: uuid.UUID) -> HttpResponse:
    """The notice of a board: what is in use, the draft, and earlier versions."""
    boards = boards_that_ask_visible_to(request.user, on=request.day)
    board = get_object_or_404(boards.select_related("unit"), pk=board_id)
    rows = queries.picture_notices_visible_to(request.user, on=request.day).filter(board=board)
    versions = list(rows.order_by("-number"))
    draft = next((one for one in versions if one.in_use_from is None), None)
    now = queries.notice_in_use(board.pk, request.day)
    shown = draft or now
    first = {"text_nl": shown.text_nl, "text_en": shown.text_en} if shown else {}
    form = NoticeForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        write_notice(board=board, text=form.text(), by=request.user, on=request.day)
        messages.success(request, _("Saved as a draft. Nobody reads it before it is in use."))
        return redirect("picture_notice_texts", board.pk)
    earlier = [one for one in versions if one not in (draft, now)]
    context = {"board": board, "form": form, "draft": draft, "now": now, "earlier": earlier}
    return render(request, "consent/notices/texts.html", context)


@page(Permission.SET_PURPOSES, methods=("GET", "POST"))
def use_picture_notice(request: PortalRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then puts the draft in use: every parent reads it anew."""
    rows = queries.picture_notices_visible_to(request.user, on=request.day)
    row = get_object_or_404(rows, pk=notice_id)
    if request.method == "POST":
        try:
            use_notice(notice=row, by=request.user, on=request.day)
            messages.success(request, _("In use from today. Each parent is asked to read it."))
        except Refused as refusal:
            messages.warning(request, str(refusal.sentence))
        return redirect("picture_notice_texts", row.board_id)
    return render(request, "consent/notices/use.html", {"row": row})


@page(Permission.RECORD_CONSENT)
def picture_notice_groups(request: PortalRequest) -> HttpResponse:
    """The groups, each with how many parents confirmed the notice."""
    groups = queries.groups_of_notices_kept_by(request.user, on=request.day)
    rows = list(groups.order_by("school__unit__name", "name", "pk"))
    context = {"lines": queries.notice_numbers(rows, request.user, on=request.day)}
    return render(request, "consent/notices/groups.html", context)


@page(Permission.RECORD_CONSENT, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST)
def picture_notice_missing(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Which parents of a group have not confirmed; those who did on paper are ticked here."""
    groups = queries.groups_of_notices_kept_by(request.user, on=request.day)
    group = get_object_or_404(groups, pk=group_id)
    notice = queries.notice_in_use(group.school_year.board_id, request.day)
    found = queries.notice_board(group, notice, request.user, on=request.day) if notice else None
    missing = found.missing if found else []
    request.page.names(
        *(child for one in missing for child in one.children),
        ground=Ground.ADMINISTRATION,
        unit=group.school_id,
    )
    form = OnPaperForm(request.POST or None, missing=missing)
    if request.method == "POST" and form.is_valid() and _recorded(request, group, form):
        return redirect("picture_notice_missing", group.pk)
    context = {
        "group": group,
        "found": found,
        "form": form,
        "ground": Ground.ADMINISTRATION.label,
    }
    return render(request, "consent/notices/missing.html", context)


def _recorded(request: PortalRequest, group: Group, form: OnPaperForm) -> bool:
    done = attempt(
        form,
        lambda: record_confirmations(
            school=group.school, parents=form.chosen(), by=request.user, on=request.day
        ),
    )
    if done is not None:
        messages.success(request, _("Recorded."))
    return done is not None
