"""The gate every page has: who may come in, by which method, and whose data it will show.

A view without a gate, other than the few listed in `OPEN_VIEWS`, fails a test. The gate asks the
role (403); the view's own query asks the object (404 when not yours).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from access.kept import give_back
from access.models import User
from access.permissions import Permission
from access.requests import DatedRequest


class Shows(StrEnum):
    """Whose data a page shows; a page that shows pupils must name them or it is not sent."""

    NOTHING = "nothing"
    PUPIL = "pupil"
    PUPILS = "pupils"


class Kind(StrEnum):
    """What somebody does with what is shown, for the log (NEN 7513: type of event)."""

    LOOK = "look"
    LIST = "list"
    SEARCH = "search"
    EXPORT = "export"
    PRINT = "print"
    CHANGE = "change"
    FILE = "file"
    DOWNLOAD = "download"
    THUMBNAIL = "thumbnail"


class HasLogKey(Protocol):
    """Anything the log can point at: a pupil."""

    @property
    def log_key(self) -> uuid.UUID: ...


@dataclass
class Page:
    """What this request shows, filled in by the view."""

    permission: Permission
    shows: Shows
    kind: Kind
    subjects: list[uuid.UUID] = field(default_factory=list)
    schools: dict[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    ground: str = ""
    unit_id: uuid.UUID | None = None
    target: str = ""
    named: bool = False
    is_repeated: bool = False
    printed: dict[str, list[str]] = field(default_factory=dict)

    def names(
        self,
        *subjects: HasLogKey,
        ground: str,
        unit: uuid.UUID | None = None,
        target: object = "",
    ) -> None:
        """Says whose data the page shows (none is an answer too: an empty list) and why."""
        self.named = True
        self.subjects = list(dict.fromkeys([*self.subjects, *(s.log_key for s in subjects)]))
        self.ground = ground
        self.unit_id = unit or self.unit_id
        self.schools.update((s.log_key, getattr(s, "school_id", None)) for s in subjects)
        self.target = str(target) if target else self.target

    def subjects_by_school(self) -> dict[uuid.UUID | None, list[uuid.UUID]]:
        """Whose data it shows, per school where that is known: each school's log has its own."""
        if self.unit_id is not None:
            return {self.unit_id: self.subjects}
        found: dict[uuid.UUID | None, list[uuid.UUID]] = {}
        for subject in self.subjects:
            found.setdefault(self.schools.get(subject), []).append(subject)
        return found or {None: []}

    def prints(self, **kinds: Iterable[uuid.UUID]) -> None:
        """Says by their keys what goes on paper; the row in the log holds them."""
        named = {kind: [str(key) for key in keys] for kind, keys in kinds.items()}
        self.printed = {kind: keys for kind, keys in named.items() if keys}

    def repeats(self) -> None:
        """Says that the browser asks for this page every few seconds, to see how far work is.

        One row a minute then stands for them all. Only for a page that shows nobody.
        """
        if self.shows is not Shows.NOTHING:
            raise ValueError("a page that shows pupils has a row each time")
        self.is_repeated = True

    def becomes(self, kind: Kind) -> None:
        """Says that this use of the page is a search, a print or an export."""
        self.kind = kind


class PortalRequest(DatedRequest):
    """A request that passed the gate."""

    user: User  # never anonymous behind the gate
    page: Page


@dataclass(frozen=True)
class Gate:
    """What the gate of one view demands; the tests read it."""

    permission: Permission
    methods: tuple[str, ...]
    shows: Shows
    kind: Kind
    reads_only: bool
    uploads: int  # the most bytes that one file may have; 0 takes none

    def is_read_only(self, method: str | None) -> bool:
        """Whether this request may not write: GET and HEAD always, searches by POST too."""
        return self.reads_only or method in ("GET", "HEAD")


def is_signed_in(request: HttpRequest) -> bool:
    """Whether somebody with an open account is signed in."""
    return request.user.is_authenticated and request.user.is_active


def passed_second_factor(request: DatedRequest) -> bool:
    """Whether this session passed a second factor; people without a staff role need none."""
    assert isinstance(request.user, User)
    if not request.user.is_staff_on(request.day):
        return True
    methods = request.session.get("account_authentication_methods", [])
    return any(m.get("method") == "mfa" for m in methods) or (
        settings.DEMO and bool(request.session.get("demo_door"))
    )


