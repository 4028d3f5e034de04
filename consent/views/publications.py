"""What was published, what must be taken down, and that it went."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from access.attempts import attempt
from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from access.uploads import WhyLeftOut, left_out
from audit.grounds import Ground
from consent import queries
from consent.actions.publishing import WithoutYes, record_publication
from consent.actions.taking_down import Deed, close_as_allowed, is_allowed_again, take_down
from consent.attachments import taken_in
from consent.forms.checking import title_of
from consent.forms.publications import PublishForm, TakeDownForm
from consent.models import Check, Publication, Removal
from files import limits
from files.errors import Reason, Unwelcome
from files.intake import Clean
from vault.errors import Unreadable

PER_PAGE = 30
_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@page(Permission.CHECK_CONSENT, methods=("GET", "POST"), shows=Shows.PUPILS, kind=Kind.LIST)
def publish(request: PortalRequest, check_id: uuid.UUID) -> HttpResponse:
    """After a photo check: "I published this", with the pupils who are in it."""
    check = get_object_or_404(queries.checks_visible_to(request.user, on=request.day), pk=check_id)
    lines = queries.lines_of(check, request.user, on=request.day)
    request.page.names(
        *(line.pupil for line in lines), ground=Ground.CHECK, unit=check.school_id, target=check.pk
    )
    # As it holds now: a check of this morning may have been overtaken.
    allowed = [line.pupil for line in lines if line.is_allowed is not line.has_changed]
    form = PublishForm(request.POST or None, allowed=allowed, today=request.day)
    if request.method == "POST" and form.is_valid():
        row = _published(request, form, check, {line.pupil.pk: line.pupil.name for line in lines})
        if row is not None:
            messages.success(request, _("Recorded. You are told when it must be taken down."))
            return redirect("publication", row.pk)
    context = {
        "check": check,
        "form": form,
        "what_for": title_of(check.text),
        "nobody_allowed": not allowed,
        "not_allowed": [line.pupil for line in lines if line.pupil not in allowed],
        "ground": Ground.CHECK.label,
    }
    return render(request, "consent/publications/publish.html", context)


def _published(
    request: PortalRequest, form: PublishForm, check: Check, names: dict[uuid.UUID, str]
) -> Publication | None:
    """Records it; none, with whom it concerns in the form, when somebody has no yes."""
    try:
        return record_publication(
            check=check, what=form.published(), by=request.user, on=request.day
        )
    except WithoutYes as refusal:
        whom = ", ".join(sorted(names[key] for key in refusal.pupils))
        form.add_error(None, f"{refusal.sentence} {whom}.")
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
    return None


@page(Permission.CHECK_CONSENT)
def publications(request: PortalRequest) -> HttpResponse:
    """What I published, or for who keeps consent: what everybody at the school did."""
    which = request.GET.get("which", "")
    seen = queries.publications_visible_to(request.user, on=request.day)
    rows = queries.with_numbers(seen.filter(ended_at__isnull=which != "ended"))
    if which == "open":
        rows = rows.filter(open_tasks__gt=0)
    ordered = rows.order_by("-published_on", "-published_at", "pk")
    found = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "lines": [(row, title_of(row.text)) for row in found.object_list],
        "which": which,
        "keeps": bool(request.user.memberships_with(Permission.RECORD_CONSENT, request.day)),
    }
    return render(request, "consent/publications/publications.html", context)


@page(Permission.CHECK_CONSENT, shows=Shows.PUPILS)
def publication(request: PortalRequest, publication_id: uuid.UUID) -> HttpResponse:
    """One publication: who is in it, what must go, and how something went."""
    row, lines = _found(request, publication_id)
    removals = queries.removals_visible_to(request.user, on=request.day)
    context = _frame(row) | {
        "lines": lines,
        "tasks": [line for line in lines if line.task],
        "removals": queries.opened_removals(
            removals.filter(publication=row).order_by("done_at", "pk")
        ),
    }
    return render(request, "consent/publications/publication.html", context)


def _found(
    request: PortalRequest, publication_id: uuid.UUID
) -> tuple[Publication, list[queries.PublishedLine]]:
    row = get_object_or_404(
        queries.publications_visible_to(request.user, on=request.day), pk=publication_id
    )
    lines = queries.published_lines(row, request.user, on=request.day)
    request.page.names(
        *(line.published.pupil for line in lines),
        ground=Ground.CHECK,
        unit=row.school_id,
        target=row.pk,
    )
    return row, lines


def _frame(row: Publication) -> dict[str, Any]:
    return {"row": row, "what_for": title_of(row.text), "ground": Ground.CHECK.label}


@page(
    Permission.CHECK_CONSENT,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    uploads=limits.FILE_BYTES,
)
def take_down_publication(request: PortalRequest, publication_id: uuid.UUID) -> HttpResponse:
    """All of it is down, or one pupil is not in it any more: how, when, and the proof."""
    row, lines = _found(request, publication_id)
    still = [line.published.pupil for line in lines if line.published.removal_id is None]
    # ?pupil= a key: the task one came from has chosen it
    first = {"pupil": request.GET.get("pupil", "")}
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TakeDownForm(*sent, pupils=still, today=request.day, initial=first)
    if request.method == "POST" and not _is_too_much(request, form) and form.is_valid():
        done = attempt(form, lambda: _take_down(request, row, form))
        if done is not None:
            messages.success(request, _("Recorded, with the proof. Thank you."))
            return redirect("publication", row.pk)
    context = _frame(row) | {"form": form, "nobody_left": not still}
    return render(request, "consent/publications/take_down.html", context)


def _take_down(request: PortalRequest, row: Publication, form: TakeDownForm) -> Removal:
    data = form.cleaned_data
    try:
        clean = _clean(data["file"]) if data["file"] else None
        deed = Deed(data["how"], data["done_on"], data["words"], clean)
        return take_down(
            publication=row, pupil=form.chosen, deed=deed, by=request.user, on=request.day
        )
    except Unwelcome as refusal:
        raise Refused(refusal.sentence) from refusal


def _clean(upload: Any) -> Clean:
    data = upload.read()
    upload.close()
    return taken_in(data, name=upload.name or "")


def _is_too_much(request: PortalRequest, form: TakeDownForm) -> bool:
    """Says why a file was left out before it was read."""
    missing = left_out(request)
    if not missing:
        return False
    is_busy = missing[0].why is WhyLeftOut.BUSY
    form.add_error("file", Unwelcome(Reason.BUSY if is_busy else Reason.TOO_LARGE).sentence)
    return True


@page(Permission.CHECK_CONSENT, shows=Shows.PUPILS, kind=Kind.DOWNLOAD)
def removal_proof(request: PortalRequest, removal_id: uuid.UUID) -> HttpResponse:
    """The picture or PDF that shows that something was taken down."""
    removal = get_object_or_404(
        queries.removals_visible_to(request.user, on=request.day), pk=removal_id
    )
    _found(request, removal.publication_id)
    if removal.blob is None:
        raise Http404
    try:
        what, data = queries.proof_of(removal)
    except Unreadable:
        return render(request, "consent/publications/unreadable.html", status=500)
    answer = HttpResponse(data, content_type=what.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, what.name) or ""
    answer.headers["Content-Security-Policy"] = _ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@page(Permission.CHECK_CONSENT, methods=("GET", "POST"), shows=Shows.PUPIL)
def close_take_down(request: PortalRequest, task_id: uuid.UUID) -> HttpResponse:
    """Everybody agreed again before it was taken down: the task closes, the picture stays."""
    tasks = queries.take_downs_visible_to(request.user, on=request.day)
    task = get_object_or_404(tasks.filter(closed_at__isnull=True), pk=task_id)
    row, pupil = task.published.publication, task.published.pupil
    request.page.names(pupil, ground=Ground.CHECK, unit=row.school_id, target=row.pk)
    if request.method == "POST":
        _tell(request, lambda: close_as_allowed(task=task, by=request.user, on=request.day))
        return redirect("publication", row.pk)
    context = _frame(row) | {"pupil": pupil, "is_allowed": is_allowed_again(task, on=request.day)}
    return render(request, "consent/publications/close_task.html", context)


def _tell(request: PortalRequest, act: Callable[[], None]) -> None:
    try:
        act()
        messages.success(request, _("Closed. The picture may stay."))
    except Refused as refusal:
        messages.warning(request, str(refusal.sentence))


@page(Permission.ANSWER_CONSENT, shows=Shows.PUPIL, kind=Kind.LIST)
def child_pictures(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Where pictures of one's own child, or of oneself, were published (P20); nobody else's."""
    family = queries.family_visible_to(request.user, on=request.day)
    pupil = get_object_or_404(family, pk=pupil_id)
    request.page.names(pupil, ground=Ground.OWN)
    lines = queries.publications_of(request.user, pupil, on=request.day)
    found = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    child = None if lines else queries.questions_about(pupil, request.user, on=request.day)
    context = {
        "name": pupil.said_first,
        "standing": None if child is None or child.places or child.is_self else child,
        "found": found,
        "lines": [(line, title_of(line.text)) for line in found.object_list],
    }
    return render(request, "consent/publications/of_child.html", context)
