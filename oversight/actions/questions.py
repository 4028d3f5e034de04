"""Asking why somebody looked, and answering that."""

from __future__ import annotations

import uuid
from datetime import date
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from oversight import events
from oversight.models import LookQuestion
from oversight.queries.looks import line_of, looked_at_visible_to
from oversight.queries.questions import family_of, heads_of, look_questions_handled_by
from oversight.rules.looks import Line
from oversight.rules.questions import MOST_A_DAY, due_on, goes_to
from students.models import Pupil, School
from vault.sealing import create_keys, keyring

_MOST_LOOKS = 200  # keys of looks that a question keeps; a day with more is asked about as well


@transaction.atomic
def ask_why(*, pupil: Pupil, look: uuid.UUID, words: str, by: User, on: date) -> LookQuestion:
    """Asks about one line; who answers has thirty days. Raises NotAllowed for what `by` can't see.

    Refused, kindly: the same line twice, and more than a few a day.
    """
    if not looked_at_visible_to(by, on=on).filter(pk=pupil.pk).exists():
        raise NotAllowed
    line = line_of(pupil, by, look, on=on)
    if line is None:
        raise NotAllowed
    school = School.objects.select_related("unit").filter(pk=line.school).first()
    if school is None:
        raise NotAllowed
    wait_for_turn(by.pk, pupil.pk)  # nobody begins to destroy the dossier meanwhile
    asked = LookQuestion.objects.filter(asked_by=by)
    if asked.filter(look=line.key).exists():
        raise Refused(_("You asked about this already. The answer comes on this page."))
    if asked.filter(asked_on=on).count() >= MOST_A_DAY:
        raise Refused(_("You asked a lot today. Ask again tomorrow, or call the school."))
    row = _question(pupil, school, line, by, on)
    create_keys([row.pk])
    row.sealed = keyring([row.pk]).seal_json(row.pk, row.place, {"words": _said(words)})
    row.save(force_insert=True)
    record(
        events.LOOK_QUESTIONED,
        by=by,
        subjects=[pupil.log_key],
        unit=school.pk,
        target=row,
        ground=Ground.OWN,
        detail={"look": str(line.key), "goes_to": row.goes_to},
    )
    return row


def _question(pupil: Pupil, school: School, line: Line, by: User, on: date) -> LookQuestion:
    lookers = {one.who for one in line.looks}
    return LookQuestion(
        pupil=pupil,
        school=school,
        look=line.key,
        looks=[one.key for one in line.looks][-_MOST_LOOKS:],
        lookers=sorted(lookers),
        looked_on=line.day,
        role=line.role,
        kind=line.kind,
        asked_by=by,
        asked_on=on,
        due_on=due_on(on),
        goes_to=goes_to(heads=heads_of(school.pk, on=on), lookers=lookers, family=family_of(pupil)),
    )


@transaction.atomic
def answer_question(*, question: LookQuestion, words: str, by: User, on: date) -> LookQuestion:
    """Answers once; the asker reads it on their page and is mailed that it is there.

    Raises NotAllowed for who does not answer this question, Overtaken when a colleague did.
    """
    if not look_questions_handled_by(by, on=on).filter(pk=question.pk).exists():
        raise NotAllowed
    said = {"words": _said(words)}
    sealed = keyring([question.pk]).seal_json(question.pk, question.answer_place, said)
    rows = LookQuestion.objects.filter(pk=question.pk, answered_at__isnull=True)
    if not rows.update(
        answer_sealed=sealed, answered_by=by, answered_on=on, answered_at=timezone.now()
    ):
        raise Overtaken(_("A colleague answered this already. The parent has that answer."))
    record(
        events.LOOK_EXPLAINED,
        by=by,
        subjects=[question.pupil.log_key],
        unit=question.school_id,
        target=question,
        changed=["answer"],
        ground=Ground.CUSTODIAN,
    )
    _tell(question, on)
    return question


def _said(words: str) -> str:
    if len(words.strip()) < 5:
        raise Refused(_("Write a few words."))
    return words.strip()


def _tell(question: LookQuestion, on: date) -> None:
    """Mails that there is an answer, once it is stored: the mail names no child and nobody else.

    Not to who may not see who looked any more. The answer stands on their page; a mail server
    that is down loses nothing.
    """
    asker = question.asked_by
    sees = looked_at_visible_to(asker, on=on).filter(pk=question.pupil_id).exists()
    if not asker.email or not asker.is_active or not sees:
        return
    with translation.override(asker.language):
        text = render_to_string("oversight/looks/mail/answered.txt", {"site": settings.ADDRESS})
        mail = EmailMessage(gettext("Your question has an answer"), text, None, [asker.email])
    transaction.on_commit(lambda: _send(mail, str(question.pk)), robust=True)


def _send(mail: EmailMessage, question: str) -> None:
    try:
        get_connection().send_messages([mail])
    except (SMTPException, OSError, ValueError) as error:
        structlog.get_logger("oversight").error(
            "asker_not_mailed", question=question, reason=type(error).__name__
        )
