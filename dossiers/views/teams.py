"""One group: its pupils and their counsellors; assigning, handing over, and the year's turn."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.attempts import attempt
from access.errors import Refused
from access.gate import Kind, PortalRequest, Shows, page
from access.models import User
from access.permissions import Permission
from audit.grounds import Ground
from dossiers.actions.giving import Weighing
from dossiers.actions.groups import Given, assign_group, hand_over_group, withdraw_from_group
from dossiers.actions.teams import confirm_team
from dossiers.forms.assigning import AssignForm, HandOverForm, TeamForm
from dossiers.kinds import AssignmentKind
from dossiers.models import Dossier
from dossiers.queries.choosing import Colleague, counsellors_at
from dossiers.queries.groups import dossiers_of_group
from dossiers.queries.kept import colleagues_kept_by, groups_kept_by
from dossiers.queries.readers import group_lines, pupil_lines, team_of
from dossiers.queries.turn import groups_with_proposals, proposed_for, until_the_turn
from dossiers.rules.assigning import HEAD_START, No
from dossiers.views.keeper_frame import chosen_school, frame
from students.models import Group


def _kept_group(request: PortalRequest, group_id: uuid.UUID) -> tuple[Group, list[Dossier]]:
    """A group of a school I keep with its dossiers, named in the log."""
    group = get_object_or_404(groups_kept_by(request.user, on=request.day), pk=group_id)
    dossiers = list(dossiers_of_group(group, on=request.day))
    request.page.names(*dossiers, ground=Ground.CUSTODIAN, unit=group.school_id, target=group.pk)
    return group, dossiers


def _choosable(
    request: PortalRequest, group: Group, dossiers: list[Dossier]
) -> tuple[list[Colleague], list[Dossier]]:
    """Who may be given this group by this keeper, and for which pupils another decides."""
    weighing = Weighing.of(group.school, dossiers, on=request.day, group=group)
    me = request.user.pk
    own = [one for one in dossiers if me in weighing.parents.get(one.pupil_id, ())]
    colleagues = [
        one
        for one in counsellors_at(group.school, on=request.day)
        if any(
            weighing.why_not_by(request.user, one.user.pk, dossier, request.day) is None
            for dossier in dossiers
        )
    ]
    return colleagues, own


@page(Permission.MANAGE_ASSIGNMENTS, shows=Shows.PUPILS, kind=Kind.LIST)
def of_group(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """The pupils of a group with their counsellors, and the team it was given to."""
    group, dossiers = _kept_group(request, group_id)
    lines = pupil_lines(dossiers, request.user, on=request.day)
    context = frame(request, group.school, "groups") | {
        "group": group,
        "lines": lines,
        "team": team_of(group, on=request.day),
        "without": [line for line in lines if not line.readers],
        "has_own_child": any(line.is_own_child for line in lines),
    }
    return render(request, "dossiers/assignments/of_group.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPILS)
def assign_to_group(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """A counsellor or substitute for every pupil of a group, in one go."""
    group, dossiers = _kept_group(request, group_id)
    colleagues, own = _choosable(request, group, dossiers)
    form = AssignForm(
        request.POST or None,
        colleagues=colleagues,
        kinds=[AssignmentKind.COUNSELLOR, AssignmentKind.SUBSTITUTE],
        on=request.day,
    )
    if request.method == "POST" and form.is_valid():
        given = attempt(
            form,
            lambda: assign_group(
                group=group,
                user=form.colleague,
                wanted=form.wanted(),
                by=request.user,
                on=request.day,
            ),
        )
        if given is not None:
            _say(request, given)
            return redirect("group_assignments", group.pk)
    context = _about(request, group, dossiers, own) | {"form": form, "nobody": not colleagues}
    return render(request, "dossiers/assignments/assign_group.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPILS)
def hand_over(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """A group goes from one teacher to another."""
    group, dossiers = _kept_group(request, group_id)
    colleagues, own = _choosable(request, group, dossiers)
    team = {m.user.pk: m.user for m in team_of(group, on=request.day) if m.kind == "counsellor"}
    stopping = [user for user in team.values() if user.pk != request.user.pk]
    form = HandOverForm(request.POST or None, colleagues=colleagues, team=stopping, on=request.day)
    if request.method == "POST" and form.is_valid():
        given = attempt(
            form,
            lambda: hand_over_group(
                group=group,
                leaving=form.leaving,
                coming=form.colleague,
                starts_on=form.cleaned_data["starts_on"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.day,
            ),
        )
        if given is not None:
            _say(request, given)
            return redirect("group_assignments", group.pk)
    context = _about(request, group, dossiers, own)
    context |= {"form": form, "nobody": not (colleagues and stopping)}
    return render(request, "dossiers/assignments/hand_over.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPILS)
def withdraw(request: PortalRequest, group_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Asks once more, then closes every dossier that was opened by this group."""
    group, dossiers = _kept_group(request, group_id)
    person = get_object_or_404(colleagues_kept_by(request.user, on=request.day), pk=user_id)
    if request.method == "POST":
        try:
            given = withdraw_from_group(group=group, user=person, by=request.user, on=request.day)
            _say(request, given)
        except Refused as refusal:
            messages.warning(request, str(refusal.sentence))
        return redirect("group_assignments", group.pk)
    context = _about(request, group, dossiers, []) | {"colleague": person}
    return render(request, "dossiers/assignments/withdraw_group.html", context)


