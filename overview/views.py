"""The start page and the home of each role."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from access.gate import PortalRequest, page
from access.models import User
from access.permissions import Permission


def start(request: HttpRequest) -> HttpResponse:
    """Sends each person to their own door: home, the cast of the demo, or the sign-in page."""
    if isinstance(request.user, User):
        return redirect("home")
    return redirect("demo_cast" if settings.DEMO else "account_login")


@page(Permission.SEE_HOME)
def home(request: PortalRequest) -> HttpResponse:
    """The home of whoever is signed in."""
    return render(request, "overview/home.html", {"roles": request.user.roles_on(request.day)})
