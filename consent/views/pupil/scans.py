"""Looking at a scan, keeping a copy, adding one later, and taking a wrong one out of sight.

The whole scan is opened in memory before the first byte goes out: nothing of a damaged one is
sent. What a browser shows is each page drawn as a picture, never the file itself.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from consent import queries
from consent.actions.scans import add_scan, withdraw_scan
from consent.forms.recording import ScanForm
from consent.models import Answer, Scan
from consent.views.pupil.frame import Kept, around, kept_pupil
from consent.views.pupil.recording import left_out_of, sent_by, tell_changes
from files import limits
from files.errors import Unwelcome
from files.previews import page_picture
from vault.errors import Unreadable

_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
_WIDTH = 1000


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, kind=Kind.FILE)
def answer_scan(request: PortalRequest, scan_id: uuid.UUID) -> HttpResponse:
    """A scan, page by page, and which answers stand on it."""
    scan, kept = _found(request, scan_id)
    try:
        paper = queries.paper_of(scan)
    except Unreadable:
        return _unreadable(request, kept)
    rows = queries.answers_kept_by(request.user, on=request.day).filter(scans__scan=scan)
    context = around(request, kept) | {
        "scan": scan,
        "paper": paper,
        "pages": range(1, (paper.pages or 1) + 1),
        "answers": rows.order_by("purpose__code", "pk"),
    }
    return render(request, "consent/pupil/scan.html", context)


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, kind=Kind.FILE)
def scan_page(request: PortalRequest, scan_id: uuid.UUID, number: int) -> HttpResponse:
    """One page of a scan as a picture, drawn in memory."""
    scan, kept = _found(request, scan_id)
    try:
        paper = queries.paper_of(scan)
        if not 1 <= number <= (paper.pages or 1):
            raise Http404
        data = queries.content_of_scan(scan)
        picture = page_picture(data, paper.kind, page=number, width=_WIDTH)
    except LookupError as error:
        raise Http404 from error
    except Unreadable:
        return _unreadable(request, kept)
    except Unwelcome as refusal:
        return _alone(HttpResponse(refusal.sentence, status=503, content_type="text/plain"))
    return _alone(HttpResponse(picture, content_type="image/webp"))


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, kind=Kind.DOWNLOAD)
def download_scan(request: PortalRequest, scan_id: uuid.UUID) -> HttpResponse:
    """A scan, to keep on one's own device."""
    scan, kept = _found(request, scan_id)
    try:
        paper, data = queries.paper_of(scan), queries.content_of_scan(scan)
    except Unreadable:
        return _unreadable(request, kept)
    answer = HttpResponse(data, content_type=paper.media_type)
    disposition = content_disposition_header(True, paper.name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return _alone(answer)


@page(Permission.RECORD_CONSENT, shows=Shows.PUPIL, methods=("GET", "POST"), kind=Kind.CHANGE)
def withdraw_wrong_scan(request: PortalRequest, scan_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes a wrong paper out of sight."""
    scan, kept = _found(request, scan_id)
    if request.method == "POST":
        try:
            withdraw_scan(scan=scan, by=request.user, on=request.day)
        except Refused as refusal:
            messages.warning(request, str(refusal.sentence))
        else:
            messages.success(request, _("The scan is withdrawn. Nobody sees it any more."))
        return redirect(kept.address)
    context = around(request, kept) | {"scan": scan}
    return render(request, "consent/pupil/withdraw_scan.html", context)


@page(
    Permission.RECORD_CONSENT,
    shows=Shows.PUPIL,
    methods=("GET", "POST"),
    kind=Kind.CHANGE,
    uploads=limits.FILE_BYTES,
)
def add_scan_to_answer(request: PortalRequest, answer_id: uuid.UUID) -> HttpResponse:
    """A scan of a paper that was recorded without one."""
    row = get_object_or_404(
        queries.answers_kept_by(request.user, on=request.day).exclude(route="online"), pk=answer_id
    )
    kept = kept_pupil(request, row.pupil_id, row.school_id)
    form = ScanForm(request.POST or None, request.FILES or None)
    status = left_out_of(request, form)
    if status == 200 and request.method == "POST" and form.is_valid():
        form.must_have_pages()
        if form.is_valid() and _added(request, form, row):
            return redirect(kept.address)
    context = around(request, kept) | {"form": form, "answer": row}
    return render(request, "consent/pupil/add_scan.html", context, status=status)


def _added(request: PortalRequest, form: ScanForm, row: Answer) -> bool:
    sent = sent_by(form)
    assert sent is not None
    try:
        scan = add_scan(answer=row, sent=sent, by=request.user, on=request.day)
    except (Refused, Unwelcome) as refusal:
        form.add_error("scan", str(refusal.sentence))
        return False
    messages.success(request, _("The scan is added to the answer."))
    tell_changes(request, queries.paper_of(scan).changes)
    return True


def _found(request: PortalRequest, scan_id: uuid.UUID) -> tuple[Scan, Kept]:
    scans = queries.scans_kept_by(request.user, on=request.day)
    scan = get_object_or_404(scans, pk=scan_id)
    return scan, kept_pupil(request, scan.pupil_id, scan.school_id)


def _unreadable(request: PortalRequest, kept: Kept) -> HttpResponse:
    """The blob is gone or was changed: says so, and is recorded as failed."""
    return render(request, "consent/pupil/unreadable.html", around(request, kept), status=500)


def _alone(answer: HttpResponse) -> HttpResponse:
    """The headers that keep what is in a file inside it."""
    answer.headers["Content-Security-Policy"] = _ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
