"""Coming in with a code: who has no account makes one, who has one adds the child.

These pages stand before the gate. The code stands in the fragment of the link, which no server
sees; a script puts it into the field, or it is typed. It waits sealed in the session.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import seals
from access.doors import door_of
from access.errors import Overtaken, Refused
from access.forms import ChoosePassword
from access.gate import CHECKS
from access.models import User
from consent.actions import activation as actions
from consent.actions.codes import try_code, use_code
from consent.forms.activation import MakeAccount, TypeCode, TypeMailCode
from consent.models import Code
from consent.views import mailed
from students.actions.activation import WayIn
from students.models import Pupil

WAITS = "activation"  # in the session: the code, sealed
_PURPOSE = b"portal activation"
_WRONG_TRIES = {"activation_mail_figures": "20/30m/ip"}


@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Asks for the code. What opens nothing is answered alike, whyever."""
    second = _second_factor_first(request)
    if second is not None:
        return second
    form = TypeCode(request.POST or None)
    if form.is_valid():
        try:
            found = _opened(request, form.cleaned_data["code"])
        except Refused as refusal:  # too many wrong ones came from here
            form.add_error(None, str(refusal.sentence))
        else:
            if found is not None:
                request.session[WAITS] = seals.seal(form.cleaned_data["code"], _PURPOSE)
                return redirect("activate_account")
            wrong = _("This code does not work. Look at it again, letter by letter.")
            form.add_error("code", wrong)
    return render(request, "consent/activation/code.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def activate_account(request: HttpRequest) -> HttpResponse:
    """Makes the account, or adds the child to the account of who is signed in."""
    second = _second_factor_first(request)
    if second is not None:
        return second
    typed = _waiting_code(request)
    try:
        code = _opened(request, typed) if typed else None
    except Refused:
        return render(request, "429.html", status=429)
    if code is None:
        return _gone(request)
    if isinstance(request.user, User):
        return _with_account(request, request.user, code, typed)
    owner = actions.owner_of(code)
    if owner.user is not None and owner.user.has_usable_password():
        return _as_known(request, code, typed, owner.user)
    return _as_new(request, code, typed)


@require_http_methods(["GET", "HEAD", "POST"])
def activate_mail(request: HttpRequest) -> HttpResponse:
    """Asks for the six figures that were mailed; when they are right, the account is made."""
    if _too_many_tries(request):
        return render(request, "429.html", status=429)
    waits, typed = mailed.waiting(request), _waiting_code(request)
    if waits is None or not typed:
        return redirect("activate_account")
    form = TypeMailCode(request.POST or None)
    if form.is_valid():
        left = mailed.take_try(waits)
        if left >= 0 and waits.fits(form.cleaned_data["figures"]):
            try:
                return _enter(request, typed, waits.way_in)
            except Refused:
                return _gone(request)
        _count_wrong_try(request)
        if left <= 0:
            request.session.pop(mailed.WAITS, None)
            messages.error(request, _("That was wrong too often. Ask for another mail."))
            return redirect("activate_account")
        form.add_error("figures", _("These are not the figures from the mail. Look again."))
    context = {"form": form, "address": waits.way_in.email}
    return render(request, "consent/activation/mail.html", context)


def _enter(request: HttpRequest, typed: str, way_in: WayIn) -> HttpResponse:
    """Opens the account and signs in. Raises Refused when a rule says no."""
    with door_of(request, None) as on:
        user = actions.activate(typed=typed, way_in=way_in, on=on)
    return _in(request, user) if user else _gone(request)


def _in(request: HttpRequest, user: User) -> HttpResponse:
    """Signs in who just chose this password; a second factor is asked for as ever."""
    _forget(request)
    record_authentication(request, user, "password", reauthenticated=True)
    answer: HttpResponse = perform_login(
        request, Login(user=user, redirect_url=reverse("my_children"))
    )
    return answer


def _waiting_code(request: HttpRequest) -> str:
    """The code that was typed before, in this browser; empty when there is none."""
    try:
        return seals.unseal(request.session.get(WAITS, ""), _PURPOSE)
    except (ValueError, InvalidTag):
        return ""


def _forget(request: HttpRequest) -> None:
    """The code has done its work, or never will."""
    for name in (WAITS, mailed.WAITS):
        request.session.pop(name, None)


def _gone(request: HttpRequest) -> HttpResponse:
    """One page for used, withdrawn, expired and tried too often."""
    _forget(request)
    return render(request, "consent/activation/gone.html", status=410)


def _as_new(request: HttpRequest, code: Code, typed: str) -> HttpResponse:
    """A user name and password at once; a typed address is looked at by mail first."""
    owner = actions.owner_of(code)
    known = mailed.address_of(code)
    typed_name = request.POST.get("name", "")[:150]
    future = User(username=typed_name, name=owner.name, email=known or None)
    form = MakeAccount(request.POST or None, future=future, known_address=known)
    if form.is_valid():
        name = known or form.cleaned_data["name"]
        way_in = WayIn(
            username=name,
            password_hash=make_password(form.cleaned_data["password1"]),
            language=get_language() or "nl",
            email=name if "@" in name else None,
        )
        if way_in.email and not known:
            return mailed.send(request, way_in)
        try:
            return _enter(request, typed, way_in)
        except Refused as refusal:
            form.add_error(None if known else "name", str(refusal.sentence))
    return _page(request, code, form=form, known=known)


def _as_known(request: HttpRequest, code: Code, typed: str, user: User) -> HttpResponse:
    """Leads to signing in; who forgot the password sets another one with the code."""
    form = ChoosePassword(request.POST or None, future=user)
    if form.is_valid():
        password_hash = make_password(form.cleaned_data["password1"])
        try:
            with door_of(request, None) as on:
                renewed = actions.renew(typed=typed, password_hash=password_hash, on=on)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return _in(request, renewed) if renewed else _gone(request)
    return _page(request, code, has_account=True, form=form)


def _with_account(request: HttpRequest, user: User, code: Code, typed: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, code, adds=True)
    try:
        with door_of(request, user) as on:
            used = use_code(typed=typed, by=user, on=on)
    except Refused as refusal:
        if isinstance(refusal, Overtaken):
            return _gone(request)
        return _page(request, code, refused=str(refusal.sentence))
    if used is None:
        return _gone(request)
    _forget(request)
    messages.success(request, _("The code was used. You see the child below."))
    return redirect("my_children")


def _page(request: HttpRequest, code: Code, **shown: object) -> HttpResponse:
    """Whose code it is, as far as its owner must know to trust the page; no name of a child."""
    signing_in = f"{resolve_url('account_login')}?{urlencode({'next': request.path})}"
    context = {
        "is_pupil": isinstance(actions.owner_of(code), Pupil),
        "school": code.school.name,
        "sign_in_url": signing_in,
        "form": None,
        "known": "",
        "has_account": False,
        "adds": False,
        "refused": "",
        **shown,
    }
    return render(request, "consent/activation/account.html", context)


def _opened(request: HttpRequest, typed: str) -> Code | None:
    user = request.user if isinstance(request.user, User) else None
    with door_of(request, user) as on:
        return try_code(typed=typed, by=user, on=on)


def _second_factor_first(request: HttpRequest) -> HttpResponse | None:
    """A parent who works here comes in as staff do."""
    if isinstance(request.user, User) and not CHECKS["second_factor"](request):
        return redirect(f"{resolve_url('second_step')}?{urlencode({'next': request.path})}")
    return None


def _too_many_tries(request: HttpRequest) -> bool:
    return not _tries(request, dry_run=True)


def _count_wrong_try(request: HttpRequest) -> None:
    _tries(request)


def _tries(request: HttpRequest, *, dry_run: bool = False) -> bool:
    return bool(
        ratelimit.consume(
            request,
            app="consent",
            action="activation_mail_figures",
            config=_WRONG_TRIES,
            dry_run=dry_run,
            limit_get=True,
        )
    )
