"""Which holds somebody sees, their words, and which dossiers they may hold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from dossiers.models import Dossier
from retention.models import Hold, HoldWords
from retention.queries.due import standing_holds
from students.models import Parenthood, School
from students.queries import named_like
from vault.errors import Unreadable
from vault.sealing import keyring


def _held_at(user: User, day: date) -> QuerySet[School]:
    units = user.units_with(Permission.PLACE_HOLDS, day)
    return School.objects.filter(Q(pk__in=units) | Q(board__in=units))


def own_child(user: User, pupil: str) -> Exists:
    """Whether the pupil at the end of this path is a child of `user`."""
    links = Parenthood.objects.filter(parent__user=user, withdrawn_at__isnull=True)
    return Exists(links.filter(pupil=OuterRef(pupil)))


@visibility_of(lambda: Dossier.objects.select_related("pupil", "school__unit"))
def dossiers_to_hold_visible_to(
    rows: QuerySet[Dossier], user: User, day: date
) -> QuerySet[Dossier]:
    """Dossiers on which `user` may place a hold, never of an own child: name and dates only."""
    here = _held_at(user, day).values("pk")
    return rows.filter(~own_child(user, "pupil"), school__in=here)


@visibility_of(lambda: Hold.objects.select_related("dossier__pupil", "dossier__school__unit"))
def holds_visible_to(rows: QuerySet[Hold], user: User, day: date) -> QuerySet[Hold]:
    """Holds, standing and lifted, at the schools where `user` places them."""
    here = _held_at(user, day).values("pk")
    return rows.filter(~own_child(user, "dossier__pupil"), dossier__school__in=here)


@visibility_of(HoldWords.objects.all)
def hold_words_visible_to(rows: QuerySet[HoldWords], user: User, day: date) -> QuerySet[HoldWords]:
    """The words of those holds."""
    return rows.filter(dossier__in=dossiers_to_hold_visible_to(user, on=day).values("pk"))


@dataclass(frozen=True)
class Said:
    """What somebody said about a hold, when, and what came of it."""

    what: str  # placed, kept or lifted
    by: User
    day: date
    words: str


def history_of(hold: Hold, user: User, *, on: date) -> list[Said]:
    """What was said when a hold was placed, kept and lifted, the newest first."""
    visible = hold_words_visible_to(user, on=on).select_related("written_by")
    rows = visible.filter(Q(placed=hold) | Q(kept__hold=hold) | Q(lifted=hold))
    found = {row.pk: row for row in rows}
    words = opened(found.values())
    happened = [("placed", hold.words_id, hold.starts_on)]
    happened += [("kept", one.words_id, one.reviewed_on) for one in hold.reviews.all()]
    if hold.lifted_on is not None:
        happened.append(("lifted", hold.lifting_id, hold.lifted_on))
    return [
        Said(what, found[key].written_by, day, words[key])
        for what, key, day in reversed(happened)
        if key in found
    ]


def opened(rows: Iterable[HoldWords]) -> dict[uuid.UUID, str]:
    """The words of some rows; empty where they can't be opened any more."""
    found = list(rows)
    keys = keyring(row.pk for row in found)
    words: dict[uuid.UUID, str] = {}
    for row in found:
        try:
            words[row.pk] = str(keys.open_json(row.pk, row.place, row.sealed)["words"])
        except Unreadable:
            words[row.pk] = ""
    return words


def found_to_hold(user: User, typed: str, *, on: date) -> QuerySet[Dossier]:
    """Dossiers found by the pupil's name; nothing typed finds nothing."""
    rows = dossiers_to_hold_visible_to(user, on=on)
    if not typed.strip():
        return rows.none()
    is_held = Exists(standing_holds(on).filter(dossier=OuterRef("pk")))
    rows = named_like(rows, typed, path="pupil__").annotate(is_held=is_held)
    return rows.order_by("pupil__sort_name", "pk")


def holds_to_review(user: User, *, on: date) -> QuerySet[Hold]:
    """Standing holds that nobody looked at for a year."""
    rows = holds_visible_to(user, on=on).filter(pk__in=standing_holds(on).values("pk"))
    return rows.filter(review_on__lte=on, room="").order_by("review_on", "pk")
