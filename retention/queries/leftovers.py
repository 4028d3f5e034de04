"""What searches after a destruction found, for who looks after the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import QuerySet
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
from retention.searching.verdict import said_of
from retention.terms import KINDS, labels_of_models

Outcome = LeftoverJudgement.Outcome
NAMED = 30  # findings of each sort on the page
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
    """The newest pass over everything, and what it found."""

    newest: SearchPass
    found: tuple[Shown, ...]

    @property
    def hard(self) -> list[Shown]:
        """What must go."""
        return [one for one in self.found if one.row.is_hard or one.said == Outcome.LEFT]

    @property
    def waiting(self) -> list[Shown]:
        """What waits for somebody's word."""
        return [one for one in self.found if not one.row.is_hard and not one.said]

    @property
    def others(self) -> list[Shown]:
        """What is somebody else's."""
        return [one for one in self.found if one.said == Outcome.NAMESAKE]

    @property
    def unnamed(self) -> int:
        """Findings that are open and that the page does not name."""
        is_open = len(self.hard) + len(self.waiting)
        named = min(len(self.hard), NAMED) + min(len(self.waiting), NAMED)
        return self.newest.hits - len(self.found) + is_open - named


@visibility_of(lambda: Leftover.objects.select_related("search__list__school"))
def leftovers_visible_to(rows: QuerySet[Leftover], user: User, day: date) -> QuerySet[Leftover]:
    """What was found for the lists that `user` looks after."""
    lists = destruction_lists_visible_to(user, on=day)
    return rows.filter(search__list__in=lists.values("pk"))


def newest_search(made: DestructionList) -> SearchPass | None:
    """The newest whole pass for a list; none before there is one."""
    rows = SearchPass.objects.filter(list=made, finished_at__isnull=False)
    return rows.order_by("-begun_at").first()


def is_family(made: DestructionList, user: User, search: SearchPass | None) -> bool:
    """Whether a child of `user` stands on a list, or stood there: a search keeps whose it was."""
    if search is not None:
        said = opened_json(made.pk, search.place, search.sealed, keys_of(made.pk)).get("families")
        if isinstance(said, list) and user.pk.hex in said:
            return True
    return has_own_child_on(made, user)


def searched(made: DestructionList, user: User, *, on: date) -> Searched | None:
    """The newest whole pass for a list that `user` sees; none before there is one."""
    newest = newest_search(made)
    if newest is None:
        return None
    reader = _Reader(newest, user, on)
    found = said_of(leftovers_visible_to(user, on=on).filter(search=newest))
    return Searched(newest, tuple(reader.shown(one) for one in found))


def shown(row: Leftover, user: User, *, on: date) -> Shown:
    """One finding; the mark is opened only for who says whose it is."""
    return _Reader(row.search, user, on).shown(row)


class _Reader:
    """Somebody who reads what one search found."""

    def __init__(self, search: SearchPass, user: User, on: date) -> None:
        made = search.list
        self._list = made.pk
        self._keys = keys_of(made.pk)
        self._is_open = made.closed_at is None
        self._roles = roles_around(user, made.school, on)
        self._is_family = is_family(made, user, search)

    def shown(self, row: Leftover) -> Shown:
        judges = may_judge(
            self._roles, is_family=self._is_family, is_hard=row.is_hard, is_open=self._is_open
        )
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
