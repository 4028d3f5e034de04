"""A no on paper or in a talk that was recorded by mistake: it stays, and counts for nothing."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold, must_say
from consent.models import Answer, Correction
from consent.queries import answers_kept_by, is_yes
from vault.sealing import create_keys, keyring


@transaction.atomic
def correct_mistake(*, answer: Answer, reason: str, by: User, on: date) -> Correction:
    """The director decides, with a reason, that this no was never said so.

    What that same person said before counts again; nobody else's answer changes, so a no of
    anybody else stays one. Refused for an answer given online, for a yes, and for what `by`
    recorded: a second person looks. Overtaken when it was corrected already.
    """
    row = answers_kept_by(by, on=on).filter(pk=answer.pk).first()
    if row is None:
        raise NotAllowed
    must_hold(Permission.DECIDE_CONSENT, pupil=row.pupil, school_id=row.school_id, by=by, on=on)
    if row.route == Answer.Route.ONLINE:
        raise Refused(_("This was answered online. Only that person can answer anew."))
    if is_yes(row):
        raise Refused(_("This is a yes. It ends when you record the no that was meant."))
    if row.recorded_by_id == by.pk:
        raise Refused(_("You recorded this answer yourself. The other director or deputy decides."))
    wait_for_turn(row.pupil_id)
    if Correction.objects.filter(answer=row).exists():
        raise Overtaken(_("A colleague corrected this already."))
    made = Correction(answer=row, pupil=row.pupil, school=row.school, decided_by=by)
    create_keys([made.pk])
    words = {"words": must_say(reason)}
    made.sealed = keyring([made.pk]).seal_json(made.pk, made.place, words)
    made.save(force_insert=True)
    record(
        events.ANSWER_CORRECTED,
        by=by,
        subjects=[row.pupil.log_key],
        unit=row.school_id,
        target=made,
        ground=Ground.CUSTODIAN,
        detail={"answer": str(row.pk)},
    )
    return made
