"""Judging a finding, and answering to one about oneself: both are added, and stay."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from oversight import events
from oversight.actions.findings_settings import must_say
from oversight.models import Finding, Judgement, JudgementNote, Reply
from oversight.queries.findings import findings_to_judge_visible_to, number_of_judgements
from vault.sealing import create_keys, keyring


@transaction.atomic
def judge_finding(
    *, finding: Finding, outcome: str, note: str, seen: int, by: User, on: date
) -> Judgement:
    """Adds a judgement with its note, sealed; an earlier one stays as it was given.

    Raises NotAllowed for who may not judge it (nobody judges about themselves or their own
    child), Overtaken when somebody judged it since the form was made (`seen` judgements then).
    """
    if not findings_to_judge_visible_to(by, on=on).filter(pk=finding.pk).exists():
        raise NotAllowed(_("Somebody else judges this."))
    words = must_say(note)
    wait_for_turn(finding.pk)
    if number_of_judgements(finding) != seen:
        raise Overtaken(_("A colleague judged this meanwhile. Read it before you add to it."))
    row = Judgement(finding=finding, outcome=Judgement.Outcome(outcome), judged_by=by)
    create_keys([row.pk])
    row.save(force_insert=True)
    sealed = JudgementNote(judgement=row)
    sealed.sealed = keyring([row.pk]).seal_json(row.pk, sealed.place, {"words": words})
    sealed.save(force_insert=True)
    record(
        events.FINDING_JUDGED,
        by=by,
        subjects=finding.subjects,
        unit=finding.unit_id,
        target=finding,
        ground=Ground.OVERSIGHT,
        detail={"outcome": row.outcome, "rule": finding.rule},
    )
    return row


@transaction.atomic
def reply_to_finding(*, finding: Finding, words: str, by: User, on: date) -> Reply:
    """Adds what the person says of a finding about them, sealed; others can't."""
    if finding.person_id != by.pk:
        raise NotAllowed(_("This is not about you."))
    said = must_say(words)
    row = Reply(finding=finding, replied_by=by)
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": said})
    row.save(force_insert=True)
    record(
        events.FINDING_REPLIED,
        by=by,
        subjects=finding.subjects,
        unit=finding.unit_id,
        target=finding,
        ground=Ground.OWN,
    )
    return row
