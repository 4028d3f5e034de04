"""Asking to erase part of a dossier, and deciding about it: always two people.

The words are sealed under a key of their own row.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent.actions.holding import must_say
from dossiers.models import Dossier
from retention import events
from retention.models import Erasure, ErasureWords
from retention.queries.due import dossier_is_held
from retention.queries.erasures import Header, erasable_in, who_is_around
from retention.queries.going import kinds_going
from retention.queries.lists import roles_around
from retention.rules.erasures import PROPOSERS, No, Step, no_to
from retention.telling_erasures import tell_who_approved, tell_who_asked, tell_who_decides
from retention.terms import LAST, kind_of_part
from students.queries import is_own_child
from vault.sealing import create_keys, keyring

_SAID: dict[No, Promise] = {
    No.STATE: _("Somebody decided about this already. Look at it again."),
    No.ROLE: _("Somebody in another role decides this."),
    No.SAME_PERSON: _("You asked for this yourself. A second person decides."),
    No.OWN_CHILD: _("You are a parent of this pupil. Somebody else decides."),
    No.HELD: _("This dossier is held: nothing of it is erased before the hold ends."),
}
_TOO_LATE = _(
    "This is being destroyed now, because the school may keep it no longer. Nobody has to decide"
    " about it any more. Tell who asked."
)


@dataclass(frozen=True)
class Request:
    """What somebody asked: who, on which ground, in which words, and when it came in."""

    asker: str
    because: str
    words: str
    received_on: date


@transaction.atomic
def ask_erasure(
    *, dossier: Dossier, what: tuple[str, uuid.UUID], asked: Request, by: User, on: date
) -> Erasure:
    """A request to erase something (its sort and key). Nothing happens before it is approved.

    Refused for what is being destroyed already: the request would go along, and be answered by
    nobody.
    """
    if is_own_child(by, dossier.pupil):
        raise NotAllowed(_SAID[No.OWN_CHILD])
    if not roles_around(by, dossier.school, on) & PROPOSERS:
        raise NotAllowed(_SAID[No.ROLE])
    if asked.received_on > on:
        raise Refused(
            _("Choose the day on which the request came in: today or earlier."), about="received_on"
        )
    if asked.asker not in Erasure.Asker.values or asked.because not in Erasure.Because.values:
        raise Refused(_("Choose who asks, and on which ground."))
    words = must_say(asked.words)
    header = next((one for one in erasable_in(dossier) if one.key == what), None)
    if header is None:
        raise NotAllowed
    _must_be_first(dossier, header)
    row = Erasure(
        dossier=dossier,
        sort=header.sort,
        target=header.id,
        part_kind=header.kind,
        asker=asked.asker,
        because=asked.because,
        received_on=asked.received_on,
        words=_sealed(dossier, words, by),
        proposed_on=on,
        proposed_by=by,
    )
    row.save(force_insert=True)
    _record(events.ERASURE_ASKED, row, by=by)
    tell_who_decides(row, on=on)
    return row


def _must_be_first(dossier: Dossier, header: Header) -> None:
    """Nobody asked for it before, and nothing of it is being destroyed nor begins to be now."""
    wait_for_turn(dossier.pk, header.id)
    if kinds_going(dossier.pk) & {LAST.code, kind_of_part(header.kind).code}:
        raise Refused(_TOO_LATE)
    if Erasure.objects.filter(target=header.id, ended="", done_at__isnull=True).exists():
        raise Overtaken(_("Somebody asked to erase this already."))


@transaction.atomic
def approve_erasure(*, erasure: Erasure, by: User, on: date) -> None:
    """The second person's yes: it is erased after a whole day. Refused while it is held."""
    row = _must_be_able(Step.APPROVE, erasure, by, on)
    row.approved_on, row.approved_at, row.approved_by = on, timezone.now(), by
    row.save(update_fields=["approved_on", "approved_at", "approved_by"])
    _record(events.ERASURE_APPROVED, row, by=by, changed=["approved_on"])
    tell_who_asked(row, on=on)


@transaction.atomic
def refuse_erasure(*, erasure: Erasure, words: str, by: User, on: date) -> None:
    """The second person's no, with a reason that the school tells who asked (AVG 12(4))."""
    row = _must_be_able(Step.REFUSE, erasure, by, on)
    _end(row, Erasure.Ended.REFUSED, words, by=by, on=on)
    _record(events.ERASURE_REFUSED, row, by=by, changed=["ended"])


@transaction.atomic
def withdraw_erasure(*, erasure: Erasure, words: str, by: User, on: date) -> None:
    """Takes a request back with a reason, as long as nothing was erased: who may ask, or who
    approved it.
    """
    row = _must_be_able(Step.WITHDRAW, erasure, by, on)
    _end(row, Erasure.Ended.WITHDRAWN, words, by=by, on=on)
    _record(events.ERASURE_WITHDRAWN, row, by=by, changed=["ended"])
    tell_who_approved(row, by=by)


def steps_for(row: Erasure, user: User, *, on: date) -> list[Step]:
    """The steps that `user` may take now; one that only a hold forbids is still told of."""
    who = who_is_around(row, user, on=on)
    return [step for step in Step if no_to(step, row.state, who) is None]


def _must_be_able(step: Step, erasure: Erasure, by: User, on: date) -> Erasure:
    wait_for_turn(erasure.dossier_id)  # nobody places a hold on it meanwhile
    rows = Erasure.objects.select_related("dossier__pupil", "dossier__school")
    row = rows.select_for_update(of=("self",)).get(pk=erasure.pk)
    is_held = dossier_is_held(row.dossier_id, on)
    no = no_to(step, row.state, who_is_around(row, by, on=on), is_held=is_held)
    if no is No.STATE:
        raise Overtaken(_SAID[no])
    if no is No.HELD:
        raise Refused(_SAID[no])
    if no is not None:
        raise NotAllowed(_SAID[no])
    return row


def _end(row: Erasure, how: Erasure.Ended, words: str, *, by: User, on: date) -> None:
    row.ended_words = _sealed(row.dossier, must_say(words), by)
    row.ended, row.ended_on, row.ended_at, row.ended_by = how, on, timezone.now(), by
    row.save(update_fields=["ended", "ended_on", "ended_at", "ended_by", "ended_words"])
    if by.pk != row.proposed_by_id:
        tell_who_asked(row, on=on)


def _sealed(dossier: Dossier, words: str, by: User) -> ErasureWords:
    row = ErasureWords(id=uuid.uuid4(), dossier=dossier, written_by=by)
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": words})
    row.save(force_insert=True)
    return row


def _record(what: Event, row: Erasure, *, by: User, changed: list[str] | None = None) -> None:
    record(
        what,
        by=by,
        subjects=[row.dossier.log_key],
        unit=row.dossier.school_id,
        target=row,
        changed=changed or (),
        ground=Ground.RETENTION,
        detail={"what": row.sort, "part": row.part_kind, "because": row.because},
    )
