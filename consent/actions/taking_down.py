"""A new no makes a task to take pictures down; who does it says how, with proof (P13)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import Actor
from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.turns import wait_for_turn
from audit.actions import record
from audit.blobs import kept_blobs
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_say
from consent.attachments import keep_file
from consent.models import Answer, Publication, PublishedPupil, Purpose, Removal, TakeDown
from consent.queries import (
    Known,
    publications_visible_to,
    question_of,
    take_downs_visible_to,
    texts_in_use,
)
from consent.queries.scans import Paper
from consent.rules import Reason, effective_answer, new_no, take_down_by
from files.intake import Clean
from students.keepers import must_not_be_own_child
from students.models import Pupil, School
from vault.blobs import Kept
from vault.sealing import create_keys, keyring

BATCH = 500  # pupils in publications, looked at together at night


@dataclass(frozen=True)
class NewNo:
    """A no that stands whatever anybody answered: for a purpose or all, at a school or all."""

    pupil: Pupil
    purpose: Purpose | None = None
    school: School | None = None
    is_threat: bool = False


@transaction.atomic
def take_down_after(no: NewNo, *, by: User, on: date) -> int:
    """Makes the tasks that follow from an objection, a court's no or a safety block.

    Called in the transaction that records it. Gives how many were made.
    """
    rows = _running([no.pupil.pk])
    if no.purpose is not None:
        rows = rows.filter(publication__purpose=no.purpose)
    if no.school is not None:
        rows = rows.filter(publication__school=no.school)
    if no.is_threat:
        _hurry(no.pupil, on)
    return _ask([(row, no.is_threat) for row in rows], by=by, on=on)


@transaction.atomic
def take_down_after_answers(answers: Iterable[Answer], *, by: User, on: date) -> int:
    """The same for a refusal or a withdrawal; called in the transaction of the answer."""
    pupils = {row.pupil_id for row in answers if row.said != Answer.Said.GIVEN}
    return _look(_running(pupils), by=by, on=on) if pupils and _is_published(pupils) else 0


@transaction.atomic
def look_for_new_noes(*, publications: Sequence[Publication], by: Actor, on: date) -> int:
    """Makes the tasks for noes that came since these publications."""
    rows = _running().filter(publication__in=[row.pk for row in publications])
    return _look(rows, by=by, on=on)


@transaction.atomic
def find_take_downs(*, school: School, by: Actor, on: date) -> int:
    """Looks at every running publication of a school, so that no new no is missed; each night."""
    made, rows = 0, _running().filter(publication__school=school).order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        made += _look(batch, by=by, on=on)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])
    return made


def _running(pupils: Iterable[uuid.UUID] | None = None) -> QuerySet[PublishedPupil]:
    """Pupils who are in a publication still, without an open task."""
    open_ones = TakeDown.objects.filter(published=OuterRef("pk"), closed_at__isnull=True)
    rows = PublishedPupil.objects.filter(
        ~Exists(open_ones), removal__isnull=True, publication__ended_at__isnull=True
    ).select_related("pupil", "publication__text__purpose")
    return rows if pupils is None else rows.filter(pupil__in=list(pupils))


def _is_published(pupils: Iterable[uuid.UUID]) -> bool:
    """Whether any of them is in a picture at all, as few are: the least that can be asked."""
    return PublishedPupil.objects.filter(pupil__in=pupils, removal__isnull=True).exists()


def _look(rows: Iterable[PublishedPupil], *, by: Actor, on: date) -> int:
    """Asks the rule about each, in a fixed number of queries for each school."""
    by_school: dict[uuid.UUID, list[PublishedPupil]] = defaultdict(list)
    for row in rows:
        by_school[row.publication.school_id].append(row)
    found: list[tuple[PublishedPupil, bool]] = []
    for school_id, here in by_school.items():
        known = Known({row.pupil_id: row.pupil for row in here}.values(), school_id)
        known.load_answers({row.publication.purpose_id for row in here})
        for row in here:
            no = new_no(
                known.facts(row.pupil_id, row.publication.purpose_id),
                question_of(row.publication.text),
                published_on=row.publication.published_on,
                on=on,
            )
            if no is not None:
                found.append((row, no.reason is Reason.SAFETY_BLOCK))
    return _ask(found, by=by, on=on)


def _hurry(pupil: Pupil, on: date) -> None:
    """Who had a week for it has a day now; the block itself is recorded around it."""
    due_on = take_down_by(on, is_threat=True)
    tasks = TakeDown.objects.filter(published__pupil=pupil, closed_at__isnull=True)
    tasks.filter(due_on__gt=due_on).update(due_on=due_on)


def _ask(found: Sequence[tuple[PublishedPupil, bool]], *, by: Actor, on: date) -> int:
    """Adds the tasks; one that is there already stays the only one. One event for each school."""
    by_school: dict[uuid.UUID, list[TakeDown]] = defaultdict(list)
    for row, is_threat in found:
        task = TakeDown(published=row, asked_on=on, due_on=take_down_by(on, is_threat=is_threat))
        by_school[row.publication.school_id].append(task)
    for school_id, tasks in sorted(by_school.items()):
        TakeDown.objects.bulk_create(tasks, ignore_conflicts=True)
        record(
            events.TAKE_DOWN_ASKED,
            by=by,
            subjects={task.published.pupil.log_key for task in tasks},
            unit=school_id,
            ground=Ground.SYSTEM,
            detail={"publications": sorted({str(t.published.publication_id) for t in tasks})},
        )
    return len(found)


@dataclass(frozen=True)
class Deed:
    """What was done, on which day, in words, with a picture or PDF if there is one."""

    how: str
    done_on: date
    words: str
    file: Clean | None = None


@transaction.atomic
def take_down(
    *, publication: Publication, pupil: Pupil | None, deed: Deed, by: User, on: date
) -> Removal:
    """Records that all of it is down, or that one pupil is not in it any more; with proof.

    Closes the tasks it answers. The publication ends when nobody is left in it. Raises
    NotAllowed for somebody else's publication or one's own child, Overtaken when it was down.
    """
    seen = publications_visible_to(by, on=on).filter(pk=publication.pk)
    if not seen.exists():
        raise NotAllowed
    if pupil is not None:
        must_not_be_own_child(by, pupil)
    if (pupil is None) is not (deed.how == Removal.How.WHOLE):
        raise Refused(_("Choose one pupil, or say that all of it was taken down."))
    if not publication.published_on <= deed.done_on <= on:
        raise Refused(_("Choose a day between the publication and today."))
    words = must_say(deed.words)
    wait_for_turn(publication.pk, *(one.pupil_id for one in _still_in(publication, pupil)))
    gone = _still_in(publication, pupil)
    with kept_blobs() as kept:
        row = _removal(publication, deed, words, kept, by)
    _mark_gone(publication, gone, row, by)
    record(
        events.TAKEN_DOWN,
        by=by,
        subjects=[one.pupil.log_key for one in gone],
        unit=publication.school_id,
        target=publication,
        ground=Ground.CHECK,
        detail={"how": row.how, "has_file": row.blob is not None},
    )
    return row


def _still_in(publication: Publication, pupil: Pupil | None) -> list[PublishedPupil]:
    rows = PublishedPupil.objects.filter(publication=publication, removal__isnull=True)
    if pupil is not None:
        rows = rows.filter(pupil=pupil)
    found = list(rows.select_related("pupil"))
    if not found:
        raise Overtaken(_("This was taken down already."))
    return found


def _removal(publication: Publication, deed: Deed, words: str, kept: Kept, by: User) -> Removal:
    """Seals the words and the file under a key of the row's own, and stores it."""
    row = Removal(
        pk=uuid.uuid4(),
        publication=publication,
        school_id=publication.school_id,
        how=deed.how,
        done_on=deed.done_on,
        done_by=by,
    )
    create_keys([row.pk])
    keys = keyring([row.pk])
    data: dict[str, Any] = {"words": words, "file": None}
    if deed.file is not None:
        row.blob = keep_file(kept, keys, row.pk, row.file_place, deed.file)
        data["file"] = _called_a_proof(deed.file).as_json()
    row.sealed = keys.seal_json(row.pk, row.place, data)
    row.save(force_insert=True)
    return row


