"""Scans of answers on paper: taken in, sealed, and withdrawn when it is the wrong paper."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.errors import NotAllowed, Overtaken, Refused
from access.models import User
from access.permissions import Permission
from audit.actions import record
from audit.blobs import kept_blobs
from audit.grounds import Ground
from consent import events
from consent.actions.holding import must_hold
from consent.models import Answer, Scan, ScannedAnswer
from consent.queries.scans import Paper, scans_kept_by
from files.intake import Clean, take_in
from files.kinds import has_pages_to_show
from files.paper import one_paper
from students.models import Pupil, School
from vault.chunks import seal_file
from vault.sealing import create_keys, keyring

_NO_PAPER = _("A scan is a PDF or a picture. Send one of those, or take a picture of the paper.")
_MOST_PAGES = 30
_TOO_MANY = _("A paper with answers has at most 30 pages. Send only the pages with the answers.")


@dataclass(frozen=True)
class Sent:
    """A scan as somebody sent it, and how it becomes one that may be kept."""

    clean: Callable[[], Clean]

    @classmethod
    def of(cls, *pages: tuple[str, bytes]) -> Sent:
        """One file, or several pictures that are the pages of one paper: (name, bytes) each."""
        if len(pages) == 1:
            ((name, data),) = pages
            return cls(lambda: take_in(data, name=name))
        return cls(lambda: one_paper([data for _name, data in pages], name=pages[0][0]))


def cleaned(sent: Sent) -> Clean:
    """The scan made harmless. Raises Unwelcome, and Refused for what is no picture of a paper."""
    clean = sent.clean()
    if not has_pages_to_show(clean.kind):
        raise Refused(_NO_PAPER)
    if (clean.pages or 1) > _MOST_PAGES:
        raise Refused(_TOO_MANY)
    clean.must_show()
    return clean


def keep_scan(
    clean: Clean, *, pupil: Pupil, school: School, answers: Iterable[Answer], by: User
) -> Scan:
    """Seals a scan and says which answers stand on it; the action around it records it.

    The key is made first; when anything fails, here or later in the request, the blob goes again.
    """
    scan = Scan(pk=uuid.uuid4(), pupil=pupil, school=school, added_by=by)
    create_keys([scan.pk])
    keys = keyring([scan.pk])
    with kept_blobs() as kept:
        scan.blob = kept.keep(seal_file(keys, scan.pk, scan.content_place, clean.content))
        scan.sealed = keys.seal_json(scan.pk, scan.place, Paper.of(clean).as_json())
        scan.save(force_insert=True)
        ScannedAnswer.objects.bulk_create(
            [ScannedAnswer(scan=scan, answer=answer) for answer in answers]
        )
    return scan


@transaction.atomic
def add_scan(*, answer: Answer, sent: Sent, by: User, on: date) -> Scan:
    """Adds a scan to an answer that was recorded without one.

    Raises NotAllowed for an own child or another school, Refused for an answer given online.
    """
    _must_keep(answer.pupil, answer.school_id, by=by, on=on)
    if answer.route == Answer.Route.ONLINE:
        raise Refused(_("This answer was given online, so there is no paper of it."))
    clean = cleaned(sent)
    _must_keep(answer.pupil, answer.school_id, by=by, on=on)
    scan = keep_scan(clean, pupil=answer.pupil, school=answer.school, answers=[answer], by=by)
    record(
        events.SCAN_ADDED,
        by=by,
        subjects=[answer.pupil.log_key],
        unit=answer.school_id,
        target=scan,
        ground=Ground.ADMINISTRATION,
        detail={"answers": [str(answer.pk)]},
    )
    return scan


@transaction.atomic
def withdraw_scan(*, scan: Scan, by: User, on: date) -> None:
    """Takes a wrong paper out of sight at once, for everybody; the answers stay as they are."""
    if not scans_kept_by(by, on=on).filter(pk=scan.pk).exists():
        raise NotAllowed
    _must_keep(scan.pupil, scan.school_id, by=by, on=on)
    rows = Scan.objects.filter(pk=scan.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise Overtaken(_("A colleague withdrew this already."))
    record(
        events.SCAN_WITHDRAWN,
        by=by,
        subjects=[scan.pupil.log_key],
        unit=scan.school_id,
        target=scan,
        changed=["withdrawn_at"],
        ground=Ground.ADMINISTRATION,
    )


def _must_keep(pupil: Pupil, school_id: uuid.UUID, *, by: User, on: date) -> None:
    must_hold(Permission.RECORD_CONSENT, pupil=pupil, school_id=school_id, by=by, on=on)
