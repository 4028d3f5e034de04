"""The log, for who supervises it: director and deputy, privacy officer and FG."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit import queries, subjects
from audit.documents import log_as_csv
from audit.forms import AS_WRITTEN, Fitting, LogSearch
from audit.grounds import Ground
from audit.lines import Line, lines, shown_in
from audit.queries import Wanted
from audit.searching import Found, Place, newest

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
    search = _searched(request, form, size=PAGE)
    return render(
        request,
        "audit/log.html",
        {
            "form": form,
            "search": search,
            "as_written": AS_WRITTEN,
            "lines": _in_words(request, search),
            "following": str(search.found.following or ""),
            "is_first": not request.POST.get("page"),
            "hides_own_child": bool(subjects.own_children(request.user)),
            "export_limit": EXPORT,
            "sees_end": bool(request.user.memberships_with(Permission.SEE_LOG_END, request.day)),
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
    search = _searched(request, LogSearch(request.POST), size=EXPORT)
    shown = _in_words(request, search, all_names=True)
    response = HttpResponse(
        log_as_csv(shown, stopped_at=search.found.stopped_at),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="log-{request.day.isoformat()}.csv"'
    return response


@page(Permission.READ_LOG, shows=Shows.PUPILS)
def log_request(request: PortalRequest, request_id: uuid.UUID) -> HttpResponse:
    """Everything that one request wrote down: what was asked, and what came of it."""
    found = list(queries.rows_of_request(request.user, request_id, on=request.day))
    if not found:
        raise Http404
    shown = _in_words(request, Search(Found(found)))
    return render(request, "audit/request.html", {"lines": shown, "request_id": request_id})


@dataclass(frozen=True)
class Search:
    """What was found, and who fits the names that were typed."""

    found: Found
    people: Fitting = field(default_factory=Fitting)
    pupils: Fitting = field(default_factory=Fitting)


def _searched(request: PortalRequest, form: LogSearch, *, size: int) -> Search:
    """The newest rows that fit the form; none when it was filled in wrongly."""
    rows = queries.log_rows_visible_to(request.user, on=request.day)
    after = Place.read(request.POST.get("page", ""))
    if not form.is_bound:
        return Search(newest(rows, Wanted(), size=size, on=request.day))
    if not form.is_valid():
        return Search(Found([]))
    if form.has_changed() and request.page.kind is Kind.LIST:
        request.page.becomes(Kind.SEARCH)
    people = form.people(request.user, on=request.day)
    pupils = form.pupils(request.user, on=request.day)
    wanted = form.wanted(people, pupils)
    found = newest(rows, wanted, size=size, on=request.day, after=after)
    return Search(found, people, pupils)


def _in_words(request: PortalRequest, search: Search, *, all_names: bool = False) -> list[Line]:
    """Rows with the names still known; the page names exactly the pupils that it shows."""
    rows = search.found.rows
    keys = {key for row in rows for key in row.subjects}
    known = subjects.named(keys, request.user, on=request.day)
    family = queries.family_names(rows, request.user, on=request.day)
    made = lines(rows, known, family=family, all_names=all_names)
    request.page.names(*shown_in(made), *search.pupils.pupils, ground=Ground.OVERSIGHT)
    return made
