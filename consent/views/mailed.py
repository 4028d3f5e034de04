"""An address that somebody types is theirs once six figures that were mailed there come back.

Whether an account has that address already is told to the address only, never on the page.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import smtplib
import time
from dataclasses import asdict, dataclass

from allauth.core.internal import ratelimit
from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from access import queries as access
from access import seals
from consent import limits
from consent.models import Code
from consent.queries.mailboxes import shared_address
from students.actions.activation import WayIn

WAITS = "activation_mail"  # in the session: what was asked for, sealed
_PURPOSE = b"portal activation mail"
_SECONDS = 30 * 60
_TRIES = 5
_MAILS = {"activation_mail": "5/30m/ip"}


def address_of(code: Code) -> str:
    """The address to which this code was mailed, if nobody signs in with it yet; else empty.

    Empty too when somebody else has the same address since: then it is looked at by mail first.
    """
    if code.route != Code.Route.MAIL or code.parent is None or not code.parent.email:
        return ""
    if shared_address(code.parent):
        return ""
    taken = access.account_by_email(code.parent.email)
    return "" if taken else code.parent.email.lower()


def send(request: HttpRequest, way_in: WayIn) -> HttpResponse:
    """Mails six figures to the address, and waits for them."""
    assert way_in.email is not None
    if not ratelimit.consume(
        request, app="consent", action="activation_mail", config=_MAILS, limit_get=True
    ):
        return render(request, "429.html", status=429)
    figures = f"{secrets.randbelow(10**6):06}"
    is_known = access.account_by_email(way_in.email) is not None
    body = render_to_string(
        "consent/mail/known_address.txt" if is_known else "consent/mail/figures.txt",
        {"figures": figures, "link": request.build_absolute_uri(reverse("account_login"))},
    )
    try:
        send_mail(_("Your account at the privacy portal"), body, None, [way_in.email])
    except (smtplib.SMTPException, OSError):
        messages.error(
            request, _("The mail could not be sent. Try again, or choose a user name instead.")
        )
        return redirect("activate_account")
    _wait(request, way_in, figures, is_known=is_known)
    return redirect("activate_mail")


@dataclass(frozen=True)
class Waits:
    """What waits for the figures: how somebody will sign in; `key` counts how often they tried."""

    way_in: WayIn
    figures: str
    until: float
    key: str

    def fits(self, figures: str) -> bool:
        """Whether these were mailed; for an address that has an account, none were."""
        return hmac.compare_digest(_hashed(figures), self.figures)


def waiting(request: HttpRequest) -> Waits | None:
    """What waits in this browser, while its time lasts."""
    try:
        kept = json.loads(seals.unseal(request.session.get(WAITS, ""), _PURPOSE))
    except (ValueError, InvalidTag):
        return None
    waits = Waits(**{**kept, "way_in": WayIn(**kept["way_in"])})
    return waits if waits.until > time.time() else None


def take_try(waits: Waits) -> int:
    """Takes one of five tries, right or wrong; below 0 none was left.

    Counted outside the session: many requests at once would each find the same number there.
    """
    return limits.take_try(f"mailed-figures-{waits.key}", most=_TRIES, seconds=_SECONDS)


def _wait(request: HttpRequest, way_in: WayIn, figures: str, *, is_known: bool) -> None:
    # For an address that somebody signs in with already, no figures fit.
    hashed = "" if is_known else _hashed(figures)
    waits = Waits(way_in, hashed, time.time() + _SECONDS, secrets.token_hex(16))
    request.session[WAITS] = seals.seal(json.dumps(asdict(waits)), _PURPOSE)


def _hashed(figures: str) -> str:
    return hashlib.sha256(figures.encode()).hexdigest()
