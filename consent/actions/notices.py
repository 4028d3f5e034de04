"""The notice on pictures of others: written in versions, and confirmed by each parent (P16)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at
from consent.models import NoticeConfirmation, PictureNotice
from consent.queries import (
    links_of_notices_kept_by,
    notice_in_use,
    notices_to_confirm_visible_to,
    own_notices,
    year_begins,
)
from students.models import Board, School


@dataclass(frozen=True)
class NoticeText:
    """The notice in both languages."""

    text_nl: str
    text_en: str


@transaction.atomic
def write_notice(*, board: Board, text: NoticeText, by: User, on: date) -> PictureNotice:
    """Writes the next version, or changes the one draft; what is in use stays as it is."""
    must_hold_at(Permission.SET_PURPOSES, unit_id=board.pk, by=by, on=on)
    wait_for_turn(board.pk)
    drafts = PictureNotice.objects.filter(board=board, in_use_from__isnull=True)
    draft, words = drafts.first(), asdict(text)
    if draft is None:
        last = PictureNotice.objects.filter(board=board).aggregate(n=Max("number"))["n"] or 0
        draft = PictureNotice(board=board, number=last + 1, written_by=by, **words)
        draft.save(force_insert=True)
    elif all(getattr(draft, name) == value for name, value in words.items()):
        return draft
    else:
        drafts.update(written_by=by, written_at=timezone.now(), **words)
        draft.refresh_from_db()
    _record(events.NOTICE_WRITTEN, draft, by=by)
    return draft


@transaction.atomic
def use_notice(*, notice: PictureNotice, by: User, on: date) -> PictureNotice:
    """Puts a draft in use from today: each parent reads and confirms it anew."""
    must_hold_at(Permission.SET_PURPOSES, unit_id=notice.board_id, by=by, on=on)
    wait_for_turn(notice.board_id)
    now = PictureNotice.objects.get(pk=notice.pk)
    if now.in_use_from is not None:
        raise Overtaken(_("This notice was put in use already."))
    if not now.text_nl.strip() or not now.text_en.strip():
        raise Refused(_("A notice needs both languages before it can be used."))
    now.in_use_from, now.put_in_use_by, now.put_in_use_at = on, by, timezone.now()
    now.save(update_fields=["in_use_from", "put_in_use_by", "put_in_use_at"])
    _record(events.NOTICE_PUT_IN_USE, now, by=by)
    return now


@transaction.atomic
def confirm_notice(*, notice_id: uuid.UUID, language: str, by: User, on: date) -> int:
    """A parent confirms having read the notice, for this school year. Confirmed twice is once.

    Gives how many rows were new. Raises NotAllowed for a notice of another board, Overtaken when
    another version came in use after the page was made.
    """
    mine = own_notices(by, on=on)
    found = next((one for one in mine if one.notice.pk == notice_id), None)
    if found is None:
        if mine and notices_to_confirm_visible_to(by, on=on).filter(pk=notice_id).exists():
            raise Overtaken(_("The notice has changed since. Read it once more."))
        raise NotAllowed
    wait_for_turn(*(parent.pk for parent in found.parents))
    new = _add(found.notice, [p.pk for p in found.parents], "online", language, by=by, on=on)
    if new:
        record(
            events.NOTICE_CONFIRMED,
            by=by,
            unit=found.notice.board_id,
            target=found.notice,
            ground=Ground.OWN,
        )
    return len(new)


def _add(
    notice: PictureNotice,
    parents: Collection[uuid.UUID],
    route: str,
    language: str,
    *,
    by: User,
    on: date,
) -> list[uuid.UUID]:
    """Adds a row for each of these parents who has none this school year; gives who had none."""
    begins = year_begins(notice.board_id, on)
    done = NoticeConfirmation.objects.filter(
        notice=notice, parent__in=parents, year_starts_on=begins
    ).values_list("parent_id", flat=True)
    new = sorted(set(parents) - set(done))
    NoticeConfirmation.objects.bulk_create(
        NoticeConfirmation(
            notice=notice,
            parent_id=parent,
            year_starts_on=begins,
            route=route,
            language=language,
            confirmed_by=by,
        )
        for parent in new
    )
    return new


@transaction.atomic
def record_confirmations(
    *, school: School, parents: Collection[uuid.UUID], by: User, on: date
) -> int:
    """Records that parents of pupils of a school confirmed on paper; gives how many were new.

    Raises NotAllowed for somebody who is no parent there, and for the family of an own child.
    """
    must_hold_at(Permission.RECORD_CONSENT, unit_id=school.pk, by=by, on=on)
    notice = notice_in_use(school.board_id, on)
    if notice is None:
        raise Refused(_("Your board has no notice in use."))
    links = links_of_notices_kept_by(by, on=on).filter(parent__in=parents)
    known = {link.parent_id: link.pupil for link in links}
    if set(parents) - set(known):
        raise NotAllowed
    wait_for_turn(*known)
    new = _add(notice, set(known), "paper", get_language() or "nl", by=by, on=on)
    if new:
        record(
            events.NOTICE_RECORDED,
            by=by,
            subjects={known[parent].log_key for parent in new},
            unit=school.pk,
            target=notice,
            ground=Ground.ADMINISTRATION,
            detail={"parents": len(new)},
        )
    return len(new)


def _record(what: Event, row: PictureNotice, *, by: User) -> None:
    record(what, by=by, unit=row.board_id, target=row, ground=Ground.ADMINISTRATION)
