"""Mails about holds that were lifted while something of the dossier is about to be destroyed.

A mail names no child; a lost one loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Membership, User
from access.permissions import Permission
from retention.models import DestructionItem, DestructionList, Hold
from retention.queries.list_people import people_around
from retention.telling import mails_to, readers, send_once_stored

_MAILS = "retention/holds/mail"
_LIFTED = _("A hold was lifted, and a destruction list is approved")
_NOBODY = _("A hold was lifted, and the log does not say by whom")


def tell_that_it_was_lifted(hold: Hold, *, by: User, on: date) -> None:
    """Once this is stored, mails who placed a hold that somebody else lifted it, and of one of the
    FG the others who are FG there, where something of the dossier stands on an approved list.
    """
    made = _approved_list_of(hold)
    if made is None:
        return
    people = [one for one in _who_placed(hold, on) if one != by]
    _tell(people, _LIFTED, "lifted", made)


def _approved_list_of(hold: Hold) -> DestructionList | None:
    items = DestructionItem.objects.filter(
        dossier_id=hold.dossier_id,
        decision=DestructionItem.Decision.DESTROY,
        outcome="",
        list__approved_on__isnull=False,
        list__cancelled_on__isnull=True,
        list__closed_at__isnull=True,
    )
    row = items.select_related("list").order_by("due_on", "pk").first()
    return row.list if row else None


def _who_placed(hold: Hold, on: date) -> list[User]:
    """Who did, while they still hold a role there, and their colleagues where it was the FG."""
    school = hold.dossier.school
    rows = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        Q(user=hold.placed_by_id) | Q(role="fg" if hold.placed_as == "fg" else ""),
        unit__in=(school.pk, school.board_id),
        starts_on__lte=on,
        user__is_active=True,
    )
    found = {one.user_id: one.user for one in rows.select_related("user").order_by("user__name")}
    return [one for one in found.values() if one.memberships_with(Permission.PLACE_HOLDS, on)]


def tell_that_nobody_lifted(items: Sequence[DestructionItem], *, on: date) -> None:
    """Once this is stored, mails who handles the list, and the FG, that items of it are left alone:
    the log does not say who lifted their hold. The page of each says the same.
    """
    made = items[0].list
    people = people_around([made], on=on)[made.pk]
    _tell(people.around, _NOBODY, "nobody_lifted", made)


def _tell(people: Iterable[User], subject: Promise, mail: str, made: DestructionList) -> None:
    mails = mails_to(readers(people), f"{_MAILS}/{mail}", subject, made=made)
    send_once_stored(mails, about=made)
