"""Which texts are in use on a day, and the question each is for the rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from consent.models import NEVER_PUBLISHED, PUBLISHING, PurposeText, Request
from consent.rules import Enough, Question

_MADE_UP_FOR = timedelta(days=14)


def texts_in_use(board_id: uuid.UUID, on: date) -> QuerySet[PurposeText]:
    """The text of each purpose of the board that is in use on `on`, in one query.

    Purposes for outside parties are left out: those are asked apart, each time.
    """
    return (
        PurposeText.objects.filter(
            purpose__board=board_id,
            purpose__ended_at__isnull=True,
            purpose__is_for_outsiders=False,
            in_use_from__lte=on,
        )
        .select_related("purpose")
        .order_by("purpose__code", "purpose_id", "-in_use_from", "-number")
        .distinct("purpose__code", "purpose_id")
    )


def texts_to_ask_anew(board_id: uuid.UUID, on: date) -> list[PurposeText]:
    """Texts that replaced another one these last days: people were asked the one before.

    Some days, so that a night on which no job ran is made up for; who was asked is not asked
    again.
    """
    in_use = texts_in_use(board_id, on)
    return [
        text
        for text in those_asked(in_use)
        if text.number > 1 and text.in_use_from and on - text.in_use_from <= _MADE_UP_FOR
    ]


def is_in_use(text: PurposeText, on: date) -> bool:
    """Whether `text` is the one that is asked on `on`; nothing is once its purpose ended."""
    others = PurposeText.objects.filter(
        purpose=text.purpose_id, purpose__ended_at__isnull=True, in_use_from__lte=on
    )
    latest = others.order_by("-in_use_from", "-number").values_list("pk", flat=True).first()
    return latest == text.pk


@dataclass(frozen=True)
class Used:
    """The texts of some purposes that were put in use, and on which days: one query for all."""

    rows: tuple[tuple[uuid.UUID, uuid.UUID, date], ...]  # purpose, text, from; the newest first

    @classmethod
    def of(cls, requests: Iterable[Request]) -> Used:
        """Those of the purposes that somebody is asked about."""
        rows = PurposeText.objects.filter(
            purpose__in={request.purpose_id for request in requests},
            purpose__ended_at__isnull=True,
            in_use_from__isnull=False,
        )
        rows = rows.order_by("-in_use_from", "-number")
        found = rows.values_list("purpose_id", "pk", "in_use_from")
        return cls(tuple((purpose, text, since or date.max) for purpose, text, since in found))

    def is_in_use(self, text: PurposeText, on: date) -> bool:
        """Whether this is the text that is asked on a day; none is once its purpose ended."""
        found = (
            key for purpose, key, since in self.rows if purpose == text.purpose_id and since <= on
        )
        return next(found, None) == text.pk


def question_of(text: PurposeText) -> Question:
    """What the rule needs to know of a text.

    What a channel shows to others is a publication, whatever the text says of itself: a safety
    block reaches it.
    """
    return Question(
        text=text.pk,
        enough=Enough(text.needs),
        pupil_counts=text.is_pupil_heard,
        is_publication=text.is_publication or text.purpose.channel in PUBLISHING,
        is_for_outsiders=text.purpose.is_for_outsiders,
        is_free=text.is_free,
    )


def those_asked(texts: Iterable[PurposeText]) -> list[PurposeText]:
    """The texts that people are asked: not what is free of consent."""
    return [text for text in texts if not text.is_free]


def is_publishable(text: PurposeText) -> bool:
    """Whether it asks for showing pictures: not for making them, nor for films by parents."""
    return text.purpose.channel not in NEVER_PUBLISHED and question_of(text).is_publication


def those_free(board_ids: Iterable[uuid.UUID], on: date) -> list[PurposeText]:
    """What the boards do without consent, on a ground they recorded: shown, never asked."""
    return [text for board in board_ids for text in texts_in_use(board, on) if text.is_free]
