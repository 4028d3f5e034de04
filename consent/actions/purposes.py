"""What a board asks: purposes, drafts of texts, and putting one in use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import Overtaken, Refused
from access.models import User
from access.permissions import Permission
from access.turns import wait_for_turn
from audit.actions import record
from audit.events import Event
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold_at
from consent.models import MAY_BE_FREE, Purpose, PurposeText
from students.models import Board
from students.seen import must_be_unchanged, of_fields


@dataclass(frozen=True)
class TextData:
    """A text in both languages, and who must agree to it."""

    title_nl: str
    title_en: str
    text_nl: str
    text_en: str
    needs: str = PurposeText.Needs.ALL.value
    is_pupil_heard: bool = True
    is_publication: bool = True
    is_yearly: bool = True
    is_promised: bool = True
    is_free: bool = False
    free_ground: str = ""


@transaction.atomic
def add_purpose(*, board: Board, code: str, channel: str, by: User, on: date) -> Purpose:
    """Adds something the board asks consent for; nothing is asked before a text is in use."""
    must_hold_at(Permission.SET_PURPOSES, unit_id=board.pk, by=by, on=on)
    wait_for_turn(board.pk)
    if Purpose.objects.filter(board=board, code=code).exists():
        raise Refused(_("Your board has a purpose with this name already."))
    row = Purpose.objects.create(board=board, code=code, channel=channel, added_by=by)
    _record(events.PURPOSE_ADDED, row, row, by=by)
    return row


@transaction.atomic
def end_purpose(*, purpose: Purpose, by: User, on: date) -> None:
    """Asks for this no more: nothing may be done on its consent any longer."""
    _must_set(purpose, by=by, on=on)
    rows = Purpose.objects.filter(pk=purpose.pk, ended_at__isnull=True)
    if not rows.update(ended_at=timezone.now(), ended_by=by):
        raise Overtaken(_("This purpose had ended already."))
    _record(events.PURPOSE_ENDED, purpose, purpose, by=by, changed=["ended_at"])


@transaction.atomic
def write_text(
    *, purpose: Purpose, data: TextData, seen_before: str | None = None, by: User, on: date
) -> PurposeText:
    """Writes the next version, or changes the one draft there is; what is in use stays as it is.

    Refused when free of consent for a publication, without a ground, against what the board's
    papers promise, or once the purpose ended; Overtaken when somebody else wrote since
    (`seen_before`: `fingerprint_of` the draft as it was shown).
    """
    _must_set(purpose, by=by, on=on)
    _must_be_asked(purpose)
    _must_be_allowed_free(purpose, data)
    draft = PurposeText.objects.filter(purpose=purpose, in_use_from__isnull=True).first()
    if seen_before is not None:
        must_be_unchanged(fingerprint_of(draft), seen_before)
    if draft is not None:
        changed = [name for name, value in asdict(data).items() if getattr(draft, name) != value]
        if changed:
            PurposeText.objects.filter(pk=draft.pk).update(**asdict(data))
            draft.refresh_from_db()
            _record(events.TEXT_CHANGED, purpose, draft, by=by, changed=changed)
        return draft
    last = PurposeText.objects.filter(purpose=purpose).aggregate(n=Max("number"))["n"] or 0
    row = PurposeText.objects.create(
        purpose=purpose, number=last + 1, written_by=by, **asdict(data)
    )
    _record(events.TEXT_WRITTEN, purpose, row, by=by)
    return row


@transaction.atomic
def put_in_use(
    *, text: PurposeText, from_day: date, seen_before: str | None = None, by: User, on: date
) -> PurposeText:
    """Puts a draft in use from a day on. It never changes after; what it replaces lapses.

    Each yes to the text before stops counting on that day, and everybody is asked anew
    (the job `consent.ask_anew`, and each night what came in use). Refused for a day that is past,
    or once the purpose ended; Overtaken when the draft is not what was shown (`seen_before`).
    """
    _must_set(text.purpose, by=by, on=on)
    _must_be_asked(text.purpose)
    if from_day < on:
        raise Refused(_("A text can't come in use on a day that is past."))
    now = PurposeText.objects.select_related("purpose").get(pk=text.pk)
    if now.in_use_from is not None:
        raise Overtaken(_("This text was put in use already."))
    if seen_before is not None:
        must_be_unchanged(fingerprint_of(now), seen_before)
    if not all((now.title_nl, now.title_en, now.text_nl, now.text_en)):
        raise Refused(_("A text needs both languages before it can be used."))
    _must_be_allowed_free(now.purpose, now)
    later = PurposeText.objects.filter(purpose=now.purpose_id, in_use_from__gt=from_day)
    if later.exists():
        raise Refused(_("A later text is planned already. Choose a day after it."))
    now.in_use_from, now.put_in_use_by, now.put_in_use_at = from_day, by, timezone.now()
    now.save(update_fields=["in_use_from", "put_in_use_by", "put_in_use_at"])
    _record(events.TEXT_PUT_IN_USE, now.purpose, now, by=by, changed=["in_use_from"])
    return now


def fingerprint_of(draft: PurposeText | None) -> str:
    """What somebody saw of a draft before they changed it or put it in use."""
    return of_fields(draft, *(field.name for field in fields(TextData))) if draft else "none"


def _must_be_asked(purpose: Purpose) -> None:
    if Purpose.objects.filter(pk=purpose.pk, ended_at__isnull=False).exists():
        raise Refused(_("This is asked no more. Add it as a new purpose."))


def _must_set(purpose: Purpose, *, by: User, on: date) -> None:
    must_hold_at(Permission.SET_PURPOSES, unit_id=purpose.board_id, by=by, on=on)
    wait_for_turn(purpose.pk)


def _must_be_allowed_free(purpose: Purpose, data: TextData | PurposeText) -> None:
    """Mission, Pictures: only making them, with a recorded ground, never against a promise."""
    if data.is_free and purpose.channel not in MAY_BE_FREE:
        raise Refused(_("Nobody may publish without consent. Ask for it."))
    if data.is_free and not data.free_ground.strip():
        raise Refused(_("Say on which ground no consent is needed."))
    if data.is_free and data.is_promised:
        raise Refused(_("The board's own papers promise consent for this. Ask for it."))


def _record(
    what: Event, purpose: Purpose, target: Purpose | PurposeText, *, by: User,
    changed: list[str] | None = None,
) -> None:  # fmt: skip
    record(
        what,
        by=by,
        unit=purpose.board_id,
        target=target,
        changed=changed or (),
        ground=Ground.ADMINISTRATION,
        detail={"purpose": purpose.code},
    )
