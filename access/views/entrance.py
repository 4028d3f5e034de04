"""Pages that stand before the gate: health, the CSRF failure page, language, the second step."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.actions.accounts import choose_language
from access.doors import door_of
from access.gate import CHECKS
from access.kept import came_from_here, give_back
from access.models import User

WANTED = "wanted_address"


def health(request: HttpRequest) -> HttpResponse:
    """Answers that the process is alive; touches no database and shows nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere: nothing was changed.

    What somebody typed on a page of our own comes back; never what another site sends.
    """
    match = request.resolver_match
    if match is not None and hasattr(match.func, "gate") and came_from_here(request):
        kept = give_back(request)
        if kept is not None:
            return kept
    return render(request, "403_csrf.html", status=403)


@require_http_methods(["GET", "POST"])
def session_left(request: HttpRequest) -> JsonResponse:
    """How many seconds one's own session has left, for a page that waits; by POST it goes on.

    With the token that a form needs now: the one in the page does not survive signing in again.
    """
    is_in = CHECKS["signed_in"](request) and CHECKS["second_factor"](request)
    return JsonResponse(
        {
            "seconds": int(getattr(request, "seconds_left", 0)) if is_in else 0,
            "person": str(request.user.pk) if is_in else "",
            "token": get_token(request),
        }
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switches the language: a cookie for a visitor, kept with the account of who is signed in."""
    response = i18n.set_language(request)
    language = request.POST.get("language", "")
    user = request.user
    known = language in dict(settings.LANGUAGES)
    if isinstance(user, User) and known and language != user.language:
        with door_of(request, user) as on:
            choose_language(user=user, language=language, by=user, on=on)
    return response


@require_GET
def second_step(request: HttpRequest) -> HttpResponse:
    """Asks staff for their second factor, or to set one up, before any pupil's data shows.

    Keeps where the person wanted to go; once the session passed, this page sends them there.
    """
    if not isinstance(request.user, User):
        return redirect("account_login")
    wanted = request.GET.get("next", "") or request.session.get(WANTED, "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = "/"
    if CHECKS["second_factor"](request):
        request.session.pop(WANTED, None)
        return redirect(wanted)
    types = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in types:
        return redirect(f"{resolve_url('mfa_reauthenticate')}?{urlencode({'next': wanted})}")
    if Authenticator.Type.WEBAUTHN in types:
        asking = resolve_url("mfa_reauthenticate_webauthn")
        return redirect(f"{asking}?{urlencode({'next': wanted})}")
    request.session[WANTED] = wanted
    return render(request, "access/second_step.html", {"wanted": wanted})


def after_second_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For one's own factors and codes: who has a factor passes it first in this session.

    allauth asks for password *or* factor. A session opened with the password before the factor
    was set up could read the recovery codes, or add a factor of its own, and so get past it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User) and not _passed(request):
            types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
            has = set(
                Authenticator.objects.filter(user=request.user, type__in=types).values_list(
                    "type", flat=True
                )
            )
            if has:
                by_code = Authenticator.Type.TOTP in has
                return redirect("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
        return view(request, *args, **kwargs)

    return guarded


def _passed(request: HttpRequest) -> bool:
    methods = request.session.get("account_authentication_methods", [])
    return any(method.get("method") == "mfa" for method in methods)


def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """allauth asks nobody whether a passkey may go; staff keep at least one second factor."""
    if isinstance(request.user, User):
        own = Authenticator.objects.filter(pk=pk, user=request.user).first()
        if own is not None and not get_adapter().can_delete_authenticator(own):
            messages.error(
                request,
                _("Staff keep a second factor. Set up a new one first, then remove this one."),
            )
            return redirect("mfa_index")
    response: HttpResponse = passkeys.remove_webauthn(request, pk=pk)
    return response
