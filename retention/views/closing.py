"""The end of a destruction list: what other systems hold, and the certificate."""

from __future__ import annotations

import uuid
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from access.attempts import attempt_and_tell
from access.downloads import pdf_download
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from audit.frozen import paper_of
from audit.grounds import Ground
from retention.actions.other_systems import confirm_other_systems as confirm
from retention.forms.closing import OtherSystemsForm
from retention.queries.closing import certificate_of, other_systems_of
from retention.views.lists import found_list
from vault.errors import Unreadable


@page(Permission.HANDLE_LISTS, methods=("POST",), kind=Kind.CHANGE)
def confirm_other_systems(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """Takes the answers about other systems; names nobody, so shows nobody."""
    made = found_list(request, list_id)
    form = OtherSystemsForm(request.POST, systems=other_systems_of(made))
    if not form.is_valid():
        messages.warning(request, _("Choose one of the answers."))
        return redirect("destruction_list", made.pk)
    say = partial(confirm, made=made, answers=form.answers(), by=request.user, on=request.day)
    attempt_and_tell(request, say, done=_("Saved. The last answer counts until the list closes."))
    return redirect("destruction_list", made.pk)


@page(Permission.SEE_LISTS, methods=("POST",), kind=Kind.DOWNLOAD, reads_only=True)
def destruction_certificate(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """The certificate as it was frozen; it names no pupil."""
    made = found_list(request, list_id)
    certificate = certificate_of(made)
    if certificate is None:
        messages.info(request, _("This list has no certificate yet."))
        return redirect("destruction_list", made.pk)
    request.page.names(ground=Ground.RETENTION, unit=made.school_id, target=certificate.pk)
    try:
        paper = paper_of(certificate)
        return pdf_download(paper, f"certificate-{certificate.number}.pdf")
    except Unreadable:
        messages.error(request, _("The certificate can't be opened. Tell who runs the portal."))
    return redirect("destruction_list", made.pk)
