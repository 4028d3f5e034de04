"""Writes down what happens to second factors.

allauth offers no adapter hook for these, but signals of its own; we listen to those (and define
none ourselves). Listening here also lets a session count as passed once its factor was set up.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from access.models import User
from audit import events
from audit.entrance import note
from audit.events import Outcome

_CODES = Authenticator.Type.RECOVERY_CODES


def listen() -> None:
    """Starts listening; called once, when the programme starts."""
    for signal, receiver in (
        (signals.authenticator_added, _added),
        (signals.authenticator_removed, _removed),
        (signals.authenticator_reset, _reset),
        (signals.authenticator_used, _used),
        (signals.authentication_failed, _failed),
    ):
        signal.connect(receiver, dispatch_uid=receiver.__name__)


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Whoever just proved to hold the new factor has passed it in this session."""
    if authenticator.type == _CODES:
        note(request, events.RECOVERY_CODES_MADE, user)
        return
    note(request, events.SECOND_FACTOR_ADDED, user, detail={"type": authenticator.type})
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def _removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any
) -> None:
    note(request, events.SECOND_FACTOR_REMOVED, user, detail={"type": authenticator.type})


def _reset(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    note(request, events.RECOVERY_CODES_MADE, user)


def _used(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    used_code = authenticator.type == _CODES
    event = events.RECOVERY_CODE_USED if used_code else events.SECOND_FACTOR_USED
    note(request, event, user, detail={"type": authenticator.type})


def _failed(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    note(request, events.SECOND_FACTOR_FAILED, user, Outcome.REFUSED)
