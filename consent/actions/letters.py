"""Letters and slips with codes: made in files of a hundred, sealed, downloaded once.

Whoever has them made downloads them, and nobody else: a colleague may be a parent of one of the
pupils, and a letter to the other parent holds that parent's code.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Job
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.grounds import Ground
from consent import events
from consent.actions.codes import new_code, wait_for_codes
from consent.actions.holding import must_hold, must_hold_at
from consent.actions.sending import Occasion, code_for, keep_sending
from consent.documents.letters import Letter, letters_pdf, slips_pdf
from consent.models import Code, LetterFile, LetterRun, Sending
from consent.queries.letters import people_to_write_to
from consent.queries.reaching import Reach, ToTell
from consent.rules import PUPIL, Kind, Who
from students.models import Group, Parent, Parenthood, Pupil, School
from students.queries.keeping import Sight, contacts_seen_by
from vault.sealing import create_keys, keyring

LETTERS_A_FILE = 100
_KEPT_FOR = timedelta(days=7)  # until somebody downloads them


@transaction.atomic
def start_letters(
    *, school: School, kind: str, group: Group | None, is_again: bool, by: User, on: date
) -> LetterRun:
    """Asks for letters to parents, or slips for pupils, of a school or one group of it.

    To everybody with something open who is not reached by mail; with `is_again` also who was
    written to before. Never to a parent of an own child. Refused when there is nobody.
    """
    must_hold_at(Permission.RECORD_CONSENT, unit_id=school.pk, by=by, on=on)
    if group is not None and group.school_id != school.pk:
        raise NotAllowed
    row = LetterRun(school=school, kind=kind, group=group, is_again=is_again, started_by=by)
    row.total = len(to_write_to(row, by=by, on=on))
    if not row.total:
        raise Refused(_("There is nobody to write to. Everybody answered or was written to."))
    row.save(force_insert=True)
    record(
        events.LETTERS_STARTED,
        by=by,
        unit=school.pk,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"kind": kind, "people": row.total},
    )
    return row


def to_write_to(row: LetterRun, *, by: User, on: date) -> list[ToTell]:
    """Whom a run still writes to, without those it wrote to already."""
    wanted = Reach.SLIP if row.kind == LetterRun.Kind.SLIPS else Reach.LETTER
    written = Sending.objects.filter(letters__run=row)
    done = set(written.values_list("parent_id", "pupil_id", "representative_id"))
    return [
        one
        for one in people_to_write_to(row.school, by, on=on, group=row.group)
        if one.reach is wanted and (row.is_again or not one.is_told) and _keys(one) not in done
    ]


@transaction.atomic
def make_next_letters(*, run_id: uuid.UUID, by: User, on: date) -> LetterRun:
    """Makes the next file of a run; all are made once `finished_at` is there.

    The codes and the letters come about together or not at all. Two at once wait for each other;
    a run that broke off goes on where it was. Only who started it, while the role lasts.
    """
    runs = LetterRun.objects.select_for_update(of=("self",)).select_related("school__unit")
    row = runs.filter(pk=run_id, started_by=by).first()
    if row is None:
        raise NotAllowed
    must_hold_at(Permission.RECORD_CONSENT, unit_id=row.school_id, by=by, on=on)
    if row.finished_at is not None:
        return row
    wait_for_turn(row.school_id)  # two colleagues at once write to nobody twice
    people = to_write_to(row, by=by, on=on)
    batch = people[:LETTERS_A_FILE]
    if batch:
        _make_file(row, batch, by=by, on=on)
    row.done += len(batch)
    row.total = row.done + len(people) - len(batch)
    row.finished_at = timezone.now() if len(people) == len(batch) else None
    row.save(update_fields=["done", "total", "finished_at"])
    record(
        events.LETTERS_MADE,
        by=by,
        subjects=dict.fromkeys(pupil.log_key for one in batch for pupil in one.pupils),
        unit=row.school_id,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"letters": len(batch), "kind": row.kind},
    )
    return row


@transaction.atomic
def fetch_letters(*, file: LetterFile, by: User, on: date) -> bytes:
    """The letters of one file, once: then they are gone here.

    Raises NotAllowed for somebody else's run and, should it have become so meanwhile, for a
    parent of one of the pupils; Overtaken when they were downloaded or thrown away.
    """
    files = LetterFile.objects.select_for_update(of=("self",)).select_related("run")
    row = files.filter(pk=file.pk, run__started_by=by).first()
    if row is None:
        raise NotAllowed
    must_hold_at(Permission.RECORD_CONSENT, unit_id=row.run.school_id, by=by, on=on)
    # What was sent to the other parent of an own child is hidden from us.
    if Sending.objects.filter(letters=row).count() != row.people:
        raise NotAllowed(_("You are a parent of one of these pupils. A colleague makes them anew."))
    if row.sealed is None:
        raise Overtaken(_("These letters are gone: they are downloaded once. Make them anew."))
    data = keyring([row.pk]).open(row.pk, row.place, row.sealed)
    row.sealed, row.downloaded_at = None, timezone.now()
    row.save(update_fields=["sealed", "downloaded_at"])
    record(
        events.LETTERS_FETCHED,
        by=by,
        subjects=[pupil.log_key for pupil in pupils_of(row)],
        unit=row.run.school_id,
        target=row,
        ground=Ground.ADMINISTRATION,
        detail={"letters": row.people},
    )
    return data


def pupils_of(file: LetterFile) -> list[Pupil]:
    """About whom the letters of a file are: the pupils themselves, or the parents' children."""
    rows = Sending.objects.filter(letters=file)
    parents = Parenthood.objects.filter(
        parent__in=rows.values("parent"),
        withdrawn_at__isnull=True,
        pupil__enrolments__school=file.run.school_id,
    )
    found = Pupil.objects.filter(pk__in=rows.values("pupil")) | Pupil.objects.filter(
        pk__in=parents.values("pupil")
    )
    represented = Pupil.objects.filter(
        representatives__in=rows.exclude(representative=None).values("representative")
    )
    return list({*found.distinct(), *represented})


