"""Sending a file."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from access.errors import Refused
from access.gate import Kind, PortalRequest, page
from access.permissions import Permission
from access.uploads import WhyLeftOut, left_out
from students.roster import actions, queries
from students.roster.forms import UploadForm
from students.roster.parents_csv import template


@page(
    Permission.IMPORT_ROSTER,
    methods=("GET", "POST"),
    kind=Kind.CHANGE,
    uploads=settings.UPLOAD_LIMIT,
)
def roster_upload(request: PortalRequest) -> HttpResponse:
    """Takes a file into memory, reads it, and shows what it would change."""
    schools = queries.schools_importable_by(request.user, on=request.day).order_by("unit__name")
    earlier = queries.imports_visible_to(request.user, on=request.day)
    sources = sorted(set(earlier.values_list("source", flat=True)))
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        schools=schools,
        initial={"source": sources[0] if len(sources) == 1 else ""},
    )
    missing = left_out(request)
    if missing:
        form.errors.clear()
        form.add_error("file", _why_left_out(missing[0].why))
    elif request.method == "POST" and form.is_valid():
        try:
            made = actions.read_roster(
                school=form.cleaned_data["school"],
                data=form.cleaned_data["file"].read(),
                source=form.cleaned_data["source"],
                by=request.user,
                on=request.day,
            )
            return redirect("roster_import", made.pk)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
    return render(request, "students/roster/upload.html", {"form": form, "sources": sources})


def _why_left_out(why: WhyLeftOut) -> str:
    if why is WhyLeftOut.BUSY:
        return _("Others are sending files right now. Wait a moment and send yours again.")
    return _("The file is larger than 64 MB. Export one school at a time.")


@page(Permission.IMPORT_ROSTER, kind=Kind.EXPORT)
def parents_template(request: PortalRequest) -> HttpResponse:
    """An empty parents file with the names of its columns."""
    response = HttpResponse(template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="parents.csv"'
    return response
