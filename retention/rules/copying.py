"""When a copy is due, and when somebody has to hear that none was made."""

from __future__ import annotations

from datetime import datetime, time, timedelta

_AT = time(1, 15)  # at school; asked each hour, so that a night that was missed is caught up
_PATIENCE = timedelta(hours=26)


def night_before(now: datetime) -> datetime:
    """The last quarter past one, in the hours of `now`."""
    tonight = datetime.combine(now.date(), _AT, now.tzinfo)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def is_due(begun: datetime | None, now: datetime) -> bool:
    """Whether no copy was begun since the last quarter past one."""
    return begun is None or begun < night_before(now)


def is_late(begun: datetime | None, now: datetime) -> bool:
    """Whether a night went by without a copy, and the hours in which it was tried again."""
    return begun is None or now - begun > _PATIENCE
