"""What searches after a destruction found, for who looks after the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.visibility import visibility_of
from retention.models import DestructionList, Leftover, LeftoverJudgement, SearchPass
from retention.queries.lists import (
    destruction_lists_visible_to,
    has_own_child_on,
    roles_around,
)
from retention.rules.searching import may_judge
from retention.searching.marks import keys_of, opened_json
from retention.searching.verdict import newest_pass, said_of
from retention.terms import KINDS, labels_of_models

Outcome = LeftoverJudgement.Outcome
NAMED = 30  # findings of each sort on the page
_WAITS = Q(is_hard=False, said__isnull=True)
_OTHERS = Q(is_hard=False, said=Outcome.NAMESAKE)
_FOLDERS: dict[str, Promise] = {
    "FILES_DIR": _("the folder of sealed files"),
    "EMAIL_FILE_PATH": _("the folder of mails"),
    "LOG_HEADS": _("the file with heads of the log"),
}


@dataclass(frozen=True)
class Shown:
    """One finding as its reader may see it: where it stands, never what stands there."""

    row: Leftover
    where: str | Promise
    mark: str  # the name, number or address; empty for who does not judge, and once it closed
    may_judge: bool

    @property
    def said(self) -> str:
        """What was last said of it."""
        return getattr(self.row, "said", None) or ""


@dataclass(frozen=True)
class Searched:
    """The pass that counts and what it found: so many, and the first of what is open."""

    newest: SearchPass
    hard: Sequence[Shown]  # what must go
    waiting: Sequence[Shown]  # what waits for somebody's word
    waits: int
    others: int  # somebody else's
    may_judge: bool

    @property
    def more_hard(self) -> int:
        """What must go and is not named here."""
        return self.newest.hits - self.waits - self.others - len(self.hard)

    @property
    def more_waiting(self) -> int:
        """What waits and is not named here."""
        return self.waits - len(self.waiting)


@dataclass(frozen=True)
class Place:
    """A table and column, or a folder, with how many findings there wait, or were judged."""

    code: str
    label: str | Promise
    name: str
    number: int


@visibility_of(lambda: Leftover.objects.select_related("search__list__school"))
def leftovers_visible_to(rows: QuerySet[Leftover], user: User, day: date) -> QuerySet[Leftover]:
    """What was found for the lists that `user` looks after."""
    lists = destruction_lists_visible_to(user, on=day)
    return rows.filter(search__list__in=lists.values("pk"))


def is_family(made: DestructionList, user: User, search: SearchPass | None) -> bool:
    """Whether a child of `user` stands on a list, or stood there: a search keeps whose it was."""
    if search is not None:
        said = opened_json(made.pk, search.place, search.sealed, keys_of(made.pk)).get("families")
        if isinstance(said, list) and user.pk.hex in said:
            return True
    return has_own_child_on(made, user)


def may_judge_on(made: DestructionList, user: User, search: SearchPass | None, *, on: date) -> bool:
    """Whether `user` says of what this search found whose it is."""
    return _Reader(search, made, user, on).judges(is_hard=False)


def searched(made: DestructionList, user: User, *, on: date) -> Searched | None:
    """What the pass that counts found, for a list that `user` sees; none before there is one."""
    newest = newest_pass(made)
    if newest is None:
        return None
    reader = _Reader(newest, made, user, on)
    found = said_of(leftovers_visible_to(user, on=on).filter(search=newest))
    numbers = found.order_by().aggregate(
        waits=Count("pk", filter=_WAITS), others=Count("pk", filter=_OTHERS)
    )
    hard = found.filter(Q(is_hard=True) | Q(said=Outcome.LEFT))
    return Searched(
        newest,
        hard=[reader.shown(one) for one in hard[:NAMED]],
        waiting=[reader.shown(one) for one in found.filter(_WAITS)[:NAMED]],
        may_judge=reader.judges(is_hard=False),
        **numbers,
    )


class ToJudge:
    """What the pass that counts found and is not judged yet, or was: place by place."""

    def __init__(
        self, newest: SearchPass, user: User, *, on: date, is_judged: bool, place: str
    ) -> None:
        rows = said_of(leftovers_visible_to(user, on=on).filter(search=newest))
        self.newest, self.is_judged = newest, is_judged
        self._found = rows.filter(_OTHERS if is_judged else _WAITS)
        self._reader = _Reader(newest, newest.list, user, on)
        self.places = self._places()
        known = {one.code: one for one in self.places}
        self.place = known.get(place) or next(iter(self.places), None)

    def _places(self) -> list[Place]:
        """Where there are any, most first."""
        counted = self._found.order_by().values("place_found", "column")
        return [
            Place(
                f"{one['place_found']}.{one['column']}",
                _where(one["place_found"]),
                ".".join(filter(None, (one["place_found"], one["column"]))),
                one["number"],
            )
            for one in counted.annotate(number=Count("pk")).order_by(
                "-number", "place_found", "column"
            )
        ]

    def rows(self) -> QuerySet[Leftover]:
        """Those of the place that was chosen."""
        if self.place is None:
            return self._found.none()
        name, _dot, column = self.place.code.partition(".")
        return self._found.filter(place_found=name, column=column)

    def shown(self, rows: Iterable[Leftover]) -> list[Shown]:
        """Findings with the marks that the reader judges."""
        return [self._reader.shown(one) for one in rows]


def shown(row: Leftover, user: User, *, on: date) -> Shown:
    """One finding; the mark is opened only for who says whose it is."""
    return _Reader(row.search, row.search.list, user, on).shown(row)


class _Reader:
    """Somebody who reads what one search found."""

    def __init__(
        self, search: SearchPass | None, made: DestructionList, user: User, on: date
    ) -> None:
        self._list = made.pk
        self._keys = keys_of(made.pk)
        self._is_open = made.closed_at is None
        self._roles = roles_around(user, made.school, on)
        self._is_family = is_family(made, user, search)

    def judges(self, *, is_hard: bool) -> bool:
        """Whether this reader says whose something is."""
        return may_judge(
            self._roles, is_family=self._is_family, is_hard=is_hard, is_open=self._is_open
        )

    def shown(self, row: Leftover) -> Shown:
        """A finding, with its mark where the reader judges it."""
        judges = self.judges(is_hard=row.is_hard)
        mark = self._opened(row.place, row.sealed).get("mark", "") if judges else ""
        return Shown(row, _where(row.place_found), str(mark), judges)

    def _opened(self, place: str, sealed: bytes | memoryview) -> dict[str, object]:
        return opened_json(self._list, place, sealed, self._keys)


@dataclass(frozen=True)
class Said:
    """What somebody said of a finding, and how they knew."""

    row: LeftoverJudgement
    words: str


def judgements_of(row: Leftover) -> list[Said]:
    """What was said of it, or of the same found before, the newest first."""
    made = row.search.list_id
    keys = keys_of(made)
    judged = LeftoverJudgement.objects.filter(leftover=row.same_as_id or row.pk)
    return [
        Said(one, str(opened_json(made, one.place, one.sealed, keys).get("words", "")))
        for one in judged.select_related("judged_by").order_by("-judged_at")
    ]


def _where(place: str) -> str | Promise:
    """A table by the kind of record it belongs to; a folder by what it is for."""
    if place in _FOLDERS:
        return _FOLDERS[place]
    codes = labels_of_models()
    for model in apps.get_models():
        if model._meta.db_table == place and model._meta.label in codes:
            return KINDS[codes[model._meta.label]].label
    return _("the portal's own bookkeeping")