@transaction.atomic
def throw_letters_away(*, by: Job, on: date) -> int:
    """Lets letters go that nobody downloaded in a week; gives how many files."""
    old = timezone.now() - _KEPT_FOR
    rows = LetterFile.objects.filter(sealed__isnull=False, made_at__lt=old)
    gone = rows.update(sealed=None, expired_at=timezone.now())
    if gone:
        record(events.LETTERS_EXPIRED, by=by, ground=Ground.SYSTEM, detail={"files": gone})
    return gone


@transaction.atomic
def write_letter(
    *, pupil: Pupil, parent: Parent | None, school: School, by: User, on: date, language: str = "nl"
) -> bytes:
    """One letter to a parent, or (no parent) a slip for a pupil, with a new code; as a PDF.

    It is given once and kept nowhere. Raises as `make_code` does, and Refused for somebody who has
    an account already.
    """
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school.pk, by=by, on=on)
    one = ToTell(
        PUPIL if parent is None else Who(Kind.PARENT, parent.pk),
        [pupil],
        asked_at=timezone.now(),
        parent=parent,
    )
    if one.has_way_in:
        raise Refused(_("There is an account already, so no code is needed."))
    route = Code.Route.HANDED if parent is None else Code.Route.LETTER
    code, words = new_code(pupil=pupil, parent=parent, school=school, route=route, by=by, on=on)
    occasion = Occasion(school, Sending.Kind.ASKED)
    keep_sending(one, occasion, route, code=code, by=by, on=on)
    letter = _letter(one, school, code, words, _lines([one], by, on))
    record(
        events.LETTERS_MADE,
        by=by,
        subjects=[pupil.log_key],
        unit=school.pk,
        target=code,
        ground=Ground.ADMINISTRATION,
        detail={"letters": 1, "kind": route},
    )
    make = slips_pdf if parent is None else letters_pdf
    return make([letter], on=on, language=language)


def _make_file(row: LetterRun, batch: Sequence[ToTell], *, by: User, on: date) -> None:
    """The codes of some dozens of people, and their letters, sealed until they are downloaded."""
    file = LetterFile(run=row, number=row.files.count() + 1, people=len(batch))
    is_slip = row.kind == LetterRun.Kind.SLIPS
    route = Code.Route.HANDED if is_slip else Code.Route.LETTER
    occasion = Occasion(row.school, Sending.Kind.ASKED)
    lines = _lines(batch, by, on)
    wait_for_codes(one.pupils[0] for one in batch if not one.has_way_in)
    letters = []
    for one in batch:
        code, words = code_for(one, row.school, route, by=by, on=on)
        keep_sending(one, occasion, route, code=code, letters=file, by=by, on=on)
        letters.append(_letter(one, row.school, code, words, lines))
    make = slips_pdf if is_slip else letters_pdf
    create_keys([file.pk])
    data = make(letters, on=on, language=by.language)
    file.sealed = keyring([file.pk]).seal(file.pk, file.place, data)
    file.save(force_insert=True)


def _letter(
    one: ToTell, school: School, code: Code | None, words: str, lines: dict[uuid.UUID, list[str]]
) -> Letter:
    row = one.parent or one.representative or one.pupils[0]
    return Letter(
        school=school.name,
        name=one.name,
        about=tuple(pupil.said_first or pupil.name for pupil in one.pupils),
        language=one.language,
        lines=tuple(lines.get(row.pk, ())),
        group=", ".join(one.groups),
        code=words,
        code_until=code.expires_on if code else None,
        is_on_paper=one.representative is not None,
    )


def _lines(people: Sequence[ToTell], by: User, on: date) -> dict[uuid.UUID, list[str]]:
    """The addresses of the parents, as far as they may stand in a file: never a secret one."""
    parents = [one.parent for one in people if one.parent is not None]
    return {
        key: contact.lines
        for key, contact in contacts_seen_by(by, parents, on).items()
        if contact.sight is Sight.ALL and not contact.is_secret
    }


def _keys(one: ToTell) -> tuple[uuid.UUID | None, ...]:
    pupil = one.pupils[0].pk if one.parent is None and one.representative is None else None
    return (
        one.parent.pk if one.parent else None,
        pupil,
        one.representative.pk if one.representative else None,
    )
