"""The innermost middleware: one transaction a request, and one row for every look and refusal."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from access.acting import UnrecordedChange, Work, acting_as, before_the_door
from access.gate import Gate, Kind, Page, Shows
from access.models import Membership, User
from access.requests import DatedRequest
from audit import events, refusals
from audit.actions import damage_rows, row, write
from audit.grounds import Ground
from audit.models import LogEntry

_EVENT_OF_KIND = {
    Kind.LOOK: events.PAGE_SEEN,
    Kind.LIST: events.PAGE_LISTED,
    Kind.SEARCH: events.SEARCHED,
    Kind.EXPORT: events.EXPORTED,
    Kind.PRINT: events.PRINTED,
    Kind.CHANGE: events.FORM_SENT,
    Kind.FILE: events.FILE_SEEN,
    Kind.DOWNLOAD: events.FILE_DOWNLOADED,
    Kind.THUMBNAIL: events.THUMBNAIL_SEEN,
}


_REPEATED_FOR = timedelta(minutes=1)
_LARGEST_NUMBER = 100_000  # what nobody's file has is not written down
OVERTAKEN = 409  # "somebody was first": nothing was saved, but the page shows what they wrote


class NamesNobody(RuntimeError):
    """A page marked as showing pupils did not say whose data it shows: it is not sent."""


class RecordedRequest:
    """Opens the door for whoever is signed in, and writes down what the page did.

    Behind a gate, the whole view runs in one transaction under `portal_web`, read-only unless it
    may write. The row about the request is written after that transaction; if that fails, the
    visitor gets an error page and sees nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: DatedRequest) -> HttpResponse:
        match = _match(request)
        gate: Gate | None = getattr(match.func, "gate", None) if match else None
        user = request.user if isinstance(request.user, User) else None
        held = _membership(user, gate, request)
        work = Work(
            by=user,
            on=request.day,
            remote_addr=client_address(request),
            role=held.role if held and gate else "",
            unit_id=held.unit_id if held else None,
        )
        if gate is None:
            with before_the_door(work):
                response = self.get_response(request)
        else:
            response = self._behind_the_gate(request, work, gate)
        return self._recorded(request, response, work, match)

    def _behind_the_gate(self, request: HttpRequest, work: Work, gate: Gate) -> HttpResponse:
        """The view in its transaction; an answer of 400 or more rolls back what was written."""
        read_only = gate.is_read_only(request.method)
        try:
            with acting_as(work.by, on=work.on, read_only=read_only, work=work):
                response = self.get_response(request)
                if response.status_code >= 400:
                    work.abandon()
                _must_name(request, response, gate)
                return response
        except (NamesNobody, UnrecordedChange, DatabaseError) as error:  # the last: at the commit
            got_request_exception.send(sender=self.__class__, request=request)
            structlog.get_logger("audit").error("page_not_sent", reason=type(error).__name__)
            return HttpResponse(render_to_string("500.html"), status=500)

    def _recorded(
        self,
        request: HttpRequest,
        response: HttpResponse,
        work: Work,
        match: ResolverMatch | None,
    ) -> HttpResponse:
        try:
            entries = [*self._about(request, response, work, match), *damage_rows(work)]
            write(entries)
        except DatabaseError:
            return HttpResponse(render_to_string("500.html"), status=503)
        return response

    def _about(
        self,
        request: HttpRequest,
        response: HttpResponse,
        work: Work,
        match: ResolverMatch | None,
    ) -> list[LogEntry]:
        """The rows about the request itself, if it deserves one of its own."""
        if not _deserves_a_row(request, response):
            return []
        if _is_refused_visitor(work, response) and not refusals.has_a_row(
            work.remote_addr, now=timezone.now()
        ):
            return []
        entries = _rows(request, response, work, match)
        return [] if _stands_already(request, entries[0]) else entries


