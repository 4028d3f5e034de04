"""allauth's adapters: sign-up is closed, secrets are sealed, each coming and going is recorded."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import seals
from access.models import User
from audit import events
from audit.entrance import note
from audit.events import Outcome
from audit.middleware import client_address

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: staff are invited, families get a code."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never; there is no address for it either."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Rate limits count by the address our own proxies saw, never on the client's word."""
        address = client_address(request)
        if address is None:
            raise PermissionDenied
        return address

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in within ten minutes is not asked for the same password again."""
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((r["at"] for r in records if r["method"] in ("password", "mfa")), default=0)
        return bool(time.time() - latest >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Records the sign-in before the first page, which comes in the person's language."""
        note(request, events.SIGNED_IN, user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
        return response

    def logout(self, request: HttpRequest) -> None:
        """Records the sign-out."""
        user = request.user if isinstance(request.user, User) else None
        note(request, events.SIGNED_OUT, user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Records that somebody failed to sign in, without the name that was typed."""
        user = request.user if isinstance(request.user, User) else None
        note(request, events.SIGN_IN_FAILED, user, Outcome.REFUSED)
        super().authentication_failed(request, **credentials)

    def set_password(self, user: User, password: str) -> None:
        """Stores the password only (the web login may write no more) and records it.

        Signed in it is a change; signed out it came by the link in a mail.
        """
        user.set_password(password)
        user.save(update_fields=["password"])
        request = self.request
        if request is not None:
            signed_in = request.user.is_authenticated
            note(request, events.PASSWORD_CHANGED if signed_in else events.PASSWORD_RESET, user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors carry the portal's name, are sealed at rest, and staff always keep one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Staff keep a second factor. Set up a new one first, then turn this one off."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seals the secret of an app with codes, or the seed of recovery codes."""
        return seals.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Opens what `encrypt` sealed."""
        return seals.unseal(encrypted_text)

    def get_user_display_name(self, user: User) -> str:
        """Shown on the device beside the code."""
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one second factor: a new one first, then the old one goes."""
        user = authenticator.user
        if not user.is_staff_on(timezone.localdate()):
            return True
        others = Authenticator.objects.filter(user=user, type__in=_FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Signing out everywhere else is recorded."""

    def end_sessions(self, sessions: Any) -> None:
        """Ends the sessions and says how many."""
        ended = list(sessions)
        super().end_sessions(ended)
        request = context.request
        if ended and isinstance(request.user, User):
            note(request, events.OTHER_SESSIONS_ENDED, request.user, detail={"count": len(ended)})
