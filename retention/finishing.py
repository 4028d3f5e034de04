"""Closes a list that was carried out: with a certificate, once, and not before it may.

Looked for what is left, other systems confirmed, the copy of the keys made anew, the log sealed:
then the certificate, its number, its hash and the list's end are written in one transaction. Cut
off anywhere before, nothing is there and the next run goes on; after it, the list is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from access.acting import Job, acting_as
from access.errors import Refused
from access.turns import wait_for_turn
from audit.actions import record
from audit.blobs import kept_blobs
from audit.frozen import freeze
from audit.grounds import Ground
from audit.heads import newest_head
from pdf.errors import NotMade
from retention import events, searching
from retention.actions.ledger import intend, write_out
from retention.backups.expiring import is_copied_since, makes_copies
from retention.backups.places import BackupRefused
from retention.backups.streams import BackupFailed
from retention.destroyer import as_destroyer
from retention.documents.certificates import certificate_paper
from retention.ledger import LedgerDamaged
from retention.models import Certificate, DestructionList
from retention.queries.certificates import holding_copy, said_about
from retention.queries.closing import CopiesNow, certificate_of, facts_of
from retention.queries.copies import copied_since, mark_of_list
from retention.queries.given import keys_of, next_number
from retention.queries.ledger import database_head
from retention.rules.certificates import Said
from retention.rules.closing import Stop, Waiting, overdue, waits_for
from retention.rules.lists import State
from retention.stopping import stopped_by


@dataclass(frozen=True)
class Closing:
    """Where the end of a list is: its certificate, or what it still waits for."""

    certificate: Certificate | None = None
    waits_for: tuple[Waiting, ...] = ()
    stop: Stop | None = None  # what only who looks after the server can mend


def finish(*, made: DestructionList, by: Job, on: date, looks_again: bool = True) -> Closing:
    """Looks afterwards and closes the list when nothing is in the way; call it outside a door.

    `looks_again`: also where an earlier pass found something that had to go; that reads everything.
    It may be called again and again: there is one certificate. Raises nothing for "not yet", but
    what the search raises when it could not see; what stops the certificate is told.
    """
    closing = _where_it_is(made, by, on)
    if Waiting.SEARCH in closing.waits_for and Waiting.ITEMS not in closing.waits_for:
        if _needs_search(made, by, on, looks_again=looks_again):
            searching.search(made=made, by=by, on=on)
        closing = _where_it_is(made, by, on)
    if closing.certificate is None and not closing.waits_for:
        try:
            closing = _close(made, by=by, on=on)
        except (NotMade, Refused) as error:  # no time, or no room on the disk
            return Closing(waits_for=(Waiting.PAPER,), stop=stopped_by(error, made))
        except (BackupFailed, BackupRefused) as error:  # nobody knows what a changed copy holds
            return Closing(waits_for=(Waiting.COPIES,), stop=stopped_by(error, made))
    if closing.certificate is not None:
        is_in_the_ledger()  # if not, the next run of all lists writes it
        searching.forget(made=made)
    return closing


def is_in_the_ledger() -> bool:
    """Whether the file has every line that the database has: of certificates too."""
    try:
        write_out()
    except (OSError, LedgerDamaged) as error:
        reason = type(error).__name__
        structlog.get_logger("retention").error("ledger_not_written", reason=reason, exc_info=True)
        return False
    return True


def _needs_search(made: DestructionList, by: Job, on: date, *, looks_again: bool) -> bool:
    """Whether a pass would tell something new, and may be made now."""
    with acting_as(by, on=on, read_only=True):
        if not searching.needs_search(made):
            return False
        return looks_again or searching.summary(made) is None


def _where_it_is(made: DestructionList, by: Job, on: date) -> Closing:
    with acting_as(by, on=on, read_only=True):
        return _closing(DestructionList.objects.get(pk=made.pk), on)


def _closing(row: DestructionList, on: date) -> Closing:
    known = certificate_of(row)
    if known is not None:
        return Closing(known)
    if row.state_on(on) is not State.BEGUN:
        return Closing(waits_for=(Waiting.ITEMS,))
    copies = CopiesNow(makes_copies(), is_copied_since(row.pk, mark_of_list(row)))
    facts = facts_of(row, copies, is_clean=searching.is_clean(row))
    was_copied = copied_since(facts.last_done_at) is not None
    return Closing(
        None, waits_for(facts), overdue(facts, was_copied=was_copied, now=timezone.now())
    )


def _close(made: DestructionList, *, by: Job, on: date) -> Closing:
    """The certificate and the end of the list, both or neither.

    Raises NotMade, Refused or BackupFailed: then neither is there.
    """
    with acting_as(by, on=on):
        row = DestructionList.objects.select_for_update(of=("self",)).get(pk=made.pk)
        closing = _closing(row, on)  # another worker may have been faster, or something turned up
        if closing.certificate is not None or closing.waits_for:
            return closing
        wait_for_turn(row.school.board_id)  # each board gives one number after the other
        certificate, said = _written(row, on)
        with kept_blobs() as kept:
            freeze(certificate, said.plain(), lambda: certificate_paper(certificate, said), kept)
            with as_destroyer():
                certificate.save(force_insert=True)
                DestructionList.objects.filter(pk=row.pk).update(
                    closed_at=certificate.made_at,
                    stopped_because="",
                    stopped_at=None,
                    stopped_told_on=None,
                )
            intend(certificate.pk, keys_of(certificate))
            _record(certificate, by)
    return Closing(certificate)


def _written(row: DestructionList, on: date) -> tuple[Certificate, Said]:
    """The certificate with the board's next number, and what it says; not saved yet."""
    language = row.approved_by.language if row.approved_by else settings.LANGUAGE_CODE
    with override(language):
        said = said_about(row, copy_days=settings.BACKUP_DAYS, on=on)
    head, ledger, holding = newest_head(), database_head(), holding_copy(row)
    assert head is not None  # the list waits for it
    certificate = Certificate(
        list=row,
        board=row.school.board,
        number=next_number(row.school.board_id),
        destroyed=said.destroyed,
        copies_gone_on=holding.gone_on if holding else None,
        language=language,
        head_number=head.number,
        head_link=head.link_hex,
        head_sealed_at=head.sealed_at,
        ledger_number=ledger.number,
        ledger_hash=ledger.hash,
        made_at=timezone.now(),
    )
    return certificate, said


def _record(certificate: Certificate, by: Job) -> None:
    record(
        events.LIST_CLOSED,
        by=by,
        unit=certificate.list.school_id,
        target=certificate,
        ground=Ground.RETENTION,
        detail={
            "list": str(certificate.list_id),
            "number": certificate.number,
            "digest": certificate.digest,
            "paper": certificate.paper_digest,
            "head": certificate.head_number,
        },
    )
