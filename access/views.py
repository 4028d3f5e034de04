"""Pages that stand before the gate: health, the CSRF failure page, the second step."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from access.models import User


def health(request: HttpRequest) -> HttpResponse:
    """Answers that the process is alive; touches no database and shows nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere: nothing was changed."""
    return render(request, "403_csrf.html", status=403)


def second_step(request: HttpRequest) -> HttpResponse:
    """Asks staff for their second factor, or to set one up, before any pupil's data shows."""
    if not isinstance(request.user, User):
        return redirect("account_login")
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = "/"
    has_one = Authenticator.objects.filter(
        user=request.user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()
    if has_one:
        return redirect(f"{resolve_url('mfa_reauthenticate')}?{urlencode({'next': wanted})}")
    return render(request, "access/second_step.html", {"wanted": wanted})
