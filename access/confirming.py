"""Who signs something shows once more that it is them, unless they did so ten minutes ago.

By password on the page itself, or by passkey or app on a page of its own and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows import reauthentication
from allauth.core.internal import ratelimit
from django.utils.http import urlencode

from access.gate import PortalRequest

_TRIES = {"signing": "10/m/user"}


class TooOften(RuntimeError):
    """Somebody tried more passwords in a minute than a person would."""


@dataclass(frozen=True)
class Asked:
    """What the page asks of who signs; no form when they confirmed it just now."""

    form: ReauthenticateForm | None
    has_password: bool
    ways: list[dict[str, str]]


def asked_of(request: PortalRequest, *, back: str, form: ReauthenticateForm | None = None) -> Asked:
    """What to ask on the page at the address `back`; `form` is one that was filled in wrongly."""
    asks = form or _form(request)
    ways = _other_ways(request, back) if asks else []
    return Asked(asks, request.user.has_usable_password(), ways)


def confirm(request: PortalRequest) -> ReauthenticateForm | None:
    """Takes what was sent: none when it is them, else the form that says what is wrong.

    Raises TooOften after ten tries in a minute.
    """
    form = _form(request, request.POST)
    if form is None:
        return None
    if not ratelimit.consume(
        request, app="portal", action="signing", config=_TRIES, user=request.user
    ):
        raise TooOften
    if not form.is_valid():
        return form
    reauthentication.reauthenticate_by_password(request)
    return None


def _form(request: PortalRequest, data: Any = None) -> ReauthenticateForm | None:
    """The form that asks the password; none when this person confirmed it within ten minutes."""
    if not reauthentication.is_reauthentication_required(request, app="portal"):
        return None
    form = ReauthenticateForm(data, user=request.user)
    form.fields["password"].widget.attrs.pop("placeholder", None)  # its label stands above it
    return form


def _other_ways(request: PortalRequest, back: str) -> list[dict[str, str]]:
    """A passkey, or a code of an app: on a page of its own, and back here."""
    follows = urlencode({"next": back})
    methods = get_adapter().get_reauthentication_methods(request.user)
    return [
        {"label": str(way["description"]), "url": f"{way['url']}?{follows}"}
        for way in methods
        if way["id"] != "reauthenticate"
    ]
