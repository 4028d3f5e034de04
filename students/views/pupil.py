"""A pupil's administrative page: what the school knows about who it is and who speaks for it."""

from __future__ import annotations

import uuid
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access.gate import PortalRequest, Shows, page
from access.models import User
from access.permissions import Permission
from access.queries import colleagues_among
from audit.grounds import Ground
from students import queries, rules
from students.models import Authority, Enrolment, Parenthood, Pupil
from students.queries.keeping import Contact, contacts_seen_by
from students.queries.visible import with_places
from students.views.changing import GROUND


@dataclass(frozen=True)
class ParentCard:
    """A parent as the page shows them: never the parent's row itself."""

    link: Parenthood
    contact: Contact
    now: Authority | None
    history: list[Authority]

    @property
    def state(self) -> str:
        """The badge of the authority that counts today."""
        value = self.now.value if self.now else "unknown"
        return {"yes": "yes", "no": "no"}.get(value, "open")


@page(Permission.SEE_SCHOOL_PUPILS, shows=Shows.PUPIL)
def school_pupil(request: PortalRequest, pupil_id: uuid.UUID) -> HttpResponse:
    """One pupil of the school; nothing of the dossier."""
    pupil = get_object_or_404(queries.pupils_visible_to(request.user, on=request.day), pk=pupil_id)
    stays = _stays(request.user, pupil, request.day)
    request.page.names(pupil, ground=Ground.ADMINISTRATION, unit=stays[0].school_id)
    return render(
        request,
        "students/school_pupil.html",
        {"ground": GROUND, "pupil": pupil, "stays": stays}
        | _person(pupil, request.day)
        | _family(request.user, pupil, request.day)
        | _doors(request.user, pupil, stays, request.day),
    )


def _stays(user: User, pupil: Pupil, day: date) -> list[Enrolment]:
    """Enrolments at schools of this user, the newest first, with their places in groups."""
    rows = queries.enrolments_visible_to(user, on=day).filter(pupil=pupil)
    return list(with_places(rows).order_by("-starts_on"))


def _person(pupil: Pupil, day: date) -> dict[str, Any]:
    born = pupil.birth_date
    return {
        "age": rules.age_on(born, day) if born else None,
        "speaks": rules.who_consents(born, day).value,
        "speaks_changes_on": rules.changes_on(born, day),
    }


def authorities_seen_by(user: User, day: date) -> Prefetch[str]:
    """What is recorded about authority, as far as the schools of `user` know it."""
    return Prefetch("authorities", queries.authorities_visible_to(user, on=day))


def parent_cards(user: User, links: list[Parenthood], day: date) -> list[ParentCard]:
    """How `user` sees each of these links on `day`."""
    pupils = {link.pupil_id: link.pupil for link in links}
    known = {key: queries.last_day_known(user, pupil, day) for key, pupil in pupils.items()}
    return _cards(user, links, known, day)


def _cards(
    user: User, links: list[Parenthood], known: dict[uuid.UUID, date | None], day: date
) -> list[ParentCard]:
    """The same, of pupils of whom the last day known is `known`."""
    contacts = contacts_seen_by(user, [link.parent for link in links], day)
    cards = []
    for link in links:
        last_day = known[link.pupil_id]
        rows = _as_known(list(link.authorities.all()), last_day)
        counts = rules.that_counts(rows, last_day or day)
        history = [row for row in reversed(rows) if row != counts]
        cards.append(ParentCard(link, contacts[link.parent_id], counts, history))
    return cards


def _as_known(rows: list[Authority], last_day: date | None) -> list[Authority]:
    """The rows as a former school knew them; they themselves stay as they are recorded.

    Only a newer row closes one (students/actions/authority.py): what closed the last row that the
    school sees was recorded after its last day.
    """
    if last_day is None or not rows:
        return rows
    last = copy(rows[-1])
    last.ends_on = None
    return [*rows[:-1], last]


def _family(user: User, pupil: Pupil, day: date) -> dict[str, Any]:
    links = list(
        queries.parenthoods_visible_to(user, on=day)
        .filter(pupil=pupil)
        .prefetch_related(authorities_seen_by(user, day))
        .order_by("parent__sort_name", "pk")
    )
    known_until = queries.last_day_known(user, pupil, day)
    cards = _cards(user, links, {pupil.pk: known_until}, day)
    accounts = [link.parent.user_id for link in links if link.parent.user_id]
    others = list(queries.representatives_visible_to(user, on=day).filter(pupil=pupil))
    return {
        "cards": cards,
        "known_until": known_until,
        "colleagues": colleagues_among(accounts, on=day) if accounts else set(),
        "representatives": [(row, rules.covers(row, day)) for row in others],
        "signers": [c.link.parent.name for c in cards if c.now and c.now.value == "yes"],
        "represent": [
            row.name
            for row in others
            if rules.covers(row, day) and rules.may_answer_for(row.kind, pupil.birth_date, day)
        ],
        "sees_contact": queries.sees_contact(user, pupil, day),
    }


def _doors(user: User, pupil: Pupil, stays: list[Enrolment], day: date) -> dict[str, Any]:
    """What this user may change here today, so that no button leads to a refusal."""
    manages = queries.may_manage(user, pupil, day)
    kept = set(user.units_with(Permission.MANAGE_PUPILS, day))
    open_schools = {s.school_id for s in stays if s.ends_on is None}
    last: dict[uuid.UUID, Enrolment] = {}
    for stay in stays:
        last.setdefault(stay.school_id, stay)
    own = queries.is_own_child(user, pupil)
    return {
        "manages": manages,
        "own_child": own,
        "settles": not own
        and bool(
            {*(s.school_id for s in stays), pupil.board_id}
            & set(user.units_with(Permission.MANAGE_ASSIGNMENTS, day))
        ),
        "kept": kept if manages else set(),
        "keeps_consent": not own
        and bool(
            {s.school_id for s in stays} & set(user.units_with(Permission.RECORD_CONSENT, day))
        ),
        "may_return": not own and any(key in kept and key not in open_schools for key in last),
        "undoable": {
            stay.pk for stay in last.values() if manages and stay.ends_on and stay.school_id in kept
        },
        "may_have_account": pupil.user_id is None
        and rules.who_consents(pupil.birth_date, day) is not rules.Speaks.PARENTS,
    }
