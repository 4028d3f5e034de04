"""The log, for who supervises it: director and deputy, privacy officer and FG."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit import queries, subjects
from audit.documents import log_as_csv
from audit.forms import LogSearch
from audit.grounds import Ground
from audit.lines import Line, lines, shown_in
from audit.models import LogEntry

PAGE = 50
EXPORT = 5000  # rows in one file


@page(
    Permission.READ_LOG,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LIST,
    reads_only=True,
)
def log(request: PortalRequest) -> HttpResponse:
    """The newest rows of the school, or those that were looked for."""
    form = LogSearch(request.POST or None)
    rows = _wanted_rows(request, form)
    rows = queries.older_than(rows, request.POST.get("page", ""))
    found, following = queries.page_and_next(rows, PAGE)
    shown = _in_words(request, found)
    return render(
        request,
        "audit/log.html",
        {
            "form": form,
            "lines": shown,
            "following": following,
            "is_first": not request.POST.get("page"),
            "hides_own_child": bool(subjects.own_children(request.user)),
            "export_limit": EXPORT,
        },
    )


@page(
    Permission.READ_LOG,
    methods=("POST",),
    shows=Shows.PUPILS,
    kind=Kind.EXPORT,
    reads_only=True,
)
def log_export(request: PortalRequest) -> HttpResponse:
    """The same rows as a file; at most the newest few thousand."""
    form = LogSearch(request.POST)
    rows = _wanted_rows(request, form).order_by(*queries.NEWEST_FIRST)[:EXPORT]
    shown = _in_words(request, list(rows), all_names=True)
    response = HttpResponse(log_as_csv(shown), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="log-{request.day.isoformat()}.csv"'
    return response


@page(Permission.READ_LOG, shows=Shows.PUPILS)
def log_request(request: PortalRequest, request_id: uuid.UUID) -> HttpResponse:
    """Everything that one request wrote down: what was asked, and what came of it."""
    found = list(queries.rows_of_request(request.user, request_id, on=request.day))
    if not found:
        raise Http404
    shown = _in_words(request, found)
    return render(request, "audit/request.html", {"lines": shown, "request_id": request_id})


def _wanted_rows(request: PortalRequest, form: LogSearch) -> QuerySet[LogEntry]:
    """The rows that fit the form; none when it was filled in wrongly."""
    rows = queries.log_rows_visible_to(request.user, on=request.day)
    if not form.is_bound:
        return rows
    if not form.is_valid():
        return rows.none()
    if form.has_changed() and request.page.kind is Kind.LIST:
        request.page.becomes(Kind.SEARCH)
    return queries.narrowed(rows, form.wanted(request.user, on=request.day))


def _in_words(
    request: PortalRequest, rows: list[LogEntry], *, all_names: bool = False
) -> list[Line]:
    """Rows with the names still known; the page names exactly the pupils that it shows."""
    keys = {key for row in rows for key in row.subjects}
    known = subjects.named(keys, request.user, on=request.day)
    made = lines(rows, known, all_names=all_names)
    request.page.names(*shown_in(made), ground=Ground.OVERSIGHT)
    return made
