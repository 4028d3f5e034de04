"""A destruction list as a file to take along."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from retention import queries
from retention.documents.lists import items_csv, items_xlsx
from retention.forms.lists import ItemsForm
from retention.views.lists import GROUND, found_list

MOST_EXPORTED = 5000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(Permission.SEE_LISTS, methods=("POST",), shows=Shows.PUPILS, kind=Kind.EXPORT,
      reads_only=True)  # fmt: skip
def export_destruction_list(request: PortalRequest, list_id: uuid.UUID) -> HttpResponse:
    """What was found on a list, for a spreadsheet: names, kinds and days."""
    made = found_list(request, list_id)
    form = ItemsForm(request.POST)
    form.is_valid()
    rows = queries.items_listed(made, request.user, on=request.day, wanted=form.wanted())
    if rows.count() > MOST_EXPORTED:
        words = _("These are more than %(most)s items. Search for fewer first.")
        messages.warning(request, words % {"most": MOST_EXPORTED})
        request.page.names(ground=GROUND, unit=made.school_id, target=made.pk)
        return redirect("destruction_list", made.pk)
    listed = queries.with_dossiers(rows, on=request.day)
    dossiers = [one.dossier for one in listed if one.dossier]
    request.page.names(*dossiers, ground=GROUND, unit=made.school_id, target=made.pk)
    is_xlsx = request.POST.get("as") == "xlsx"
    data = items_xlsx(listed, name=made.name) if is_xlsx else items_csv(listed)
    ending = "xlsx" if is_xlsx else "csv"
    return HttpResponse(
        data,
        content_type=_XLSX if is_xlsx else "text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="list-{made.made_on}.{ending}"',
        },
    )
