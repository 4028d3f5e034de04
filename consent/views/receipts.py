"""Receipts: a page at once, and a paper that is made when it is first asked for."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries
from consent.actions.papers import keep_paper, paper_of
from consent.documents.receipts import parts_of
from consent.documents.receipts import receipt_paper as made_paper
from consent.models import Receipt
from pdf.errors import NotMade
from vault.errors import Unreadable

# It can do nothing where it is opened: no script, no request, no form, no parent page.
_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@page(Permission.ANSWER_CONSENT, shows=Shows.PUPILS)
def receipt(request: PortalRequest, receipt_id: uuid.UUID) -> HttpResponse:
    """What I signed: the very text, the answers, the moment, and the code."""
    found = _own(request, receipt_id)
    parts = parts_of(found)
    request.page.names(*(part.pupil for part in parts), ground=Ground.OWN, target=found.pk)
    context = {
        "receipt": found,
        "parts": parts,
        "asked": queries.asked_now(queries.children_of(request.user, on=request.day)),
    }
    return render(request, "consent/family/receipt.html", context)


@page(Permission.ANSWER_CONSENT, methods=("POST",), shows=Shows.PUPILS, kind=Kind.DOWNLOAD)
def receipt_paper(request: PortalRequest, receipt_id: uuid.UUID) -> HttpResponse:
    """The paper, made when there is none yet; after that it never changes."""
    found = _own(request, receipt_id)
    parts = parts_of(found)
    request.page.names(*(part.pupil for part in parts), ground=Ground.OWN, target=found.pk)
    try:
        if hasattr(found, "paper"):
            return _served(paper_of(found), found)
        data = made_paper(found, parts)
    except NotMade as refusal:
        messages.error(request, str(refusal.sentence))
    except Unreadable:
        messages.error(request, _("This paper can't be read any more. The school can help you."))
    else:
        kept = keep_paper(receipt=found, data=data, by=request.user, on=request.day)
        return _served(kept, found)
    return redirect("receipt", found.pk)


def _own(request: PortalRequest, receipt_id: uuid.UUID) -> Receipt:
    rows = queries.receipts_visible_to(request.user, on=request.day).select_related("paper")
    return get_object_or_404(rows, pk=receipt_id)


def _served(data: bytes, found: Receipt) -> HttpResponse:
    name = f"receipt-{localdate(found.signed_at).isoformat()}.pdf"
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": _ALONE,
            "X-Content-Type-Options": "nosniff",
        },
    )
