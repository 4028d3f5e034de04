"""What the room of pupils tells the log, below: which pupil a log key stands for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from access.models import User
from audit.subjects import MOST_FOUND, Subject
from students import queries
from students.models import Parenthood


class PupilsInTheLog:
    """Answers the log's questions, always for one reader (audit.subjects.KnowsSubjects)."""

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
