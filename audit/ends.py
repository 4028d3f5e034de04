"""What is known of the log's own end: the term that counts, months due, decided or left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from access.models import Unit, User
from access.permissions import Permission
from access.visibility import visibility_of
from audit import rules
from audit.models import LogDeparture, LogEnd, LogTerm, Seal
from audit.said import restored_at


@visibility_of(lambda: LogEnd.objects.select_related("board", "decided_by", "signed_by"))
def log_ends_visible_to(rows: QuerySet[LogEnd], user: User, day: date) -> QuerySet[LogEnd]:
    """The decisions of the reader's own board."""
    return rows.filter(board__in=user.units_with(Permission.SEE_LOG_END, day))


@visibility_of(Unit.objects.all)
def boards_of_log_visible_to(rows: QuerySet[Unit], user: User, day: date) -> QuerySet[Unit]:
    """The boards whose decisions somebody sees."""
    units = user.units_with(Permission.SEE_LOG_END, day)
    return rows.filter(pk__in=units, kind=Unit.Kind.BOARD)


def term_of(board: Unit) -> LogTerm | None:
    """The newest term that a board set; none when it keeps to the default."""
    terms = LogTerm.objects.filter(board=board).select_related("set_by")
    return terms.order_by("-set_at", "-pk").first()


def longest_term() -> int:
    """The years that count here: the longest of all boards, as they share each month's table."""
    boards = list(Unit.objects.filter(kind=Unit.Kind.BOARD))
    found = [term_of(board) for board in boards]
    return rules.longest(term.years if term else rules.YEARS for term in found)


def months_with_rows() -> dict[date, int]:
    """Each month with sealed rows that has not left, and how many, the oldest first."""
    sums = Seal.objects.filter(kind=Seal.Kind.ROWS).order_by("month").values("month")
    left = set(LogDeparture.objects.values_list("month", flat=True))
    counted = sums.annotate(total=Sum("rows")).values_list("month", "total")
    return {month: total for month, total in counted if month not in left}


@dataclass(frozen=True)
class MonthOfLog:
    """One month, and how far its end is."""

    month: date
    rows: int
    leaves_on: date
    end: LogEnd | None = None
    is_lost: bool = False  # a copy was put back since it was signed: it counts no more


def months_due(user: User, *, on: date) -> list[MonthOfLog]:
    """Months whose term is over, each with what the reader's board decided of it."""
    years = longest_term()
    ends = log_ends_visible_to(user, on=on).filter(withdrawn_at=None)
    decided = {end.month: end for end in ends}
    lost = {end.month for end in _lost(ends)}
    return [
        MonthOfLog(
            month, rows, rules.leaves_on(month, years), decided.get(month), is_lost=month in lost
        )
        for month, rows in months_with_rows().items()
        if rules.is_due(month, years, on)
    ]


def next_month_due(*, on: date) -> MonthOfLog | None:
    """The first month whose term still runs."""
    years = longest_term()
    for month, rows in months_with_rows().items():
        if not rules.is_due(month, years, on):
            return MonthOfLog(month, rows, rules.leaves_on(month, years))
    return None


def months_signed() -> list[date]:
    """Months about which every board has decided and signed, and that are still there.

    What was signed before a copy was put back counts no more: that somebody took it back is lost.
    """
    boards = set(Unit.objects.filter(kind=Unit.Kind.BOARD).values_list("pk", flat=True))
    here = months_with_rows()
    signed: dict[date, set[object]] = {}
    ends = LogEnd.objects.filter(withdrawn_at=None, signed_at__isnull=False)
    for end in ends.exclude(pk__in=_lost(ends).values("pk")):
        signed.setdefault(end.month, set()).add(end.board_id)
    return sorted(month for month, by in signed.items() if by >= boards and month in here)


def _lost(ends: QuerySet[LogEnd]) -> QuerySet[LogEnd]:
    """Those that were signed before a copy was put back."""
    moment = restored_at()
    return ends.filter(signed_at__lte=moment) if moment else ends.none()


def months_left() -> list[LogDeparture]:
    """Months that left, the newest first."""
    return list(LogDeparture.objects.order_by("-month"))
