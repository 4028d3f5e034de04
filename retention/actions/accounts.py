"""Accounts, invitations and proposed names that nobody needs any more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from access.acting import Job
from audit.actions import record
from audit.grounds import Ground
from retention import events
from retention.destroyer import as_destroyer


@transaction.atomic
def end_accounts(keys: Sequence[uuid.UUID], *, by: Job, on: date) -> int:
    """Ends those of these accounts that are over by now; says how many.

    User name, address, password, second factors, sessions and invitations go. The row stays where
    something points at it, and with it the name of who worked here. The database asks again whether
    each is over, by its own clock.
    """
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_end_accounts(%s)", [list(keys)])
        ended = cursor.fetchone()[0]
    if ended:
        detail = {"accounts": [str(key) for key in ended], "count": len(ended)}
        record(events.ACCOUNTS_ENDED, by=by, ground=Ground.SYSTEM, detail=detail)
    return len(ended)


@transaction.atomic
def end_what_ran_out(*, by: Job, on: date) -> int:
    """Invitations that nobody could accept for 30 days go, sessions that ran out, and the names
    that a roster proposed for a school year that is over. Says how many, but for sessions."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    running = Session.objects.filter(session_key=OuterRef("session_key"))
    yesterday = now - timedelta(days=1)  # not of somebody who signs in at this moment
    UserSession.objects.filter(~Exists(running), created_at__lt=yesterday).delete()
    with as_destroyer(), connection.cursor() as cursor:
        cursor.execute("select retention_end_invitations()")
        invitations = int(cursor.fetchone()[0])
        cursor.execute("select retention_end_proposals()")
        proposals = int(cursor.fetchone()[0])
    if invitations or proposals:
        detail = {"invitations": invitations, "proposals": proposals}
        record(events.RAN_OUT_ENDED, by=by, ground=Ground.SYSTEM, detail=detail)
    return invitations + proposals