@page(Permission.MANAGE_ASSIGNMENTS)
def turn(request: PortalRequest) -> HttpResponse:
    """The groups of the coming year, and of this one until 30 September: is each team confirmed?"""
    school, schools = chosen_school(request)
    rows = (
        groups_kept_by(request.user, on=request.day)
        .filter(school=school, school_year__ends_on__gte=request.day)
        .order_by("-school_year__starts_on", "name", "pk")
    )
    proposed = groups_with_proposals(school, on=request.day)
    found = [group for group in rows if group.pk in proposed or in_season(group, request.day)]
    context = frame(request, school, "turn") | {
        "schools": schools,
        "lines": group_lines(found, on=request.day),
        "proposed": proposed,
    }
    return render(request, "dossiers/assignments/turn.html", context)


@page(Permission.MANAGE_ASSIGNMENTS, methods=("GET", "POST"), shows=Shows.PUPILS)
def turn_group(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Who has this group in its year, and who carries on with single pupils."""
    group, dossiers = _kept_group(request, group_id)
    colleagues, own = _choosable(request, group, dossiers)
    proposed = proposed_for(group, [one.user for one in colleagues])
    season = in_season(group, request.day)
    standing = list(until_the_turn(group, dossiers, on=request.day)) if season else []
    form = _team_form(request, group, colleagues, proposed, standing)
    if request.method == "POST" and form.is_valid():
        given = attempt(
            form,
            lambda: confirm_team(
                group=group,
                team=form.team(),
                carry_on=form.carry_on(),
                starts_on=form.cleaned_data["starts_on"],
                by=request.user,
                on=request.day,
            ),
        )
        if given is not None:
            _say(request, given)
            return redirect(f"{reverse('school_year_turn')}?school={group.school_id}")
    context = _about(request, group, dossiers, own, here="turn") | {
        "form": form,
        "unknown": [one.proposal for one in proposed if one.user is None],
        "team": team_of(group, on=request.day),
        "nobody": not colleagues,
        "in_season": season,
        "back": f"{reverse('school_year_turn')}?school={group.school_id}",
    }
    return render(request, "dossiers/assignments/turn_group.html", context)


def _team_form(
    request: PortalRequest, group: Group, colleagues: list[Colleague], proposed: Any, standing: Any
) -> TeamForm:
    """The colleagues with what is known of each; those the roster proposes come first, ticked."""
    suggested = {one.user.pk: one.proposal for one in proposed if one.user is not None}
    ordered = sorted(colleagues, key=lambda one: one.user.pk not in suggested)
    now = Counter(row.user_id for row in standing)
    single: dict[uuid.UUID, tuple[User, int]] = {}
    for row in standing:
        if row.group_id is None:
            count = single.get(row.user_id, (row.user, 0))[1]
            single[row.user_id] = (row.user, count + 1)
    earliest = max(request.day, group.school_year.starts_on - HEAD_START)
    return TeamForm(
        request.POST or None,
        initial={
            "team": [str(key) for key in suggested],
            "carry_on": [],
            "starts_on": max(request.day, group.school_year.starts_on),
        },
        colleagues=[(one.user, _hint(one, suggested, now)) for one in ordered],
        others=[(user, _with_pupils(user.name, count)) for user, count in single.values()],
        earliest=earliest,
    )


def _hint(one: Colleague, suggested: dict[uuid.UUID, Any], now: Counter[uuid.UUID]) -> str:
    words = [one.label]
    if one.user.pk in suggested:
        words.append(_("proposed by the roster"))
    if now[one.user.pk]:
        words.append(_("has these pupils now"))
    return " · ".join(words)


def _with_pupils(name: str, count: int) -> str:
    pupils = ngettext("%(count)s pupil", "%(count)s pupils", count) % {"count": count}
    return f"{name} – {pupils}"


def in_season(group: Group, day: date) -> bool:
    """Whether this is the season of the group's team: eight weeks before, to 30 September."""
    start = group.school_year.starts_on
    return start - HEAD_START <= day <= date(start.year, 9, 30)


def _about(
    request: PortalRequest,
    group: Group,
    dossiers: list[Dossier],
    own: list[Dossier],
    *,
    here: str = "groups",
) -> dict[str, Any]:
    return frame(request, group.school, here) | {
        "group": group,
        "number": len(dossiers),
        "own_children": own,
        "back": reverse("group_assignments", args=[group.pk]),
    }


def _say(request: PortalRequest, given: Given) -> None:
    """What was done, in numbers; names stay out of messages, which travel in a cookie."""
    if given.assignments:
        number = len(given.assignments)
        words = ngettext(
            "%(number)s dossier is assigned.", "%(number)s dossiers are assigned.", number
        )
        messages.success(request, words % {"number": number})
    if given.ended:
        number = len(given.ended)
        words = ngettext("%(number)s assignment ends.", "%(number)s assignments end.", number)
        messages.success(request, words % {"number": number})
    if given.left_out:
        own = any(no is No.OWN_CHILD for _dossier, no in given.left_out)
        number = len({dossier.pk for dossier, _no in given.left_out})
        words = ngettext(
            "%(number)s pupil was left out: a rule does not allow it.",
            "%(number)s pupils were left out: a rule does not allow it.",
            number,
        )
        more = _("For your own child the board officer decides.") if own else ""
        messages.warning(request, f"{words % {'number': number}} {more}".strip())
