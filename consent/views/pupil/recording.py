"""Recording what somebody answered on paper or in person, with a scan."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from access.uploads import RETRY_AFTER, WhyLeftOut, left_out
from consent import queries
from consent.actions.recording import Recorded, record_answers, told_after
from consent.actions.scans import Sent
from consent.forms.recording import RecordForm, ScanForm
from consent.views.pupil.frame import around, kept_pupil
from files import limits
from files.changes import Change
from files.errors import Reason, Unwelcome


@page(
    Permission.RECORD_CONSENT,
    shows=Shows.PUPIL,
    methods=("GET", "POST"),
    kind=Kind.CHANGE,
    uploads=limits.FILE_BYTES,
)
def record_paper(
    request: PortalRequest, school_id: uuid.UUID, pupil_id: uuid.UUID, person: str
) -> HttpResponse:
    """All that one person answered on one paper or in one talk."""
    kept = kept_pupil(request, pupil_id, school_id)
    people = queries.people_of(kept.pupil)
    named = queries.person_named(person, people.values())
    if named is None:
        raise Http404
    rows = queries.requests_to_record(
        kept.pupil, kept.school, named, request.user, people=people.values(), on=request.day
    )
    form = RecordForm(request.POST or None, request.FILES or None, requests=rows, today=request.day)
    status = left_out_of(request, form)
    if status == 200 and request.method == "POST" and rows and form.is_valid():
        done = _record(request, form)
        if done is not None:
            _tell(request, done)
            return redirect(kept.address)
    context = around(request, kept) | {
        "form": form,
        "named": named,
        "can_record": bool(rows),
        "texts": list({row.text_id: row.text for row in rows}.values()),
    }
    answer = render(request, "consent/pupil/record_paper.html", context, status=status)
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def _record(request: PortalRequest, form: RecordForm) -> Recorded | None:
    """Records what the form says; none, with a mistake in the form, when a rule says no."""
    try:
        return record_answers(
            said=form.said, way=form.way(), scan=sent_by(form), by=request.user, on=request.day
        )
    except Unwelcome as refusal:
        form.add_error("scan", refusal.sentence)
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
    return None


def left_out_of(request: PortalRequest, form: ScanForm) -> int:
    """Says in the form why a scan was left out before it was read; gives the answer's status."""
    missing = left_out(request)
    if not missing:
        return 200
    form.is_valid()
    form.errors.pop("scan", None)
    form.add_error("scan", _sentence_of(missing[0].why))
    return 503 if missing[0].why is WhyLeftOut.BUSY else 413


def sent_by(form: ScanForm) -> Sent | None:
    """The scan of a form; none when nothing was chosen."""
    pages = [(upload.name or "", upload.read()) for upload in form.pages]
    return Sent.of(*pages) if pages else None


def _sentence_of(why: WhyLeftOut) -> str:
    """Why a scan was left out before it was read, and how to go on."""
    match why:
        case WhyLeftOut.TOO_LARGE:
            return Unwelcome(Reason.TOO_LARGE).sentence
        case WhyLeftOut.BUSY:
            return Unwelcome(Reason.BUSY).sentence
        case WhyLeftOut.TOO_MUCH:
            return _("Together these pictures are too large. Send fewer, or smaller ones.")
        case WhyLeftOut.TOO_MANY:
            return _("These are too many pictures at once. Send fewer.")


def tell_changes(request: PortalRequest, changes: tuple[Change, ...]) -> None:
    """Says what was changed in a scan before it was kept."""
    if changes:
        said = " ".join(change.sentence for change in changes)
        messages.info(request, _("The scan is kept. %(changes)s") % {"changes": said})


def _tell(request: PortalRequest, done: Recorded) -> None:
    if done.new:
        words = ngettext(
            "%(count)s answer is recorded. What holds now stands below.",
            "%(count)s answers are recorded. What holds now stands below.",
            done.new,
        )
        messages.success(request, words % {"count": done.new})
    else:
        messages.info(request, _("These answers were recorded already."))
    for words in dict.fromkeys(told_after(row) for row in done.answers):
        if words:
            messages.warning(request, words)
    if done.scan is not None:
        tell_changes(request, queries.paper_of(done.scan).changes)
