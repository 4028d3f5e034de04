"""Mails that an approval was lost, as the portal was put back from a copy. It names nobody."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from retention.models import Erasure
from retention.queries.lists import open_lists
from retention.telling import tell_that_it_was_put_back
from retention.telling_erasures import tell_who_decides


def tell_of_what_is_anew(*, on: date) -> int:
    """Who handles these lists, and who decides these requests; says about how many of both."""
    lists = open_lists().filter(restored_from__isnull=False)
    anew = list(lists.filter(Q(approved_on__isnull=True) | Q(begun_at__isnull=False)))
    for made in anew:
        tell_that_it_was_put_back(made, on=on)
    rows = Erasure.objects.select_related("dossier__pupil", "dossier__school", "proposed_by")
    asked = list(rows.filter(restored_from__isnull=False, approved_on__isnull=True, ended=""))
    for row in asked:
        tell_who_decides(row, on=on)
    return len(anew) + len(asked)
