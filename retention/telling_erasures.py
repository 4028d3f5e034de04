"""Mails around a request to erase: who decides hears that it waits, who asked what came of it.

A mail names nobody and says nothing of what is asked; a lost one loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from retention.models import Erasure
from retention.queries.due import dossier_is_held
from retention.queries.erasures import askers_of, deciders_of
from retention.rules.erasures import is_late
from retention.rules.lists import is_to_be_reminded
from retention.telling import mails_to, operators, readers, send_once_stored

_MAILS = "retention/erasures/mail"
_WAITS = _("A request to erase waits for you")
_OVERDUE = _("What was approved is not erased")
_TAKEN_BACK = _("A request to erase was taken back")
_ASKED = _("Your request to erase something")


def tell_who_decides(row: Erasure, *, on: date) -> None:
    """Once this is stored, mails who may decide; where nobody may, who asked hears that."""
    words = {
        "answer_by": row.answer_by,
        "is_late": is_late(row.received_on, on),
        "is_anew": row.reopened_at is not None,
        "restored_from": row.restored_from,
    }
    if people := deciders_of(row, on=on):
        _tell(row, people, _WAITS, "waits", words)
    else:
        _tell(row, askers_of(row, on=on), _ASKED, "nobody_decides", words)


def tell_who_asked(row: Erasure, *, on: date) -> None:
    """Once this is stored, mails who asked in the portal how far it is, or who asks there now."""
    words = {"state": row.state.value, "begins_on": row.begins_on, "asker": row.asker}
    _tell(row, askers_of(row, on=on), _ASKED, "decided", words)


def tell_who_approved(row: Erasure, *, by: User) -> None:
    """Once this is stored, mails who approved it that somebody else took it back."""
    if row.approved_by is not None and row.approved_by != by:
        _tell(row, [row.approved_by], _TAKEN_BACK, "taken_back", {})


def remind_of_erasures(*, on: date) -> int:
    """Mails again who must decide about a request whose answer is due soon, or late; says how many
    requests: two weeks and one week before, on the last day, then each week.
    """
    rows = Erasure.objects.select_related("dossier__pupil", "dossier__school", "proposed_by")
    waiting = [
        row
        for row in rows.filter(ended="", approved_on__isnull=True).exclude(proposed_on=on)
        if is_to_be_reminded(row.answer_by, on)
    ]
    for row in waiting:
        tell_who_decides(row, on=on)
    return len(waiting)


def tell_of_what_is_overdue(*, on: date) -> int:
    """Mails who decides, and who looks after the server, of what was approved and is not erased
    though nothing holds it: on the day after, then each week. Says how many requests.
    """
    rows = Erasure.objects.select_related("dossier__pupil", "dossier__school")
    tried = rows.filter(ended="", approved_on__isnull=False, outcome__in=["", "intended"])
    overdue = [row for row in tried if _is_told_on(row, on)]
    for row in overdue:
        words = {"begins_on": row.begins_on, "key": str(row.pk)}
        to = (*readers(deciders_of(row, on=on)), *operators())
        send_once_stored(mails_to(to, f"{_MAILS}/overdue", _OVERDUE, **words), about=row)
    return len(overdue)


def _is_told_on(row: Erasure, on: date) -> bool:
    late = (on - row.begins_on).days if row.begins_on else 0
    return late % 7 == 1 and not dossier_is_held(row.dossier_id, on)


def _tell(
    row: Erasure, people: Iterable[User], subject: Promise, mail: str, words: dict[str, Any]
) -> None:
    """Each in their language."""
    mails = mails_to(readers(people), f"{_MAILS}/{mail}", subject, **words)
    send_once_stored(mails, about=row)
