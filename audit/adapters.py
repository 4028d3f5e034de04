"""allauth's adapters: sign-up is closed, and each sign-in, failure and sign-out is recorded."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse

from access.acting import Work, acting_as, current_work
from access.models import User
from audit import events
from audit.actions import record
from audit.events import Event, Outcome
from audit.grounds import Ground


def _note(
    request: HttpRequest, event: Event, user: User | None, outcome: str = Outcome.SUCCESS
) -> None:
    """One row about a sign-in, in a transaction of its own."""
    outer = current_work()
    day = request.day  # type: ignore[attr-defined]  # set by SessionLifetime
    work = Work(by=user, on=day, remote_addr=outer.remote_addr if outer else None)
    if outer is not None:
        work.request_id = outer.request_id
    with acting_as(user, on=day, work=work):
        record(event, by=user, ground=Ground.OWN, outcome=outcome)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account for themselves: staff are invited, families get a code."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Records the sign-in before the first page."""
        _note(request, events.SIGNED_IN, user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Records the sign-out."""
        user = request.user if isinstance(request.user, User) else None
        _note(request, events.SIGNED_OUT, user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Records that somebody failed to sign in, without the name that was typed."""
        _note(request, events.SIGN_IN_FAILED, None, Outcome.REFUSED)
        super().authentication_failed(request, **credentials)

    def set_password(self, user: User, password: str) -> None:
        """Records that a password was set."""
        super().set_password(user, password)
        request = getattr(self, "request", None)
        if request is not None:
            _note(request, events.PASSWORD_CHANGED, user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors carry the portal's name."""

    def get_user_display_name(self, user: User) -> str:
        """Shown on the device beside the code."""
        return user.username
