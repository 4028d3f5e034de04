"""Sessions that end in time, and answers that no browser or proxy keeps."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from access.models import User

SEEN = "last_seen"
MEMBERSHIPS = "memberships"


class NeverStored:
    """Everything but static files is `no-store`: the back button after sign-out shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class SessionLifetime:
    """Ends a session after idle time, and when one of its memberships ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.day = timezone.localdate()  # type: ignore[attr-defined]  # declared on PortalRequest
        user = request.user
        if isinstance(user, User):
            if self._has_ended(request, user):
                logout(request)
            else:
                self._touch(request, user)
        return self.get_response(request)

    def _has_ended(self, request: HttpRequest, user: User) -> bool:
        now = time.time()
        day = timezone.localdate()
        minutes = (
            settings.STAFF_IDLE_MINUTES if user.is_staff_on(day) else settings.FAMILY_IDLE_MINUTES
        )
        idle = now - request.session.get(SEEN, now)
        held = {str(m.pk) for m in user.memberships_on(day)}
        lost = set(request.session.get(MEMBERSHIPS, held)) - held
        return idle > minutes * 60 or bool(lost) or not user.is_active

    def _touch(self, request: HttpRequest, user: User) -> None:
        """Writes at most once a minute: a session row per click would cost a commit each."""
        now = time.time()
        held = sorted(str(m.pk) for m in user.memberships_on(timezone.localdate()))
        if now - request.session.get(SEEN, 0) > 60:
            request.session[SEEN] = int(now)
        if request.session.get(MEMBERSHIPS) != held:
            request.session[MEMBERSHIPS] = held
