"""Mails who looks after the server that no copy was made, or that the one of the keys is damaged.

Without it names would stay in old copies, lists stay open, and nobody would hear of either.
"""

from __future__ import annotations

from datetime import date, datetime
from smtplib import SMTPException

from django.core.cache import cache
from django.core.mail import get_connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import User
from retention.backups import places
from retention.backups.expiring import keys_copied_at, makes_copies
from retention.backups.places import BackupRefused, Busy
from retention.queries.copies import newest_copy
from retention.rules.copying import is_late
from retention.telling import Reader, mails_to, operators, readers

_A_DAY = 24 * 60 * 60


def tell_if_no_copy_is_made(*, on: date, now: datetime) -> bool:
    """Once a day, until there is a copy again; says whether anybody was told.

    Where nobody looks after the server the officers of the boards hear it. Raises OSError or
    SMTPException when the mail can't be sent: then it is tried again.
    """
    if not makes_copies():
        return False
    newest = newest_copy(now)
    words = {"newest": newest, "is_late": is_late(newest, now)}
    told = f"no-copy-told-{on}"
    if not (words["is_late"] or _has_no_keys()) or not cache.add(told, True, _A_DAY):
        return False
    mails = mails_to(_who_hears(on), "retention/copies/late", _("No copy of the portal"), **words)
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError):
        cache.delete(told)
        raise
    return bool(mails)


def _has_no_keys() -> bool:
    """Whether the copy of the keys is away or damaged; not while another one takes its place."""
    try:
        with places.alone(places.content_folder()):
            return keys_copied_at() is None
    except Busy:
        return False
    except BackupRefused:
        return True


def _who_hears(on: date) -> list[Reader]:
    if found := operators():
        return found
    held = Q(memberships__role="board-officer", memberships__starts_on__lte=on)
    stands = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=on)
    officers = User.objects.filter(held & stands, is_active=True).distinct()
    return readers(officers.order_by("pk"))
