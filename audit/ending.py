"""The log's own end: a term, and months that leave by the decision of two persons (ADR 31)."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.acting import WEB_ROLE, Actor
from access.errors import NotAllowed, Overtaken, Refused
from access.models import Unit, User
from access.permissions import Permission
from access.turns import wait_for_turn
from access.typed import tidy_lines
from audit import events, rules, signatures
from audit.actions import record
from audit.ends import longest_term, months_with_rows
from audit.grounds import Ground
from audit.models import LogDeparture, LogEnd, LogTerm
from audit.sealing import hold_still, seal_departure

SHORTEST_SOURCE = 10  # letters: less names no law


class NotByUs(RuntimeError):
    """A term or a decision that the portal did not write: nothing leaves by it."""


@transaction.atomic
def set_log_term(*, board: Unit, years: int, source: str, by: User, on: date) -> LogTerm:
    """Sets how long this board needs the log; the longest term of all boards counts.

    Refused outside the bounds of the rules, and without a legal source.
    """
    _must_hold(Permission.DECIDE_LOG_END, board, by=by, on=on)
    words = tidy_lines(source).strip()
    if not rules.LEAST <= years <= rules.MOST:
        raise Refused(
            _("The log is kept for %(least)s to %(most)s years.")
            % {"least": rules.LEAST, "most": rules.MOST}
        )
    if len(words) < SHORTEST_SOURCE:
        raise Refused(_("Name the law or rule that this term rests on."))
    term = LogTerm(board=board, years=years, source=words, set_by=by, set_at=timezone.now())
    term.mark = signatures.sign(signatures.TERM, term.words)
    term.save(force_insert=True)
    record(
        events.LOG_TERM_SET,
        by=by,
        unit=board.pk,
        target=term,
        changed=["years", "source"],
        ground=Ground.OVERSIGHT,
        detail={"years": years},
    )
    return term


@transaction.atomic
def decide_log_end(*, board: Unit, month: date, by: User, on: date) -> LogEnd:
    """Decides for one board that a month leaves; nothing leaves before a second person signs.

    Refused while the longest term runs, or when the month holds no sealed row.
    """
    _must_hold(Permission.DECIDE_LOG_END, board, by=by, on=on)
    wait_for_turn(board.pk)
    years = longest_term()
    if not rules.is_due(month, years, on):
        raise Refused(_("The term of this month is not over yet."))
    if month not in months_with_rows():
        raise Refused(_("The log holds nothing of this month any more."))
    if LogEnd.objects.filter(board=board, month=month, withdrawn_at=None).exists():
        raise Overtaken(_("This was decided already."))
    end = LogEnd(board=board, month=month, years=years, decided_by=by, decided_at=timezone.now())
    end.decided_mark = signatures.sign(signatures.DECIDED, end.decided_words)
    end.save(force_insert=True)
    _record(events.LOG_END_DECIDED, end, by=by)
    return end


@transaction.atomic
def sign_log_end(*, end: LogEnd, by: User, on: date) -> LogEnd:
    """Agrees as a second person; the worker then lets the month leave at night.

    Refused to who decided it, and when the term counts otherwise since.
    """
    _must_hold(Permission.SIGN_LOG_END, end.board, by=by, on=on)
    wait_for_turn(end.board_id)
    end = LogEnd.objects.select_related("board").get(pk=end.pk)
    if end.withdrawn_at or end.signed_at:
        raise Overtaken(_("This was signed or withdrawn meanwhile."))
    if end.decided_by_id == by.pk:
        raise Refused(_("Somebody else signs: you decided this yourself."))
    if end.years != longest_term() or not rules.is_due(end.month, end.years, on):
        raise Refused(_("The term was changed since. Let it be decided again."))
    if not signatures.is_ours(end.decided_mark, signatures.DECIDED, end.decided_words):
        raise NotByUs(str(end.pk))
    end.signed_by, end.signed_at = by, timezone.now()
    end.signed_mark = signatures.sign(signatures.SIGNED, end.signed_words)
    end.save(update_fields=["signed_by", "signed_at", "signed_mark"])
    _record(events.LOG_END_SIGNED, end, by=by)
    return end


@transaction.atomic
def withdraw_log_end(*, end: LogEnd, by: User, on: date) -> None:
    """Takes a decision back, signed or not, as long as the month is there."""
    _must_hold(Permission.DECIDE_LOG_END, end.board, by=by, on=on)
    wait_for_turn(end.board_id)
    if LogDeparture.objects.filter(month=end.month).exists():
        raise Overtaken(_("This month has left already."))
    still = LogEnd.objects.filter(pk=end.pk, withdrawn_at=None)
    if not still.update(withdrawn_by=by, withdrawn_at=timezone.now()):
        raise Overtaken(_("This was withdrawn already."))
    _record(events.LOG_END_WITHDRAWN, end, by=by)


@transaction.atomic
def let_month_leave(*, month: date, by: Actor, on: date) -> LogDeparture:
    """Takes a month away for good: its rows go, its seals stay and say by which departure.

    Only the worker's login may, and the database asks everything again by its own clock. Raises
    NotByUs when a term, a decision or a signature is not the portal's own.
    """
    _must_be_ours(month)
    hold_still()  # before the month's table is locked: a check that runs reads it
    with connection.cursor() as cursor:
        # The worker's own rights, within this transaction: a page has none to come back to.
        cursor.execute("select set_config('role', 'none', true)")
        cursor.execute("select audit_end_month(%s)", [month])
        (key,) = cursor.fetchone()
        seal_departure(month, decision=str(key), now=timezone.now())
        cursor.execute("select set_config('role', %s, true)", [WEB_ROLE])
    departure = LogDeparture.objects.get(pk=key)
    record(
        events.LOG_MONTH_LEFT,
        by=by,
        target=departure,
        ground=Ground.SYSTEM,
        detail={"month": f"{month:%Y-%m}", "rows": departure.rows},
    )
    return departure


def _must_be_ours(month: date) -> None:
    """Every term, and every decision and signature about this month."""
    for term in LogTerm.objects.all():
        if not signatures.wrote_term(term):
            raise NotByUs(str(term.pk))
    for end in LogEnd.objects.filter(month=month, withdrawn_at=None):
        if not signatures.wrote_end(end):
            raise NotByUs(str(end.pk))


def _must_hold(permission: Permission, board: Unit, *, by: User, on: date) -> None:
    if board.pk not in by.units_with(permission, on) or board.kind != Unit.Kind.BOARD:
        raise NotAllowed


def _record(event: events.Event, end: LogEnd, *, by: User) -> None:
    record(
        event,
        by=by,
        unit=end.board_id,
        target=end,
        ground=Ground.OVERSIGHT,
        detail={"month": f"{end.month:%Y-%m}", "years": end.years},
    )
