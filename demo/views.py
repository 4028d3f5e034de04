"""The start page of the demo: who is who, and one click to be them."""

from __future__ import annotations

import ipaddress

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from access.models import User
from demo.people import CAST, FAMILIES, STAFF


def _only_from_this_machine(request: HttpRequest) -> None:
    """The door without a password answers to this machine alone, whatever the settings say."""
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        here = False
    if not here or "HTTP_X_FORWARDED_FOR" in request.META:
        raise Http404


@require_GET
def cast(request: HttpRequest) -> HttpResponse:
    """Everybody of the demo, with a sentence and a button."""
    _only_from_this_machine(request)
    return render(request, "demo/cast.html", {"staff": STAFF, "families": FAMILIES})


@require_POST
def sign_in(request: HttpRequest, username: str) -> HttpResponse:
    """Signs in as one of the cast, as if with both factors."""
    _only_from_this_machine(request)
    if username not in {person.username for person in CAST}:
        raise Http404
    user = get_object_or_404(User, username=username, is_active=True)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, "demo")
    request.session["demo_door"] = True
    return redirect("home")