def _rows(
    request: HttpRequest, response: HttpResponse, work: Work, match: ResolverMatch | None
) -> list[LogEntry]:
    """One row about the request; for a list with pupils of several schools one for each."""
    page: Page | None = getattr(request, "page", None)
    event, outcome = _event_and_outcome(response.status_code, page)
    shown = page.subjects_by_school() if page else {None: []}
    entries = []
    for school, subjects in shown.items():
        entry = row(
            work,
            event,
            by=work.by,
            subjects=subjects,
            ground=(page.ground if page and page.ground else Ground.NONE),
            outcome=outcome,
        )
        entry.unit = school or entry.unit
        entry.object_pk = (page.target if page else "") or _first_key(match)
        entry.additional_data = {
            "page": match.view_name if match else "unknown",
            "method": request.method,
            "status": response.status_code,
            **(_numbers(match) if page and page.named else {}),
            **({"printed": page.printed} if page and page.printed else {}),
        }
        entries.append(entry)
    return entries


def _event_and_outcome(status: int, page: Page | None) -> tuple[events.Event, events.Outcome]:
    """What happened, from how the page ended."""
    if status >= 500:
        return events.PAGE_FAILED, events.Outcome.FAILED
    if status >= 400 and status != OVERTAKEN:
        return events.PAGE_REFUSED, events.Outcome.REFUSED
    return _EVENT_OF_KIND[page.kind if page else Kind.LOOK], events.Outcome.SUCCESS


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from: through our own proxies only, never on the client's word."""
    address: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = [h.strip() for h in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-proxies] if len(hops) >= proxies else ""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _membership(user: User | None, gate: Gate | None, request: DatedRequest) -> Membership | None:
    """In which role, and where, somebody comes in: the first that opens this page, else any."""
    if user is None:
        return None
    opening = user.memberships_with(gate.permission, request.day) if gate else []
    return opening[0] if opening else user.first_membership_on(request.day)


def _must_name(request: HttpRequest, response: HttpResponse, gate: Gate) -> None:
    page: Page | None = getattr(request, "page", None)
    if (
        page is not None
        and gate.shows is not Shows.NOTHING
        and (response.status_code < 300 or response.status_code == OVERTAKEN)
        and not page.named
    ):
        raise NamesNobody(getattr(request.resolver_match, "view_name", ""))


def _deserves_a_row(request: HttpRequest, response: HttpResponse) -> bool:
    """Every refusal and failure; every page behind the gate, unless its action recorded it.

    Who was sent to sign in first, also by htmx (204), passed no gate and saw no page.
    """
    if response.status_code >= 400:
        return True
    return hasattr(request, "page") and response.status_code < 300


def _stands_already(request: HttpRequest, entry: LogEntry) -> bool:
    """Whether a row of the last minute says the same of a page that asks for itself again."""
    page: Page | None = getattr(request, "page", None)
    if page is None or not page.is_repeated or entry.outcome != events.Outcome.SUCCESS:
        return False
    since = entry.timestamp - _REPEATED_FOR
    alike = LogEntry.objects.filter(object_pk=entry.object_pk, timestamp__gt=since)
    return alike.filter(
        actor=entry.actor_id,
        event=entry.event,
        outcome=entry.outcome,
        additional_data=entry.additional_data,
    ).exists()


def _is_refused_visitor(work: Work, response: HttpResponse) -> bool:
    """Whether nobody signed in was refused: nothing but an address is known of them."""
    return work.by is None and 400 <= response.status_code < 500


def _numbers(match: ResolverMatch | None) -> dict[str, int]:
    """Which version and which page of a file, as the address says."""
    values = match.kwargs.items() if match else []
    return {name: n for name, n in values if isinstance(n, int) and n <= _LARGEST_NUMBER}


def _first_key(match: ResolverMatch | None) -> str:
    """The key in the address, so that a refusal says what was tried.

    Text in an address is left out: it may be the secret of an invitation or of a reset.
    """
    values: list[Any] = list(match.kwargs.values()) if match else []
    keys = [str(value) for value in values if isinstance(value, uuid.UUID | int)]
    return keys[0] if keys else ""
