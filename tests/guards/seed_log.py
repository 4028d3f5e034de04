"""A decision about the end of the log that waits for its signature."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from access.models import Unit, User
from audit import signatures
from audit.models import LogEnd
from tests.cast import Cast


def seeded_log_end(cast: Cast) -> LogEnd:
    """That a month of long ago leaves, decided by the privacy officer."""
    return decided_end(cast.board.unit, cast.people["privacy_officer"])


def decided_end(board: Unit, officer: User) -> LogEnd:
    """The one decision of this board that waits, made when there is none."""
    here = {"board": board, "month": date(2019, 1, 1), "withdrawn_at": None}
    end = LogEnd.objects.filter(**here).first()
    if end is None:
        end = LogEnd(**here, years=5, decided_by=officer, decided_at=timezone.now())
        end.decided_mark = signatures.sign(signatures.DECIDED, end.decided_words)
        end.save(force_insert=True)
    return end
