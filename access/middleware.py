"""Sessions that end in time, and answers that no browser or proxy keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from access.models import User
from access.recording import Happening, record_at_the_door
from access.requests import DatedRequest

SEEN = "last_seen"
MEMBERSHIPS = "memberships"
AGAIN = "again"


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

    def __call__(self, request: DatedRequest) -> HttpResponse:
        day = timezone.localdate()
        request.day = day
        user = request.user
        if isinstance(user, User):
            seconds = _idle_seconds(user, day)
            reason = self._why_ended(request, user, day, seconds)
            if reason is None:
                if SEEN not in request.session or not _only_asks(request):
                    self._touch(request, user, day)
                seen = request.session.get(SEEN, time.time())
                request.seconds_left = seconds - (time.time() - seen)  # for pages that wait
            else:
                record_at_the_door(request, Happening.SESSION_ENDED, user)
                logout(request)
                messages.info(request, reason)
        return self.get_response(request)

    def _why_ended(self, request: HttpRequest, user: User, day: date, seconds: int) -> str | None:
        """What to tell somebody whose session ends now; none while it goes on."""
        now = time.time()
        if now - request.session.get(SEEN, now) > seconds:
            return _("You did nothing for a while, so you were signed out. Please sign in again.")
        held = {str(m.pk) for m in user.memberships_on(day)}
        if set(request.session.get(MEMBERSHIPS, held)) - held:
            return _("One of your roles ended, so you were signed out. Please sign in again.")
        return None

    def _touch(self, request: HttpRequest, user: User, day: date) -> None:
        """Writes at most once a minute: a session row per click would cost a commit each."""
        now = time.time()
        held = sorted(str(m.pk) for m in user.memberships_on(day))
        if now - request.session.get(SEEN, 0) > 60:
            request.session[SEEN] = int(now)
        if request.session.get(MEMBERSHIPS) != held:
            request.session[MEMBERSHIPS] = held


def _idle_seconds(user: User, day: date) -> int:
    """How long somebody may do nothing."""
    staff = user.is_staff_on(day)
    return 60 * (settings.STAFF_IDLE_MINUTES if staff else settings.FAMILY_IDLE_MINUTES)


def _only_asks(request: HttpRequest) -> bool:
    """Whether a page asks by itself, which nobody did: how long is left, or how far work is.

    A page that loads itself again says so in its address (`?again=1`): watching keeps no session
    alive.
    """
    asks = request.path_info == reverse("session_left") or AGAIN in request.GET
    return request.method == "GET" and asks


class OwnLanguage:
    """Whoever is signed in reads the language of their account, whatever the browser's cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
