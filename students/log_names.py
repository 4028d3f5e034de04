"""What the room of pupils tells the log, below: which pupil a log key stands for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db.models import Value

from access.models import User
from audit.subjects import MOST_FOUND, Subject, Tie
from students import queries
from students.models import Parenthood, Pupil


class PupilsInTheLog:
    """Answers the log's questions, always for one reader (audit.subjects.KnowsSubjects)."""

    # A parent, and anybody's account, may have to do with another child.
    who_stay: ClassVar[frozenset[str]] = frozenset({"access.user", "students.parent"})

    def secrets(self, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
        """With which the family of each of these pupils is hidden in the log."""
        rows = Pupil.objects.filter(log_key__in=list(keys))
        return dict(rows.values_list("log_key", "family_key"))

    def ties(
        self, *, keys: Iterable[uuid.UUID] | None, people: Iterable[uuid.UUID] | None
    ) -> list[Tie]:
        """Parents, also when the link was withdrawn since, and pupils with an account."""
        links = Parenthood.objects.filter(parent__user__isnull=False)
        pupils = Pupil.objects.filter(user__isnull=False)
        if keys is not None:
            links, pupils = links.filter(pupil__log_key__in=keys), pupils.filter(log_key__in=keys)
        if people is not None:
            links, pupils = links.filter(parent__user__in=people), pupils.filter(user__in=people)
        parents = links.annotate(is_pupil=Value(False)).values_list(
            "pupil__log_key", "pupil__family_key", "parent__user", "is_pupil"
        )
        own = pupils.annotate(is_pupil=Value(True)).values_list(
            "log_key", "family_key", "user", "is_pupil"
        )
        return [Tie(*row) for row in parents.union(own)]

    def named(self, keys: Iterable[uuid.UUID], user: User, on: date) -> list[Subject]:
        """The pupils behind these keys, but for the reader's own children."""
        own = self.own_children(user)
        pupils = queries.pupils_in_log_visible_to(user, on=on).filter(log_key__in=list(keys))
        return [Subject(p.log_key, p.name) for p in pupils if p.log_key not in own]

    def found(self, typed: str, user: User, on: date) -> list[uuid.UUID]:
        """Keys of pupils with a name like this; an own child is not looked for, also in lists."""
        pupils = queries.pupils_in_log_visible_to(user, on=on)
        pupils = pupils.exclude(parenthoods__parent__user=user)
        rows = queries.named_like(pupils, typed).order_by("sort_name", "pk")
        return list(rows.values_list("log_key", flat=True)[:MOST_FOUND])

    def own_children(self, user: User) -> list[uuid.UUID]:
        """Keys of the reader's own children, also when the link was withdrawn since."""
        links = Parenthood.objects.filter(parent__user=user)
        return list(links.values_list("pupil__log_key", flat=True))
