"""Signing the report of a month by who confirmed who they are, and the paper of it."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.forms import ReauthenticateForm
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import confirming
from access.downloads import pdf_download
from access.errors import NotAllowed, Overtaken, Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from audit.digest import digest_of
from audit.frozen import paper_of
from audit.grounds import Ground
from oversight.actions.reports import Shown
from oversight.actions.reports import sign_report as sign
from oversight.documents.reports_paper import report_paper as made_paper
from oversight.documents.reports_words import period_words
from oversight.forms.reports import SigningForm
from oversight.models import SignedReport
from oversight.queries import reports as queries
from oversight.queries.reports_signed import is_about_own_child, signed_report
from oversight.rules.reports import Period
from oversight.views.reports import month_or_404, school_of
from pdf.errors import NotMade
from students.models import School
from vault.errors import Unreadable

OVERTAKEN, NOT_TAKEN = 409, 422


@page(Permission.SIGN_REPORT, methods=("GET", "POST"))
def sign_report(
    request: PortalRequest, school_id: uuid.UUID, year: int, month: int
) -> HttpResponse:
    """Asks for remarks and who it is, then signs what was read; shows nobody."""
    school = school_of(request, school_id)
    period = month_or_404(year, month, request.day)
    if school.pk not in request.user.units_with(Permission.SIGN_REPORT, request.day):
        raise NotAllowed
    if signed_report(request.user, school, period, on=request.day):
        messages.info(request, _("This report is signed already."))
        return redirect("month_report", school.pk, year, month)
    if not period.is_over(request.day):
        messages.info(request, _("A report is signed once its month is over."))
        return redirect("month_report", school.pk, year, month)
    if request.method != "POST":
        return _asked(request, school, period)
    request.page.becomes(Kind.CHANGE)
    form = SigningForm(request.POST)
    try:
        who = confirming.confirm(request)
    except confirming.TooOften:
        return render(request, "429.html", status=429)
    if who is not None or not form.is_valid():
        return _asked(request, school, period, form=form, who=who)
    return _signed(request, school, period, form)


def _signed(
    request: PortalRequest, school: School, period: Period, form: SigningForm
) -> HttpResponse:
    shown = Shown(form.cleaned_data["seen"], form.cleaned_data["remarks"])
    try:
        sign(
            school=school,
            period=period,
            shown=shown,
            language=get_language() or "nl",
            by=request.user,
            on=request.day,
        )
    except Overtaken as overtaken:
        told = str(overtaken.sentence)
        return _asked(request, school, period, remarks=shown.remarks, told=told, status=OVERTAKEN)
    except Refused as refusal:
        told = str(refusal.sentence)
        return _asked(request, school, period, remarks=shown.remarks, told=told, status=NOT_TAKEN)
    except NotMade as trouble:
        told = str(trouble.sentence)
        return _asked(request, school, period, remarks=shown.remarks, told=told, status=NOT_TAKEN)
    messages.success(request, _("The report is signed. Nobody can change it any more."))
    return redirect("month_report", school.pk, period.first.year, period.first.month)


def _asked(
    request: PortalRequest,
    school: School,
    period: Period,
    *,
    form: SigningForm | None = None,
    who: ReauthenticateForm | None = None,
    remarks: str = "",
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page before signing; what was typed stays, the numbers are those of now."""
    said = queries.said_about(request.user, school, period, on=request.day)
    seen = digest_of(said.plain())
    if form is None:
        form = SigningForm(initial={"remarks": remarks, "seen": seen})
    back = reverse("sign_report", args=[school.pk, period.first.year, period.first.month])
    asked = confirming.asked_of(request, back=back, form=who)
    context: dict[str, Any] = {
        "school": school,
        "period": period,
        "words": period_words(period),
        "said": said,
        "numbers": said.numbers,
        "form": form,
        "asked": asked,
        "told": told,
        "first_signed": signed_report(request.user, school, period, on=request.day),
    }
    return render(request, "oversight/reports/sign.html", context, status=status)


@page(Permission.READ_REPORTS, methods=("POST",), kind=Kind.DOWNLOAD, reads_only=True)
def report_paper(
    request: PortalRequest, school_id: uuid.UUID, year: int, month: int
) -> HttpResponse:
    """The signed paper as it was frozen; of a month that nobody signed a draft, marked as one."""
    school = school_of(request, school_id)
    period = month_or_404(year, month, request.day)
    report = signed_report(request.user, school, period, on=request.day)
    request.page.names(ground=Ground.OVERSIGHT, unit=school.pk, target=school.pk)
    try:
        data = _frozen(request, report) if report else _draft(request, school, period)
    except NotMade as trouble:
        messages.error(request, str(trouble.sentence))
    except Unreadable:
        messages.error(request, _("This report can't be opened. Tell who runs the portal."))
    else:
        if data is not None:
            return _served(data, period, is_signed=report is not None)
        messages.info(
            request, _("A child of yours stands on this paper by its key. Ask a colleague for it.")
        )
    return redirect("month_report", school.pk, year, month)


def _frozen(request: PortalRequest, report: SignedReport) -> bytes | None:
    """None when the reader's own child stands on it: the page leaves that line out."""
    return None if is_about_own_child(report, request.user) else paper_of(report)


def _draft(request: PortalRequest, school: School, period: Period) -> bytes:
    said = queries.said_about(request.user, school, period, on=request.day)
    return made_paper(school, period, said, None, language=get_language() or "nl")


def _served(data: bytes, period: Period, *, is_signed: bool) -> HttpResponse:
    name = f"report-{period.first:%Y-%m}{'' if is_signed else '-draft'}.pdf"
    return pdf_download(data, name)
