"""Pages about staff: who works here in which role, giving and ending roles, closing accounts."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access import queries
from access.actions import accounts, memberships
from access.attempts import attempt
from access.errors import Refused
from access.forms import EndRole, GiveRole, StaffFilter
from access.gate import Kind, PortalRequest, page
from access.models import Membership, User
from access.permissions import Permission

MANAGE = Permission.MANAGE_MEMBERSHIPS
ROWS = 30
BOTH = ("GET", "POST")


@page(MANAGE, methods=BOTH, kind=Kind.LIST, reads_only=True)
def staff(request: PortalRequest) -> HttpResponse:
    """Who works at my school, or at the board and its schools; searched by POST."""
    by, on = request.user, request.day
    form = StaffFilter(request.POST or None, by=by, on=on)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if asked.get("q"):
        request.page.becomes(Kind.SEARCH)
    found = queries.staff_found(
        by,
        on=on,
        typed=asked.get("q", ""),
        role=asked.get("role", ""),
        unit=asked.get("unit"),
        ended=bool(asked.get("ended")),
    )
    people = Paginator(queries.with_roles(found, by, on=on), ROWS).get_page(
        request.POST.get("page", 1)
    )
    _file_under(request)
    return render(
        request,
        "access/staff.html",
        {
            "form": form,
            "people": people,
            "rows": [(person, _account(person)) for person in people],
            "day": on,
            "asked": any(asked.values()),
        },
    )


@page(MANAGE)
def staff_member(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """One person: the roles at my school with their dates, and what I may change."""
    by, on = request.user, request.day
    person = _person(request, user_id)
    roles = [
        (m, _state(m, on), _state(m, on) != "ended" and queries.may_end(by, m, on=on))
        for m in person.roles_here  # type: ignore[attr-defined]  # by with_roles
    ]
    _file_under(request, target=person)
    return render(
        request,
        "access/staff_member.html",
        {
            "person_shown": person,
            "roles": roles,
            "account": _account(person),
            "is_me": person == by,
            "may_manage": accounts.manages_whole_account(by, person, on=on),
            "may_end_some": any(may_end for _membership, _when, may_end in roles),
            "is_former": all(when == "ended" for _membership, when, _may_end in roles),
            "day": on,
        },
    )


@page(MANAGE, methods=BOTH, kind=Kind.CHANGE)
def give_role(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """Gives somebody a role."""
    by, on = request.user, request.day
    person = _person(request, user_id)
    if person == by:
        raise PermissionDenied
    form = GiveRole(request.POST or None, by=by, on=on)
    if form.is_valid():
        given = attempt(
            form,
            lambda: memberships.give_role(user=person, by=by, on=on, **form.cleaned_data),
        )
        if given is not None:
            messages.success(request, _("The role was given."))
            return redirect("staff_member", user_id=person.pk)
    return render(request, "access/give_role.html", {"form": form, "person_shown": person})


@page(MANAGE, methods=BOTH, kind=Kind.CHANGE)
def end_role(request: PortalRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Ends a role today or on a later day."""
    by, on = request.user, request.day
    membership = get_object_or_404(queries.memberships_visible_to(by, on=on), pk=membership_id)
    if not queries.may_end(by, membership, on=on):
        raise PermissionDenied
    form = EndRole(request.POST or None, initial={"first_day_without": on})
    if form.is_valid():
        ended = attempt(
            form,
            lambda: memberships.end_role(membership=membership, by=by, on=on, **form.cleaned_data),
        )
        if ended is not None:
            messages.success(request, _("The end of the role was saved."))
            return redirect("staff_member", user_id=membership.user_id)
    return render(request, "access/end_role.html", {"form": form, "membership": membership})


@page(MANAGE, methods=BOTH, kind=Kind.CHANGE)
def close_account(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """Closes an account, after asking once more."""
    person = _touchable(request, user_id)
    if request.method == "POST":
        return _do(request, person, accounts.close_account, _("The account was closed."))
    return _ask(request, person, "access/close_account.html")


@page(MANAGE, methods=("POST",), kind=Kind.CHANGE)
def reopen_account(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """Opens a closed account again; without any role."""
    person = _touchable(request, user_id)
    done = _("The account is open again. Give a role now, else it opens nothing.")
    return _do(request, person, accounts.reopen_account, done)


@page(MANAGE, methods=BOTH, kind=Kind.CHANGE)
def reset_second_factor(request: PortalRequest, user_id: uuid.UUID) -> HttpResponse:
    """Takes a lost second factor away, after asking once more."""
    person = _touchable(request, user_id)
    if request.method == "POST":
        done = _("The second factor was taken away. The next sign-in asks for a new one.")
        return _do(request, person, accounts.reset_second_factor, done)
    return _ask(request, person, "access/reset_second_factor.html")


def _ask(request: PortalRequest, person: User, template: str) -> HttpResponse:
    """Asks once more; who may not do it to the whole account is told so instead of asked."""
    if not accounts.manages_whole_account(request.user, person, on=request.day):
        messages.error(request, str(accounts.NOT_THE_WHOLE_ACCOUNT))
        return redirect("staff_member", user_id=person.pk)
    return render(request, template, {"person_shown": person})


def _do(request: PortalRequest, person: User, action: object, done: str) -> HttpResponse:
    assert callable(action)
    try:
        action(user=person, by=request.user, on=request.day)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(request, done)
    return redirect("staff_member", user_id=person.pk)


def _person(request: PortalRequest, user_id: uuid.UUID) -> User:
    rows = queries.staff_visible_to(request.user, on=request.day)
    return get_object_or_404(queries.with_roles(rows, request.user, on=request.day), pk=user_id)


def _touchable(request: PortalRequest, user_id: uuid.UUID) -> User:
    """Somebody some of whose roles I may end; the action asks about all of them."""
    person = _person(request, user_id)
    here = person.roles_here  # type: ignore[attr-defined]  # by with_roles
    if not any(queries.may_end(request.user, m, on=request.day) for m in here):
        raise PermissionDenied
    return person


def _account(person: User) -> str:
    """How it stands with an account, as far as the roles here tell."""
    if person.has_ended:
        return "ended"
    if not person.is_active:
        return "closed"
    if person.has_factor:  # type: ignore[attr-defined]  # by with_roles
        return "ready"
    roles = person.roles_here  # type: ignore[attr-defined]  # likewise
    return "no-factor" if any(m.role_class.is_staff for m in roles) else "open"


def _state(membership: Membership, day: date) -> str:
    """Whether a role counts now, is still to come, or is over."""
    if membership.counts_on(day):
        return "now"
    never = membership.ends_on is not None and membership.ends_on < membership.starts_on
    return "coming" if membership.starts_on > day and not never else "ended"


def _file_under(request: PortalRequest, target: User | None = None) -> None:
    """The log finds the look back under the unit in which it was made."""
    held = request.user.memberships_with(MANAGE, request.day)
    request.page.names(ground="", unit=held[0].unit_id, target=target.pk if target else "")