def holds_permission(request: DatedRequest, permission: Permission) -> bool:
    """Whether one of the person's roles gives the permission today."""
    assert isinstance(request.user, User)
    return bool(request.user.memberships_with(permission, request.day))


# Replaced by the tests that show what the database's own lock holds; never by the product.
CHECKS: dict[str, Callable[..., bool]] = {
    "signed_in": is_signed_in,
    "second_factor": passed_second_factor,
    "permission": holds_permission,
}

# Everything open to visitors or to anybody signed in, by the reason it has no gate. Each is tested.
OPEN_VIEWS: dict[str, str] = {
    "health": "asked by the load balancer; shows nothing",
    "start": "the start page: sends each person to their own door",
    "session_left": "says how long one's own session lasts; by POST it goes on",
    "set_language": "changes a cookie, and the language of who is signed in",
    "invitation_link": "opened from a mail: keeps the secret in the session, out of the address",
    "invitation": "shown with the secret of an invitation, before there is an account",
    "activate": "asks for a code of the school, before there is an account; fails alike",
    "activate_account": "shown with the code of a letter or mail: makes an account, or adds to one",
    "activate_mail": "asks for the figures mailed to an address, before there is an account",
    "second_step": "says that a second factor is needed; shows nothing of anybody",
    "demo_cast": "exists in the demo only",
    "demo_sign_in": "exists in the demo only",
    # allauth; each asks for itself who is signed in
    "account_login": "signing in",
    "account_logout": "signing out, by POST",
    "account_inactive": "says that an account is closed, after the right password",
    "account_reauthenticate": "asks for the password again",
    "account_change_password": "one's own password, after the old one",
    "account_set_password": "a first password for who came in without one",
    "account_reset_password": "asks for a mail; answers the same for everybody",
    "account_reset_password_done": "says that a mail was sent, if there is an account",
    "account_reset_password_from_key": "opened from that mail; a new password",
    "account_reset_password_from_key_done": "says that the new password is set",
    "mfa_index": "one's own second factors",
    "mfa_authenticate": "the second step of signing in",
    "mfa_reauthenticate": "asks for the second factor again",
    "mfa_activate_totp": "sets up an app with codes",
    "mfa_deactivate_totp": "turns it off; staff keep one factor",
    "mfa_view_recovery_codes": "one's own recovery codes, after the second factor",
    "mfa_generate_recovery_codes": "new recovery codes",
    "mfa_download_recovery_codes": "the same codes as a file",
    "mfa_list_webauthn": "one's own passkeys",
    "mfa_add_webauthn": "adds a passkey",
    "mfa_login_webauthn": "signing in with a passkey",
    "mfa_reauthenticate_webauthn": "asks for the passkey again",
    "mfa_remove_webauthn": "removes a passkey; staff keep one factor",
    "mfa_edit_webauthn": "names a passkey",
    "usersessions_list": "where one is signed in, and signing out there",
}


def page(
    permission: Permission,
    *,
    methods: tuple[str, ...] = ("GET",),
    shows: Shows = Shows.NOTHING,
    kind: Kind = Kind.LOOK,
    reads_only: bool = False,
    uploads: int = 0,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A view's gate: methods (405), signed in (to the sign-in page), second factor, role (403).

    `reads_only`: a POST that only reads (a search form): the transaction can't write.
    `uploads`: the page takes files of at most this many bytes; elsewhere a file is refused.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    gate = Gate(permission, allowed, shows, kind, reads_only, uploads)

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in gate.methods:
                return HttpResponseNotAllowed(gate.methods)
            if not CHECKS["signed_in"](request):
                return _first(settings.LOGIN_URL, request, gate)
            if not CHECKS["second_factor"](request):
                return _first("second_step", request, gate)
            request.page = Page(permission, shows, kind)
            if not CHECKS["permission"](request, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.gate = gate  # type: ignore[attr-defined]  # read by the middleware and the tests
        return guarded

    return guard


def _first(name: str, request: HttpRequest, gate: Gate) -> HttpResponseRedirectBase | HttpResponse:
    """Sends the person on, and back here afterwards; what they typed is given back first."""
    kept = None if gate.reads_only else give_back(request)
    if kept is not None:
        return kept
    address = f"{resolve_url(name)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(name)})
    return redirect(address)
