"""Inviting staff, and accepting an invitation before there is an account."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from access import queries
from access.actions import invitations as actions
from access.attempts import attempt
from access.doors import door_of
from access.errors import Refused
from access.forms import ChoosePassword, InviteStaff
from access.gate import CHECKS, Kind, PortalRequest, page
from access.models import Invitation, User
from access.permissions import Permission
from access.requests import dated

INVITE = Permission.INVITE_STAFF
ROWS = 30
SECRET = "invitation"  # in the session: the hash, never the secret
WRONG_TRIES = {"invitation": "10/5m/ip"}


@page(INVITE, kind=Kind.LIST)
def invitations(request: PortalRequest) -> HttpResponse:
    """Invitations that wait for an answer, and those that ran out."""
    rows = queries.invitations_visible_to(request.user, on=request.day).filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    waiting = Paginator(rows.order_by("-invited_at"), ROWS).get_page(request.GET.get("page", 1))
    return render(request, "access/invitations.html", {"waiting": waiting, "now": timezone.now()})


@page(INVITE, methods=("GET", "POST"), kind=Kind.CHANGE)
def invite(request: PortalRequest) -> HttpResponse:
    """Invites somebody by mail."""
    by, on = request.user, request.day
    form = InviteStaff(request.POST or None, by=by, on=on)
    if form.is_valid():
        invited = actions.Invited(**form.cleaned_data)
        sent = attempt(
            form,
            lambda: actions.invite(invited=invited, address=_address(request), by=by, on=on),
        )
        if sent is not None:
            messages.success(request, _("The invitation was sent. It is valid for seven days."))
            return redirect("invitations")
    return render(request, "access/invite.html", {"form": form})


@page(INVITE, methods=("POST",), kind=Kind.CHANGE)
def withdraw_invitation(request: PortalRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Makes a link useless."""
    found = _own(request, invitation_id)
    try:
        actions.withdraw_invitation(invitation=found, by=request.user, on=request.day)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
    return redirect("invitations")


@page(INVITE, methods=("POST",), kind=Kind.CHANGE)
def send_invitation_again(request: PortalRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Sends a new link; the old one stops working."""
    found = _own(request, invitation_id)
    try:
        actions.send_invitation_again(
            invitation=found, address=_address(request), by=request.user, on=request.day
        )
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("A new mail was sent. The link of the old one is useless now."))
    return redirect("invitations")


@csrf_exempt
def invitation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Opened from the mail. Takes the secret out of the address at once, right or wrong.

    Changes nothing but the session, and answers every method alike, never with an error: mail
    programmes look ahead with HEAD, and an error would be written down with its address.
    """
    if not _too_many_tries(request):
        secret_hash = actions.hash_of(secret)
        if queries.invitation_by_hash(secret_hash, now=timezone.now()):
            request.session[SECRET] = secret_hash.hex()
        else:
            request.session.pop(SECRET, None)
            _count_wrong_try(request)
    return redirect("invitation")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Accepts an invitation: with a new password, or with the account somebody has already."""
    if _too_many_tries(request):
        return render(request, "429.html", status=429)
    found = _invited(request)
    if found is None:
        return _gone(request)
    if isinstance(request.user, User):
        return _with_account(request, request.user, found)
    translation.activate(found.language)
    if queries.account_by_email(found.email):
        signing_in = f"{resolve_url('account_login')}?{urlencode({'next': request.path})}"
        shown = {"invitation": found, "sign_in_url": signing_in}
        return render(request, "access/invitation.html", shown)
    return _as_new(request, found)


def _as_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    future = User(username=found.email, name=found.name, email=found.email)
    form = ChoosePassword(request.POST or None, future=future)
    if form.is_valid():
        try:
            with door_of(request, None) as on:
                user = actions.accept_as_new(
                    invitation=found, password=form.cleaned_data["password1"], on=on
                )
        except Refused:
            return _gone(request)
        request.session.pop(SECRET, None)
        record_authentication(request, user, "password", reauthenticated=True)
        answer: HttpResponse = perform_login(
            request, Login(user=user, redirect_url=reverse("second_step"))
        )
        return answer
    return render(request, "access/invitation.html", {"invitation": found, "form": form})


def _with_account(request: HttpRequest, user: User, found: Invitation) -> HttpResponse:
    if (user.email or "").lower() != found.email.lower():
        return render(request, "access/invitation.html", {"invitation": found, "other": True})
    if not CHECKS["second_factor"](request):
        return redirect(f"{resolve_url('second_step')}?{urlencode({'next': request.path})}")
    if request.method != "POST":
        return render(request, "access/invitation.html", {"invitation": found, "known": True})
    request.session.pop(SECRET, None)
    try:
        with door_of(request, user) as on:
            actions.accept_with_account(invitation=found, by=user, on=on)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, _("You hold this role now."))
    return redirect("home")


def _invited(request: HttpRequest) -> Invitation | None:
    kept = request.session.get(SECRET, "")
    if not kept:
        return None
    found = queries.invitation_by_hash(bytes.fromhex(kept), now=timezone.now())
    on = dated(request).day
    return found if found is not None and actions.is_still_meant(found, on=on) else None


def _gone(request: HttpRequest) -> HttpResponse:
    """One page for guessed, expired, used and withdrawn alike: it tells a guesser nothing."""
    request.session.pop(SECRET, None)
    return render(request, "access/invitation_gone.html", status=410)


def _own(request: PortalRequest, invitation_id: uuid.UUID) -> Invitation:
    rows = queries.invitations_visible_to(request.user, on=request.day)
    return get_object_or_404(rows, pk=invitation_id)


def _address(request: HttpRequest) -> Callable[[str], str]:
    return lambda secret: request.build_absolute_uri(reverse("invitation_link", args=[secret]))


def _too_many_tries(request: HttpRequest) -> bool:
    return not ratelimit.consume(
        request,
        app="access",
        action="invitation",
        config=WRONG_TRIES,
        dry_run=True,
        limit_get=True,
    )


def _count_wrong_try(request: HttpRequest) -> None:
    ratelimit.consume(
        request, app="access", action="invitation", config=WRONG_TRIES, limit_get=True
    )
