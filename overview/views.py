"""The start page and the home of each role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from access.gate import Kind, PortalRequest, Shows, page
from access.models import User
from access.permissions import Permission
from audit.grounds import Ground
from consent import queries as consent_queries
from dossiers import queries as dossier_queries
from oversight.queries import findings as finding_queries
from oversight.queries.reports_due import reports_due
from overview import numbers
from overview.ending import ending_waits_for
from overview.looking import looking_of
from overview.promises import PROMISES, State

PUPILS_SHOWN = 8
NOTICES_SHOWN = 5


def start(request: HttpRequest) -> HttpResponse:
    """Sends each person to their own door: home, the cast of the demo, or the sign-in page."""
    if isinstance(request.user, User):
        return redirect("home")
    return redirect("demo_cast" if settings.DEMO else "account_login")


@page(Permission.SEE_HOME, shows=Shows.PUPILS, kind=Kind.LIST)
def home(request: PortalRequest) -> HttpResponse:
    """The home of whoever is signed in: what their roles are for, and what waits for them."""
    user, day = request.user, request.day
    context: dict[str, Any] = {
        "memberships": user.memberships_on(day),
        "is_family": not user.is_staff_on(day),
    }
    context |= _family(request, by_name=context["is_family"])
    if user.memberships_with(Permission.SEE_OWN_PUPILS, day):
        context |= _own_pupils(request)
    if user.memberships_with(Permission.MANAGE_ASSIGNMENTS, day):
        context["keeper"] = numbers.keeper_numbers(user, on=day)
        context["keeper_notices"] = dossier_queries.notices_with_reasons(
            dossier_queries.unseen_notices(user, on=day)[:NOTICES_SHOWN]
        )
    if user.memberships_with(Permission.MANAGE_PUPILS, day):
        context["school"] = numbers.school_numbers(user, on=day)
    context |= _consent(request) | _findings(request)
    context["reports_due"] = reports_due(user, on=day)
    context["looking"] = looking_of(user, by_name=context["is_family"], on=day)
    context["ending"] = ending_waits_for(user, on=day)
    # Who supervises has no pupils or numbers here: their home is the way to their work.
    context["is_quiet"] = not (
        context["is_family"] or context.keys() & {"dossiers", "keeper", "school"}
    )
    named = [*context.get("dossiers", ()), *(n.dossier for n in context.get("keeper_notices", ()))]
    named += [shown.dossier for shown in context.get("agreements_to_review", ())]
    named += context["due"].rows if "due" in context else []
    ground = context.pop("own_ground", Ground.CUSTODIAN)
    if not context["family"]:
        request.page.names(*named, ground=ground if named else Ground.NONE)
    context["ground"] = ground.label if named else ""
    return render(request, "overview/home.html", context)


def _family(request: PortalRequest, *, by_name: bool) -> dict[str, Any]:
    """What is asked about the own children. A colleague's child shows behind its own door only."""
    user, day = request.user, request.day
    holds = user.memberships_with(Permission.ANSWER_CONSENT, day)
    children = consent_queries.children_of(user, on=day) if holds else []
    if children and by_name:
        request.page.names(*(child.pupil for child in children), ground=Ground.OWN)
    return {
        "family": children if by_name else [],
        "is_also_family": bool(children) and not by_name,
        "asked": consent_queries.asked_now(children),
    }


def _consent(request: PortalRequest) -> dict[str, Any]:
    """The rounds of who keeps consent, what is asked or decided by whom, and what waits."""
    user, day = request.user, request.day
    found: dict[str, Any] = {"pictures": consent_queries.pictures_waiting_for(user, on=day)}
    if user.memberships_with(Permission.RECORD_CONSENT, day):
        found |= {"keeps_rounds": True, "rounds": numbers.rounds_that_opened(user, on=day)}
    if user.memberships_with(Permission.DECIDE_CONSENT, day):
        found["due"] = consent_queries.due_to_decide(user, on=day)
    if user.memberships_with(Permission.SET_PURPOSES, day):
        found["asks"] = numbers.asked_numbers(user, on=day)
    return found


def _findings(request: PortalRequest) -> dict[str, Any]:
    """How many findings wait for a judgement, and how many about oneself nobody judged yet."""
    user, day = request.user, request.day
    found: dict[str, Any] = {}
    if user.memberships_with(Permission.JUDGE_FINDINGS, day):
        found["findings_waiting"] = finding_queries.findings_waiting_for(user, on=day)
    if user.memberships_with(Permission.SEE_OWN_FINDINGS, day):
        found["own_findings"] = finding_queries.own_findings_waiting(user, on=day)
    return found


def _own_pupils(request: PortalRequest) -> dict[str, Any]:
    """The first of my pupils, and how many there are."""
    own = dossier_queries.dossiers_visible_to(request.user, on=request.day)
    dossiers = list(own.order_by("pupil__sort_name", "pk")[:PUPILS_SHOWN])
    assignments = dossier_queries.assignments_to(request.user, dossiers, on=request.day)
    grounds = {assignment.ground for assignment in assignments.values()}
    ground = grounds.pop() if len(grounds) == 1 else Ground.ASSIGNMENT
    return {
        "dossiers": dossiers,
        **({"own_ground": ground} if dossiers else {}),
        "pupil_count": own.count(),
        "agreements_to_review": dossier_queries.agreements_to_review(request.user, on=request.day),
    }


@page(Permission.SEE_PROMISES)
def promises(request: PortalRequest) -> HttpResponse:
    """What the school promises parents, and how far the portal keeps each promise."""
    counts = [(state, sum(p.state is state for p in PROMISES)) for state in State]
    return render(request, "overview/promises.html", {"promises": PROMISES, "counts": counts})