def _called_a_proof(file: Clean) -> Paper:
    """Not as whoever sent it called it: there a name may stand."""
    return replace(Paper.of(file), name=f"proof.{file.extension}")


def _mark_gone(
    publication: Publication, gone: list[PublishedPupil], row: Removal, by: User
) -> None:
    now = timezone.now()
    keys = [one.pk for one in gone]
    PublishedPupil.objects.filter(pk__in=keys).update(removal=row, gone_on=row.done_on)
    TakeDown.objects.filter(published__in=keys, closed_at__isnull=True).update(
        outcome=TakeDown.Outcome.GONE, closed_by=by, closed_at=now
    )
    if not PublishedPupil.objects.filter(publication=publication, removal__isnull=True).exists():
        Publication.objects.filter(pk=publication.pk, ended_at__isnull=True).update(
            ended_on=row.done_on, ended_by=by, ended_at=now
        )


@transaction.atomic
def close_as_allowed(*, task: TakeDown, by: User, on: date) -> None:
    """Closes a task because everybody who decides said yes again meanwhile. Refused otherwise."""
    found = take_downs_visible_to(by, on=on).filter(pk=task.pk).first()
    if found is None:
        raise NotAllowed
    publication, pupil = found.published.publication, found.published.pupil
    wait_for_turn(pupil.pk)
    if not is_allowed_again(found, on=on):
        raise Refused(_("It is not allowed again: take it down."))
    rows = TakeDown.objects.filter(pk=task.pk, closed_at__isnull=True)
    closed = {"outcome": TakeDown.Outcome.ALLOWED, "closed_by": by, "closed_at": timezone.now()}
    if not rows.update(**closed):
        raise Overtaken(_("A colleague closed this already."))
    record(
        events.TAKE_DOWN_CLOSED,
        by=by,
        subjects=[pupil.log_key],
        unit=publication.school_id,
        target=publication,
        ground=Ground.CHECK,
    )


def is_allowed_again(task: TakeDown, *, on: date) -> bool:
    """Whether it holds a yes today, for the text it was published under or the one in use now."""
    publication, pupil = task.published.publication, task.published.pupil
    known = Known([pupil], publication.school_id)
    known.load_answers([publication.purpose_id])
    facts = known.facts(pupil.pk, publication.purpose_id)
    now = texts_in_use(publication.purpose.board_id, on).filter(purpose=publication.purpose_id)
    return any(
        effective_answer(facts, question_of(text), on).is_allowed
        for text in (publication.text, *now)
    )
