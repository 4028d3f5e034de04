"""What a board asks consent for, for whoever sets it: purposes with their texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.permissions import Permission
from access.visibility import visibility_of
from consent.models import MAY_BE_FREE, PUBLISHING, Purpose, PurposeText, Request
from consent.rules.versions import Stage, Staged, at_stage, stages_of
from students.models import Board


@visibility_of(lambda: Board.objects.select_related("unit"))
def boards_that_ask_visible_to(rows: QuerySet[Board], user: User, day: date) -> QuerySet[Board]:
    """Boards for which `user` sets what is asked."""
    return rows.filter(pk__in=user.units_with(Permission.SET_PURPOSES, day))


@visibility_of(
    lambda: Purpose.objects.select_related("board__unit", "ended_by").prefetch_related(
        Prefetch(
            "texts",
            queryset=PurposeText.objects.select_related("purpose", "written_by", "put_in_use_by"),
        )
    )
)
def purposes_visible_to(rows: QuerySet[Purpose], user: User, day: date) -> QuerySet[Purpose]:
    """What the boards ask for which `user` sets it; not what is asked for outside parties."""
    boards = user.units_with(Permission.SET_PURPOSES, day)
    return rows.filter(board__in=boards, is_for_outsiders=False)


@visibility_of(lambda: PurposeText.objects.select_related("purpose__board__unit"))
def texts_visible_to(rows: QuerySet[PurposeText], user: User, day: date) -> QuerySet[PurposeText]:
    """Every version of those, drafts included."""
    boards = user.units_with(Permission.SET_PURPOSES, day)
    return rows.filter(purpose__board__in=boards, purpose__is_for_outsiders=False)


# What of a version may differ from the one before, in words.
_WORDS = {
    ("title_nl", "title_en"): _("the name"),
    ("text_nl",): _("the question in Dutch"),
    ("text_en",): _("the question in English"),
    ("needs",): _("whose yes is needed"),
    ("is_pupil_heard",): _("whether the pupil is heard from 12"),
    ("is_publication",): _("whether others see it"),
    ("is_yearly",): _("whether it ends with the school year"),
    ("is_promised",): _("what our papers promise"),
    ("is_free", "free_ground"): _("whether consent is needed"),
}


def _changes(text: PurposeText, before: PurposeText | None) -> list[str | Promise]:
    if before is None:
        return []
    return [
        words
        for names, words in _WORDS.items()
        if any(getattr(text, name) != getattr(before, name) for name in names)
    ]


@dataclass(frozen=True)
class Version:
    """A text with where it stands, and what it changed of the version before."""

    text: PurposeText
    staged: Staged
    changes: list[str | Promise]

    @property
    def is_past(self) -> bool:
        """Whether another one took its place."""
        return self.staged.stage is Stage.REPLACED


@dataclass(frozen=True)
class Asked:
    """A purpose with its versions, newest first, and where each stands."""

    purpose: Purpose
    texts: list[PurposeText]
    stages: dict[int, Staged]

    @property
    def versions(self) -> list[Version]:
        """Each version with where it stands and what it changed, newest first."""
        older = [*self.texts[1:], None]
        return [
            Version(text, self.stages[text.number], _changes(text, before))
            for text, before in zip(self.texts, older, strict=True)
        ]

    @property
    def draft(self) -> PurposeText | None:
        """The one draft there may be."""
        return at_stage(self.texts, self.stages, Stage.DRAFT)

    @property
    def in_use(self) -> PurposeText | None:
        """The text that is asked today."""
        return at_stage(self.texts, self.stages, Stage.IN_USE)

    @property
    def planned(self) -> PurposeText | None:
        """The text that will be asked from a later day."""
        return at_stage(self.texts, self.stages, Stage.PLANNED)

    @property
    def named_by(self) -> PurposeText | None:
        """The version whose title the purpose goes by: what is asked, else the newest."""
        return self.in_use or next(iter(self.texts), None)

    @property
    def is_ended(self) -> bool:
        """Whether nobody is asked any more."""
        return self.purpose.ended_at is not None

    @property
    def always_publishes(self) -> bool:
        """Whether others always get to see it, whatever a text says."""
        return self.purpose.channel in PUBLISHING

    @property
    def may_be_free(self) -> bool:
        """Whether a board may declare it free of consent at all."""
        return self.purpose.channel in MAY_BE_FREE


def asked_of(purpose: Purpose, *, on: date) -> Asked:
    """The purpose with where each of its versions stands on `on`."""
    texts = sorted(purpose.texts.all(), key=lambda text: -text.number)
    ended = timezone.localtime(purpose.ended_at).date() if purpose.ended_at else None
    return Asked(purpose, texts, stages_of(texts, on, ended_on=ended))


@dataclass(frozen=True)
class AskedBefore:
    """Who was asked for a purpose, for days that run on: all of them are asked anew."""

    pupils: int
    people: int


def asked_before(purpose: Purpose, *, from_day: date) -> AskedBefore:
    """How many a new text asks anew from that day, at every school of the board; one query."""
    runs_on = Q(counts_until__isnull=True) | Q(counts_until__gte=from_day)
    found = Request.objects.filter(runs_on, purpose=purpose).aggregate(
        pupils=Count("pupil", distinct=True),
        parents=Count("parent", distinct=True),
        representatives=Count("representative", distinct=True),
        themselves=Count("pupil", filter=Q(answers_as=Request.As.PUPIL), distinct=True),
    )
    people = found["parents"] + found["representatives"] + found["themselves"]
    return AskedBefore(found["pupils"], people)


def code_for(board: Board, name: str) -> str:
    """How a purpose of this name is known: the name itself, or its next number when that ended."""
    plain = slugify(name)[:36].strip("-") or "doel"
    taken = dict(Purpose.objects.filter(board=board).values_list("code", "ended_at"))
    code, number = plain, 1
    while taken.get(code) is not None:
        number += 1
        code = f"{plain}-{number}"
    return code
