"""A parent: finding, adding, linking, contact data and account."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from access.attempts import attempt
from access.errors import NotAllowed
from access.gate import Kind, PortalRequest, Shows, page
from access.permissions import Permission
from audit.grounds import Ground
from students import keepers, queries, seen
from students.actions import accounts, families
from students.forms import families as forms
from students.models import Parent, Parenthood, Pupil
from students.queries.families import MOST_CANDIDATES
from students.queries.keeping import Sight, contacts_seen_by
from students.views.changing import GROUND, Words, answer, kept_pupil, page_of
from students.views.pupil import authorities_seen_by, parent_cards


@page(Permission.SEE_SCHOOL_PUPILS, shows=Shows.PUPILS)
def parent(request: PortalRequest, parent_id: uuid.UUID) -> HttpResponse:
    """A parent, with the children that this user may see."""
    found = get_object_or_404(
        queries.parents_visible_to(request.user, on=request.day), pk=parent_id
    )
    links = list(
        queries.parenthoods_visible_to(request.user, on=request.day)
        .filter(parent=found)
        .prefetch_related(authorities_seen_by(request.user, request.day))
        .order_by("pupil__sort_name", "pk")
    )
    request.page.names(*(link.pupil for link in links), ground=Ground.ADMINISTRATION)
    cards = parent_cards(request.user, links, request.day)
    contact = cards[0].contact
    return render(
        request,
        "students/parent.html",
        {
            "parent": found,
            "cards": cards,
            "contact": contact,
            "manages": contact.sight is Sight.ALL and _manages(request, found),
            "has_account": found.user_id is not None,
            "ground": GROUND,
        },
    )


def _manages(request: PortalRequest, found: Parent) -> bool:
    try:
        keepers.must_manage_parent(request.user, found, request.day)
    except NotAllowed:
        return False
    return True


@page(
    Permission.MANAGE_PUPILS,
    methods=("GET", "POST"),
    shows=Shows.PUPILS,
    kind=Kind.LOOK,
    reads_only=True,
)
def find_parent(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """Parents by name, so that a person can say: this is the same one, or somebody else."""
    pupil = kept_pupil(request, pupil_id)
    form = forms.FindForm(request.POST or None)
    found: list[Parent] = []
    if form.is_bound and form.is_valid():
        request.page.becomes(Kind.SEARCH)
        rows = queries.candidates_visible_to(
            request.user, on=request.day, typed=form.cleaned_data["q"], for_pupil=pupil
        )
        found = list(rows[: MOST_CANDIDATES + 1])
    return render(
        request,
        "students/find_parent.html",
        {
            "pupil": pupil,
            "form": form,
            "candidates": _candidates(request, found[:MOST_CANDIDATES]),
            "are_more": len(found) > MOST_CANDIDATES,
            "searched": form.is_bound and form.is_valid(),
            "ground": GROUND,
        },
    )


def _candidates(request: PortalRequest, found: list[Parent]) -> list[dict[str, object]]:
    """What tells two of a name apart; a secret address never does."""
    contacts = contacts_seen_by(request.user, found, request.day)
    rows: list[dict[str, object]] = []
    for one in found:
        children: list[Parenthood] = one.children_seen  # type: ignore[attr-defined]  # prefetched
        request.page.names(*(link.pupil for link in children), ground=Ground.ADMINISTRATION)
        contact = contacts[one.pk]
        rows.append(
            {
                "parent": one,
                "children": [link.pupil.name for link in children],
                "lines": [] if contact.is_secret else contact.lines,
                "is_hidden": contact.is_secret or contact.sight is not Sight.ALL,
                "is_self": one.user_id == request.user.pk,
            }
        )
    return rows


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, methods=("GET", "POST"), kind=Kind.CHANGE)
def add_parent(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """A parent who is not known yet; somebody with the same name is shown first."""
    pupil = kept_pupil(request, pupil_id)
    alike = _alike(request, pupil)
    form = forms.NewParentForm(request.POST or None, asks_if_another=bool(alike))
    if alike and form.is_valid() and not form.cleaned_data["is_another"]:
        form.add_error(
            "is_another", _("A parent with this name is known already. Look who it is first.")
        )
    return answer(
        request,
        form,
        lambda: families.add_parent(
            pupil=pupil,
            data=form.parent_data(),
            address=form.address_data(),
            relation=form.cleaned_data["relation"],
            authority=form.authority_data(),
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Add a parent"),
            _("Only a parent with authority can sign. Not sure? Choose unknown, and find out."),
            _("Add the parent"),
            _("The parent is added."),
        ),
        back=page_of(pupil),
        pupil=pupil,
        candidates=_candidates(request, alike),
    )


def _alike(request: PortalRequest, pupil: Pupil) -> list[Parent]:
    surname = request.POST.get("surname", "")
    if not surname:
        return []
    rows = queries.same_name_visible_to(
        request.user,
        on=request.day,
        first_name=request.POST.get("first_name", "")[:64],
        surname=surname[:200],
        for_pupil=pupil,
    )
    return list(rows[:MOST_CANDIDATES])


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, methods=("GET", "POST"), kind=Kind.CHANGE)
def link_parent(request: PortalRequest, pupil_id: uuid.UUID, parent_id: uuid.UUID) -> HttpResponse:
    """A person links a parent who is already known."""
    pupil = kept_pupil(request, pupil_id)
    rows = queries.candidates_visible_to(request.user, on=request.day, typed="", for_pupil=pupil)
    found = get_object_or_404(rows, pk=parent_id)
    form = forms.LinkForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: families.link_parent(
            pupil=pupil,
            parent=found,
            relation=form.cleaned_data["relation"],
            authority=form.authority_data(),
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Link this parent"),
            _("Check first that this is the same person. A wrong link can be withdrawn."),
            _("Link the parent"),
            _("The parent is linked."),
        ),
        back=page_of(pupil),
        pupil=pupil,
        chosen=_candidates(request, [found])[0],
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, methods=("GET", "POST"), kind=Kind.CHANGE)
def change_parent(request: PortalRequest, parent_id: uuid.UUID) -> HttpResponse:
    """Names, contact data and address."""
    found = _kept_parent(request, parent_id)
    contact = contacts_seen_by(request.user, [found], request.day)[found.pk]
    if contact.sight is not Sight.ALL:
        raise NotAllowed(_("Another school keeps the address of this parent."))
    initial = forms.ContactForm.initial_of(found, contact.address)
    initial["seen"] = seen.of_parent(found)
    form = forms.ContactForm(request.POST or None, initial=initial)
    return answer(
        request,
        form,
        lambda: families.change_parent(
            parent=found,
            data=form.parent_data(),
            address=form.address_data(),
            seen_before=form.cleaned_data["seen"],
            by=request.user,
            on=request.day,
        ),
        words=Words(
            _("Change names, contact data or address"),
            _("Each parent has an own address. The other parent never sees it."),
            _("Save"),
            _("The data of this parent are changed."),
        ),
        back=reverse("parent", args=[found.pk]),
        parent=found,
    )


@page(Permission.MANAGE_PUPILS, shows=Shows.PUPILS, methods=("GET", "POST"), kind=Kind.CHANGE)
def give_parent_account(request: PortalRequest, parent_id: uuid.UUID) -> HttpResponse:
    """An account for a parent: the row only; a letter with a code opens it later."""
    found = _kept_parent(request, parent_id)
    form = forms.AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = attempt(
            form,
            lambda: accounts.link_account_to_parent(
                parent=found,
                username=form.cleaned_data["username"],
                by=request.user,
                on=request.day,
            ),
        )
        if user is not None:
            words = _now("The account is made. Its user name is %(username)s.")
            messages.success(request, words % {"username": user.username})
            return redirect("parent", parent_id=found.pk)
    return answer(
        request,
        form,
        lambda: None,
        words=ACCOUNT_WORDS,
        back=reverse("parent", args=[found.pk]),
        parent=found,
    )


ACCOUNT_WORDS = Words(
    _("Make an account"),
    _(
        "This makes the account and its user name only. Nobody can sign in with it yet: a letter"
        " with a one-time code opens it, and comes with the consent rounds."
    ),
    _("Make the account"),
    "",
)


def _kept_parent(request: PortalRequest, parent_id: uuid.UUID) -> Parent:
    found = get_object_or_404(
        queries.parents_visible_to(request.user, on=request.day), pk=parent_id
    )
    links = queries.parenthoods_visible_to(request.user, on=request.day).filter(parent=found)
    request.page.names(*(link.pupil for link in links), ground=Ground.ADMINISTRATION)
    school = keepers.must_manage_parent(request.user, found, request.day)
    request.page.names(ground=Ground.ADMINISTRATION, unit=school)
    return found
